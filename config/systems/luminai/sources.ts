import type { Overlay, SystemInput } from '../../schema/system.ts';
import { withSecrets } from '../secret-environment.ts';

type Sources = NonNullable<SystemInput['sources']>;

/** Where the image has the code. */
const CODE = '/app';

/** PHP reads secrets from its environment alone. */
function console(...args: string[]): [string, ...string[]] {
  return withSecrets(['php', 'bin/console', ...args]);
}

const entrypoint = withSecrets();
/** What Symfony writes at run time. */
const tmpfs = { [`${CODE}/var`]: {} };

const app: Sources[string] = {
  description: 'The Symfony application on FrankenPHP.',
  dockerfile: 'docker/frankenphp/Dockerfile',
  uid: 1000,
  gid: 1000,
  services: {
    app: {
      changes: {
        entrypoint,
        command: ['frankenphp', 'run', '--config', '/etc/frankenphp/Caddyfile'],
        // Behind nginx, which has the certificate.
        environment: { SERVER_NAME: ':8000' },
        healthcheck: { test: ['CMD', 'wget', '-q', '--spider', 'http://127.0.0.1:8000/health'] },
        // The program's file has this capability: without it in reach the kernel does not start it.
        capAdd: ['NET_BIND_SERVICE'],
        reasons: {
          capAdd: { NET_BIND_SERVICE: 'The file of FrankenPHP asks for it, and the kernel starts it with it only.' },
        },
        tmpfs: { ...tmpfs, '/config': {}, '/data': {} },
      },
    },
    migrate: {
      changes: {
        entrypoint,
        command: ['php', 'bin/console', 'doctrine:migrations:migrate', '--no-interaction'],
        tmpfs,
      },
    },
  },
  tasks: {
    migrate: { command: console('doctrine:migrations:migrate', '--no-interaction') },
    'cache-clear': { command: console('cache:clear') },
  },
  // The system's own speaks to the reference workload.
  smoke: null,
};

/** The application that the guide deploys, for a stack that has its folder. */
export const sources: Sources = { app };

/** What is different for developers: the code is mounted, as the guide has it. */
export const developedSources: Overlay<Sources> = { app: { mount: CODE, rebuildOn: ['docker'] } };
