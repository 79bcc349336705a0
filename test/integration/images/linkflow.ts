import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { eventually } from '../support/eventually.ts';
import { attempt, docker, type Bed } from './bed.ts';

export const hmacSecret = 'callback secret';
const password = 'p@ss:w/ord %41';

export interface Shown {
  readonly id: string;
  readonly state: string;
  readonly result: { readonly sha256: string } | null;
  readonly trail: readonly {
    readonly service: string;
    readonly event: string;
    readonly at: string;
    readonly ms: number;
  }[];
}

const engine = ['matching', 'timer', 'visibility', 'history', 'frontend', 'worker', 'queue'] as const;
const extra = ['scheduler', 'edge', 'control-plane'] as const;
export type Role = 'api' | (typeof engine)[number] | (typeof extra)[number];
export const roles: readonly Role[] = ['api', ...engine, ...extra];

/** What the image's own health check is asked for each role. */
const checks: Readonly<Record<Role, readonly string[]>> = {
  api: ['http', '8000', '/api/v1/health'],
  queue: ['heartbeat'],
  scheduler: ['heartbeat'],
  frontend: ['http', '8080', '/health'],
  history: ['http', '8080', '/health'],
  matching: ['http', '8080', '/health'],
  worker: ['http', '8080', '/health'],
  timer: ['http', '8083', '/health'],
  visibility: ['http', '8085', '/health'],
  edge: ['http', '8080', '/health'],
  'control-plane': ['http', '8080', '/health'],
};

/** All of LinkFlow on a network of its own, run by hand: what a deployment of it has to bring about. */
export class LinkFlow {
  readonly #bed: Bed;
  #workload = '';
  #options: readonly string[] = [];

  constructor(bed: Bed) {
    this.#bed = bed;
  }

  name(service: string): string {
    return `${this.#bed.name}-${service}`;
  }

  /** Starts postgres and redis; the roles come with `start`. */
  async prepare(): Promise<void> {
    const bed = this.#bed;
    const [postgres, redis, workload] = [
      await bed.build('postgres'),
      await bed.build('redis'),
      await bed.build('workload'),
    ];
    this.#workload = workload;
    const network = await bed.network();
    const files = { PASSWORD: `${password}\n`, LINKFLOW_SECRET: hmacSecret };
    const stores = await bed.volume('secrets-stores', postgres, 999, files);
    const roles = await bed.volume('secrets-roles', postgres, 1000, files);
    const on = (name: string): string[] => ['--network', network, '--network-alias', name];
    await bed.run('postgres', postgres, [
      ...[
        ...on('postgres'),
        '--tmpfs',
        '/run/postgresql',
        '-v',
        `${stores}:/run/secrets:ro`,
        '-e',
        'POSTGRES_USER=linkflow',
      ],
      ...['-v', `${await bed.volume('postgres', postgres)}:/var/lib/postgresql/data`],
      ...[
        '-e',
        'POSTGRES_PASSWORD_FILE=/run/secrets/PASSWORD',
        '-e',
        'POSTGRES_INITDB_ARGS=--encoding=UTF8 --locale=C',
      ],
    ]);
    await bed.run(
      'redis',
      redis,
      [
        ...[...on('redis'), '-v', `${stores}:/run/secrets:ro`, '-e', 'REDIS_PASSWORD_FILE=/run/secrets/PASSWORD'],
        ...['-v', `${await bed.volume('redis', redis)}:/data`],
      ],
      ['--appendonly', 'yes', '--maxmemory-policy', 'noeviction'],
    );
    await eventually(() => docker('exec', this.name('postgres'), 'pg_isready', '-U', 'linkflow'), 90_000);
    this.#options = [
      ...['--network', network, '--cap-drop', 'ALL', '-v', `${roles}:/run/secrets:ro`, '-e', 'LOG_LEVEL=debug'],
      ...['-e', 'DATABASE_URL=postgres://linkflow@postgres:5432/linkflow?sslmode=disable&search_path=workflow'],
      ...['-e', 'REDIS_URL=redis://redis:6379', '-e', 'LINKFLOW_SECRET_FILE=/run/secrets/LINKFLOW_SECRET'],
      ...['-e', 'DB_PASSWORD_FILE=/run/secrets/PASSWORD', '-e', 'REDIS_PASSWORD_FILE=/run/secrets/PASSWORD'],
      // Short, so that what heals by waiting heals within a test.
      ...[
        '-e',
        'TASK_LEASE=3s',
        '-e',
        'JOB_CLAIM_MIN_IDLE=3s',
        '-e',
        'JOB_REQUEUE_AFTER=2s',
        '-e',
        'SCAN_INTERVAL=200ms',
      ],
    ];
  }

  /** Runs the migrate job; gives its exit code and what it said. */
  async migrate(...options: readonly string[]): ReturnType<typeof attempt> {
    return attempt('run', '--rm', ...this.#options, ...options, this.#workload, 'migrate');
  }

  async start(...names: readonly Role[]): Promise<void> {
    await Promise.all(
      names.map((role) => {
        const published = role === 'api' || role === 'visibility' ? ['-p', `127.0.0.1::${checks[role][1] ?? ''}`] : [];
        const options = [...this.#options, '--network-alias', role, ...published];
        return this.#bed.run(role, this.#workload, options, [role]);
      }),
    );
    await Promise.all(names.map((role) => this.healthy(role)));
  }

  /** Asks the image's health check once. */
  async check(role: Role): ReturnType<typeof attempt> {
    return attempt('exec', this.name(role), 'healthcheck', ...checks[role]);
  }

  async healthy(role: Role): Promise<void> {
    await eventually(async () => {
      const { code, output } = await this.check(role);
      if (code !== 0) throw new Error(`${role} is not healthy: ${output}`);
    }, 120_000);
  }

  async unhealthy(role: Role, seconds: number): Promise<void> {
    await eventually(async () => {
      if ((await this.check(role)).code === 0) throw new Error(`${role} is still healthy`);
    }, seconds * 1000);
  }

  /** Sends a request to a role that is published; its port changes with every start. */
  async fetch(
    role: 'api' | 'visibility',
    path: string,
    init?: RequestInit,
  ): Promise<{ status: number; body: unknown }> {
    const published = await docker('port', this.name(role));
    const response = await fetch(`http://${published.split(' -> ')[1] ?? ''}${path}`, init);
    return { status: response.status, body: await response.json() };
  }

  async post(body: object): Promise<{ status: number; body: unknown }> {
    const headers = { 'content-type': 'application/json' };
    return this.fetch('api', '/api/v1/executions', { method: 'POST', headers, body: JSON.stringify(body) });
  }

  /** Starts an execution, repeating the request until the api has taken it; gives its id. */
  async submit(body: object): Promise<string> {
    const id = randomUUID();
    await eventually(async () => {
      const { status, body: answer } = await this.post({ id, ...body });
      if (status !== 202) throw new Error(`not taken: ${status} ${JSON.stringify(answer)}`);
    });
    return id;
  }

  async show(id: string): Promise<Shown> {
    return (await this.fetch('api', `/api/v1/executions/${id}`)).body as Shown;
  }

  async completed(id: string, seconds = 30): Promise<Shown> {
    return eventually(async () => {
      const shown = await this.show(id);
      if (shown.state !== 'completed') throw new Error(`not completed: ${JSON.stringify(shown)}`);
      return shown;
    }, seconds * 1000);
  }

  /** Waits until a role has said `text`. */
  async said(role: Role, text: string): Promise<void> {
    await eventually(async () => {
      const { output } = await attempt('logs', this.name(role));
      if (!output.includes(text)) throw new Error(`${role} has not said ${text}`);
    });
  }

  /** Answers one SQL statement. */
  sql(statement: string): Promise<string> {
    return docker('exec', this.name('postgres'), 'psql', '-XAtqU', 'linkflow', '-c', statement);
  }

  /**
   * Runs `statements` in a transaction that stays open, such as one that locks a table, until what this gives is called,
   * or the test is over.
   */
  async hold(statements: string): Promise<() => Promise<unknown>> {
    const options = ['-i', '-e', 'PGAPPNAME=hold', this.name('postgres')];
    const psql = execa('docker', ['exec', ...options, 'psql', '-XAtqU', 'linkflow'], { reject: false });
    psql.stdin.write(`BEGIN; ${statements};\n`);
    await eventually(async () => {
      const held = `SELECT count(*) FROM pg_stat_activity WHERE application_name = 'hold' AND state = 'idle in transaction'`;
      if ((await this.sql(held)) === '0') throw new Error(`not in effect: ${statements}`);
    });
    return () => {
      psql.stdin.end('ROLLBACK;\n');
      return psql;
    };
  }

  /** Waits until a statement of a role waits for a lock. */
  async blocked(role: Role): Promise<void> {
    await eventually(async () => {
      const waiting = `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name LIKE '${role}@%'`;
      if ((await this.sql(waiting)) === '0') throw new Error(`nothing of ${role} waits for a lock`);
    });
  }

  /** Kills a role as a crash would, and starts it again after `milliseconds`. */
  async crash(role: Role, milliseconds: number): Promise<void> {
    await docker('kill', this.name(role));
    await sleep(milliseconds);
    await docker('start', this.name(role));
  }
}
