import type { SystemInput } from '../../../config/schema/system.ts';

type ServiceInput = SystemInput['services'][string];

/** What becomes of a container of a service; `ran`: a job has run again. */
export type Fate = 'replaced' | 'updated' | 'kept' | 'created' | 'removed' | 'ran';

/** One field of a description that is changed. */
export interface Edit {
  /** The field, for whoever reads a failure. */
  readonly field: string;
  readonly change: (service: ServiceInput) => ServiceInput;
  /** Present: the secret of the service gets this value. */
  readonly value?: string;
  /** What becomes of each of its containers, in order. */
  readonly fates: readonly Fate[];
  /** True: the old one goes first, and nobody answers meanwhile. */
  readonly isOut?: true;
  /** True: what is to replace it is tried beside it. */
  readonly isChecked?: true;
  /** True: it reads its files again. */
  readonly readsAgain?: true;
}

type More = Partial<ServiceInput> | ((service: ServiceInput) => Partial<ServiceInput>);

function edit(field: string, fates: Fate | readonly Fate[], more: More, also: Partial<Edit> = {}): Edit {
  return {
    field,
    fates: typeof fates === 'string' ? [fates] : fates,
    change: (service) => ({ ...service, ...(typeof more === 'function' ? more(service) : more) }),
    ...also,
  };
}

const out = { isOut: true } as const;

function rollout(more: NonNullable<ServiceInput['rollout']>): More {
  return (service) => ({ rollout: { ...service.rollout, ...more } });
}

function probe(more: Partial<NonNullable<ServiceInput['healthcheck']>>): More {
  return { healthcheck: { test: ['CMD', 'true'], interval: '2s', startInterval: '200ms', ...more } };
}

const free = { http: { container: 8080, published: 'free' as const } };
const why = 'The test has it so.';

/**
 * Edits by service and round. Those of one round are made at once, each in a service of its own: what happens to that is
 * the effect of the edit. A later one comes on top of what the earlier ones have left.
 */
export const EDITS: Readonly<Record<string, readonly Edit[]>> = {
  a: [
    edit('image', 'replaced', { image: 'other' }),
    edit('limits.cpus', 'replaced', { limits: { cpus: 0.5 } }),
    edit('ulimits', 'replaced', { ulimits: { nofile: 512 } }),
    edit('dependsOn', 'kept', { dependsOn: { b: 'healthy' } }),
  ],
  b: [
    edit('command', 'replaced', { command: ['trap "exit 0" TERM; sleep 700 & wait'] }),
    edit('reservations.memory', 'updated', { reservations: { memory: '16m' } }),
    edit('shmSize', 'replaced', { shmSize: '32m' }),
    edit('calls', 'replaced', { calls: ['e'] }),
  ],
  c: [
    edit('entrypoint', 'replaced', { entrypoint: ['sh', '-e', '-c'] }),
    edit('reservations.cpus', 'updated', { reservations: { cpus: 0.25 } }),
    edit('capAdd', 'replaced', { capAdd: ['CHOWN'], reasons: { capAdd: { CHOWN: why } } }),
    edit('rollout.order', 'replaced', rollout({ order: 'deleteFirst' }), out),
  ],
  d: [
    edit('user', 'replaced', { user: '1001:1001' }),
    edit('healthcheck', 'replaced', probe({})),
    edit('healthcheck.interval', 'replaced', probe({ interval: '3s' })),
    edit('healthcheck.test', 'replaced', probe({ test: ['CMD-SHELL', 'exit 0'] })),
  ],
  e: [
    edit('environment', 'replaced', { environment: { LEVEL: 'debug' } }),
    edit('restart', 'updated', { restart: 'always' }),
    edit('readOnly', 'replaced', { readOnly: false, reasons: { readOnly: why } }),
    edit('description', 'kept', { description: 'Another sentence.' }),
  ],
  f: [
    edit('secrets: another', 'replaced', ({ secrets }) => ({ secrets: { ...secrets, EXTRA: 'EXTRA' } })),
    edit('logging.options', 'replaced', { logging: { options: { 'max-size': '1m', 'max-file': '2' } } }),
    edit('noNewPrivileges', 'replaced', { noNewPrivileges: false, reasons: { noNewPrivileges: why } }),
    edit('capDrop', 'replaced', (service) => ({
      capDrop: ['NET_RAW'],
      reasons: { ...service.reasons, capDrop: why },
    })),
  ],
  g: [
    edit('secrets.deliver', 'replaced', { secrets: { TOKEN: { secret: 'TOKEN_G', deliver: 'env' } } }),
    edit('rollout.stopGrace', 'replaced', rollout({ stopGrace: '3s' })),
    edit('rollout.drain', 'kept', rollout({ drain: '200ms' })),
    edit('secrets of env: value', 'replaced', {}, { value: 'two' }),
  ],
  h: [
    edit('files: content', 'replaced', { files: { '/etc/app/a.conf': { content: 'two' } } }),
    edit('reload', 'kept', { reload: 'SIGHUP' }),
    edit('files: another', 'replaced', ({ files }) => ({ files: { ...files, '/etc/app/b.conf': { content: 'b' } } })),
    edit('secrets with reload: value', 'kept', {}, { value: 'two', readsAgain: true }),
  ],
  i: [
    edit('volumes', 'replaced', { volumes: { data: '/data' } }, out),
    edit('tmpfs', 'replaced', { tmpfs: { '/cache': { size: '1m' } } }, out),
    edit('egress', 'replaced', { egress: true }, out),
    edit('preflight', 'kept', { preflight: { command: ['true'] } }, { isChecked: true }),
  ],
  j: [
    edit('ports.published', 'replaced', { ports: free }, out),
    edit('rollout.healthTimeout', 'kept', rollout({ healthTimeout: '90s' })),
    // As one more service needs the way out, its network is too small and made anew.
    edit('egress of another', 'replaced', {}, out),
    edit('ports: none', 'replaced', { ports: {} }),
  ],
  k: [
    edit('singleton', 'replaced', { singleton: true }, out),
    edit('pidsLimit', 'updated', { pidsLimit: 100 }),
    edit('profiles: off', 'removed', { profiles: ['extra'] }),
    edit('profiles: on', 'created', { profiles: [] }),
  ],
  l: [
    edit('replicas: up', ['kept', 'created', 'created'], { replicas: 3 }),
    edit('rollout.parallelism', ['kept', 'kept', 'kept'], rollout({ parallelism: 2 })),
    edit('environment of three', ['replaced', 'replaced', 'replaced'], { environment: { LEVEL: 'warn' } }),
    edit('replicas: down', ['kept', 'kept', 'removed'], { replicas: 2 }),
  ],
  m: [
    edit('environment of a job', 'ran', { environment: { LEVEL: 'debug' } }),
    edit('description of a job', 'kept', { description: 'Another sentence.' }),
    edit('command of a job', 'ran', { command: ['true; true'] }),
    edit('secrets of a job: value', 'ran', {}, { value: 'two' }),
  ],
  n: [
    edit('secrets: value', 'replaced', {}, { value: 'two' }),
    edit('rollout.minReady', 'kept', rollout({ minReady: '100ms' })),
    edit('limits.memory', 'updated', { limits: { memory: '64m' } }),
    edit('swap', 'updated', { swap: '32m', reasons: { swap: why } }),
  ],
};

/** How many rounds there are. */
export const ROUNDS = Math.max(...Object.values(EDITS).map((rounds) => rounds.length));
