import type { CompleteInputs } from '../../schema/attribute.ts';
import { block, blockSet, flag, integer, list, map, set, text } from '../../schema/attribute.ts';
import { duration, nanoseconds } from '../duration.ts';

const replace = 'always';

/** Only what is not off is more than this provider does. */
const off = {
  default: false,
  accepts: { what: 'false: this provider implements nothing else', test: (on: boolean) => !on },
};

const natural = { accepts: { what: '0 or more', test: (value: number) => value >= 0 } };

/**
 * Several values are read back in one form only, and written otherwise they would differ for ever, replacing the
 * container with every `up`. The official plugin lets that happen; here it is an error.
 */
const readBack = {
  duration: {
    what: 'a duration as it is read back, e.g. 30s, 1m0s, 1h0m0s, 500ms',
    test: (value: string) => duration(nanoseconds(value) ?? -1) === value,
  },
  cpus: {
    what: 'a number of CPUs as it is read back, e.g. "1.0", "0.5"',
    test: (value: string) => /^\d+\.\d{1,9}$/.test(value) && cpusText(Number(value) * 1e9) === value,
  },
  capabilities: {
    what: 'capabilities as they are read back, e.g. CAP_NET_ADMIN, or ALL',
    test: (value: readonly string[]) => value.every((name) => /^(ALL|CAP_[A-Z_]+)$/.test(name)),
  },
};

/** `"1.0"`, `"0.5"`: CPUs from billionths. */
export function cpusText(nanoCpus: number): string {
  const cpus = Number((nanoCpus / 1e9).toFixed(9));
  return Number.isInteger(cpus) ? cpus.toFixed(1) : String(cpus);
}

const span = { default: '0s', accepts: readBack.duration };

/**
 * docker:index/container:Container. Edits of `tmpfs`, `init` and (of the same number of) `mounts` are updates that a
 * running container does not feel, as with the official plugin: whoever wants them to count says `replaceOnChanges`.
 */
export const CONTAINER = {
  name: text({ replace }),
  image: text({ required: true, replace }),
  command: list({ computed: true, replace }),
  entrypoints: list({ computed: true, replace }),
  envs: set({ computed: true, replace }),
  user: text({ replace, emptyMeansAny: true }),
  workingDir: text({ replace, emptyMeansAny: true }),
  hostname: text({ computed: true, replace }),
  labels: blockSet({ label: text({ required: true }), value: text({ required: true }) }, { computed: true, replace }),
  networksAdvanced: blockSet({ name: text({ required: true }), aliases: set() }, { replace }),
  ports: blockSet(
    {
      internal: integer({ required: true }),
      external: integer({ computed: true }),
      ip: text({ default: '0.0.0.0' }),
      protocol: text({ default: 'tcp' }),
    },
    { replace },
  ),
  hosts: blockSet({ host: text({ required: true }), ip: text({ required: true }) }, { replace }),
  dns: set({ replace }),
  volumes: blockSet({ volumeName: text(), containerPath: text({ required: true }), readOnly: flag() }, { replace }),
  mounts: blockSet(
    {
      type: text({
        required: true,
        accepts: { what: 'bind, volume, tmpfs', test: (type) => ['bind', 'volume', 'tmpfs'].includes(type) },
      }),
      target: text({ required: true }),
      source: text(),
      readOnly: flag(),
      bindOptions: block({ propagation: text() }),
      tmpfsOptions: block({ sizeBytes: integer(), mode: integer() }, { replace }),
    },
    { replace: 'count' },
  ),
  tmpfs: map(),
  readOnly: flag({ replace }),
  init: flag({ computed: true }),
  capabilities: block(
    { adds: set({ accepts: readBack.capabilities }), drops: set({ accepts: readBack.capabilities }) },
    { replace },
  ),
  securityOpts: set({ computed: true, replace }),
  ulimits: blockSet(
    { name: text({ required: true }), soft: integer({ required: true }), hard: integer({ required: true }) },
    { replace },
  ),
  shmSize: integer({ computed: true, replace, ...natural }),
  healthcheck: block(
    {
      tests: list(),
      interval: text(span),
      timeout: text(span),
      startPeriod: text(span),
      startInterval: text(span),
      retries: integer(natural),
    },
    { computed: true, replace },
  ),
  restart: text({
    default: 'no',
    accepts: {
      what: 'no, on-failure, always, unless-stopped',
      test: (policy) => ['no', 'on-failure', 'always', 'unless-stopped'].includes(policy),
    },
  }),
  maxRetryCount: integer(),
  memory: integer(natural),
  memoryReservation: integer(natural),
  memorySwap: integer({ accepts: { what: '-1 (no bound), 0 or more', test: (value) => value >= -1 } }),
  cpus: text({ replace, accepts: readBack.cpus }),
  cpuShares: integer(natural),
  logDriver: text({ computed: true, replace }),
  logOpts: map({ replace }),
  stopSignal: text({ computed: true, replace }),
  stopTimeout: integer({ computed: true, replace }),
  destroyGraceSeconds: integer(),
  removeVolumes: flag({ default: true }),
  start: flag({ default: true }),
  mustRun: flag({ default: true }),
  wait: flag({ default: false }),
  waitTimeout: integer({ default: 60 }),
  rm: flag(off),
  attach: flag(off),
  logs: flag(off),
} as const;

/** The inputs of a container, nothing missing. Memory in MiB, grace and timeouts in seconds. */
export type ContainerInputs = CompleteInputs<typeof CONTAINER>;
