import type { z } from 'zod';
import type { SourceUse } from '../../schema/source.ts';
import type { Overlay, SystemInput } from '../../schema/system.ts';
import { withSecrets } from '../secret-environment.ts';

type Sources = NonNullable<SystemInput['sources']>;
type Changes = NonNullable<Overlay<SystemInput['services'][string]>>;

/** Where the image of the api has its code. */
const CODE = '/var/www/html';

/** What of Laravel's storage it writes at run time; what the build puts beside it has to stay visible. */
const storage = { [`${CODE}/storage/app`]: {}, [`${CODE}/storage/framework/cache`]: {}, [`${CODE}/storage/logs`]: {} };

/** What api, queue and scheduler share: PHP reads secrets from its environment alone. */
const php = {
  entrypoint: withSecrets(),
  environment: {
    // The build caches the configuration, without any of these variables; from elsewhere, it is read anew.
    APP_CONFIG_CACHE: '/tmp/config.php',
  },
} satisfies Changes;

function artisan(...args: string[]): [string, ...string[]] {
  return withSecrets(['php', 'artisan', ...args]);
}

/** Runs what is due each minute; `wait` lets the signal to stop through. */
const SCHEDULE = `trap 'exit 0' TERM; while :; do php artisan schedule:run && : >/tmp/ran; sleep 60 & wait $!; done`;

/** The best shell there is: the stage for production has no bash. */
const SHELL = 'if command -v bash >/dev/null; then exec bash "$@"; else exec sh "$@"; fi';

const api: Sources[string] = {
  description: 'The Laravel application: nginx and PHP under supervisord.',
  // Outside of dev too where the guide says `development`: that stage holds no code, which it expects to be mounted.
  target: 'production',
  // www-data of PHP's Alpine images.
  uid: 82,
  gid: 82,
  services: {
    api: {
      changes: {
        ...php,
        // The applications have no metrics that the guides tell of: they are connected to.
        ports: { http: { metrics: null } },
        command: ['/usr/bin/supervisord', '-c', '/etc/supervisor/conf.d/supervisord.conf'],
        healthcheck: { test: ['CMD', 'curl', '-fsS', '-o', '/dev/null', 'http://127.0.0.1:8000/api/v1/health'] },
        // The root stays read-only: what supervisord, nginx and Laravel write goes to memory.
        tmpfs: { '/run': {}, '/run/nginx': {}, '/var/lib/nginx/tmp': {}, '/var/log/nginx': {}, ...storage },
      },
    },
    queue: {
      changes: {
        ...php,
        command: [
          ...['php', 'artisan', 'queue:work', 'redis'],
          '--queue=workflows-high,workflows-default,workflows-low,default',
          ...['--sleep=3', '--tries=3', '--max-time=3600', '--max-jobs=1000'],
        ],
        ports: { metrics: null },
        // The container is the process; what may fail beside it is the way to its queues.
        healthcheck: {
          test: ['CMD', ...artisan('queue:monitor', 'redis:workflows-default')],
          interval: '30s',
          timeout: '10s',
        },
        tmpfs: storage,
      },
    },
    scheduler: {
      changes: {
        ...php,
        command: ['/bin/sh', '-c', SCHEDULE],
        ports: { metrics: null },
        healthcheck: { test: ['CMD-SHELL', 'test -n "$(find /tmp/ran -mmin -3)"'], interval: '30s' },
        tmpfs: storage,
      },
    },
  },
  tasks: {
    migrate: { command: artisan('migrate', '--force') },
    'migrate-fresh': {
      description: 'Drops all tables of the database, and migrates anew.',
      command: artisan('migrate:fresh', '--force'),
    },
    seed: { description: 'Seeds the database.', command: artisan('db:seed', '--force') },
    'api-cache': { command: artisan('optimize:clear') },
    'shell-api': {
      command: withSecrets(['sh', '-c', SHELL, 'sh']),
    },
  },
  // The system's own speaks to the reference workload.
  smoke: null,
};

/** One program a service, started by its flags: HTTP is where the plan has it, gRPC where a flag says so. */
function program(flags: readonly string[] = [], health = 8080): Changes {
  return {
    entrypoint: withSecrets(),
    command: ['/app/service', ...flags],
    ports: { http: { metrics: null } },
    healthcheck: { test: ['CMD', 'wget', '-q', '--spider', `http://127.0.0.1:${health}/health`] },
  };
}

const engine: Sources[string] = {
  description: 'The Go engine: one Dockerfile that builds each service.',
  args: { SERVICE: '${service}' },
  uid: 1000,
  gid: 1000,
  services: {
    frontend: { changes: program(['--port=9090']) },
    history: { changes: program() },
    // It takes an address where the others take a URL.
    matching: { changes: { ...program(), environment: { REDIS_ADDR: 'redis:6379' } } },
    worker: {
      changes: { ...program(), environment: { TASK_QUEUE: 'workflows-high,workflows-default,workflows-low,default' } },
    },
    timer: { changes: program(['--port=7238'], 8083) },
    visibility: { changes: program([], 8085) },
    edge: { changes: program(['--upstream-addr=frontend:9090']) },
    'control-plane': { changes: program(['--port=7239']) },
    migrate: {
      // There is no program of that name: the worker's has the flag.
      args: { SERVICE: 'worker' },
      changes: { entrypoint: withSecrets(), command: ['/app/service', '--migrate-only'] },
    },
  },
  smoke: null,
};

/** The applications that LinkFlow's guides deploy, for a stack that has their folders. */
export const sources: Sources = { api, engine };

/**
 * The stage for development has no user of its own: supervisord, nginx and PHP start as root and go over to users of
 * theirs, and the folder that is mounted belongs to whoever edits in it. All other capabilities stay dropped.
 */
const developing = {
  changes: {
    capAdd: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'KILL', 'SETGID', 'SETUID'],
    reasons: {
      user: 'supervisord, nginx and PHP start as root and go over to users of theirs.',
      capAdd: {
        CHOWN: 'PHP gives its socket to the user that nginx runs as.',
        DAC_OVERRIDE: 'The mounted folder belongs to whoever edits in it.',
        FOWNER: 'Composer and artisan set modes in that folder.',
        KILL: 'supervisord stops processes of other users.',
        SETGID: 'They go over to groups of theirs.',
        SETUID: 'They go over to users of theirs.',
      },
    },
    // The folder has its own, for everybody to look into.
    tmpfs: Object.fromEntries(Object.keys(storage).map((path) => [path, null])),
  },
} satisfies Overlay<z.input<typeof SourceUse>>;

/** What is different for developers: the code of the api is mounted, as the guide has it. */
export const developedSources: Overlay<Sources> = {
  api: {
    target: 'development',
    mount: CODE,
    // Copied to /etc by the build.
    rebuildOn: ['docker'],
    uid: 0,
    gid: 0,
    services: { api: developing, queue: developing, scheduler: developing },
  },
};
