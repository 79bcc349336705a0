import { z } from 'zod';
import { Bytes } from './bytes.ts';
import { Dependency } from './dependency.ts';
import { Edge } from './edge.ts';
import { Environment } from './environment.ts';
import { External, Login } from './external.ts';
import { Healthcheck } from './healthcheck.ts';
import { Logging } from './logging.ts';
import { AbsolutePath, Name, VariableName } from './name.ts';
import { Preflight } from './preflight.ts';
import { Port } from './port.ts';
import { Reload } from './reload.ts';
import { Reasons } from './reasons.ts';
import { Resources } from './resources.ts';
import { Rollout } from './rollout.ts';
import { SecretUse } from './secret.ts';
import { File, Tmpfs, VolumeUse } from './volume.ts';

/** A number of replicas. */
export const Replicas = z.number().int().min(1).meta({ accepted: 'a whole number, 1 or more', example: '3' });

/** The least and most replicas of a service. */
export const Bounds = z.strictObject({
  min: Replicas.default(1),
  max: Replicas.optional().meta({ fallback: '1 for a singleton or a job, 10 otherwise' }),
});

/** Something that a service keeps elsewhere and can't make again. */
export const Kept = z.strictObject({
  in: Name.meta({ description: 'Service that holds it; one that it calls.' }),
  loss: z.string().meta({ description: 'What its loss means, as a clause: `who is logged in has to log in again`.' }),
  elsewhere: Name.optional().meta({ description: 'Variant of the system that keeps it where nothing is evicted.' }),
});

/** One service of a system. */
export const Service = z.strictObject({
  description: z.string().meta({ description: 'What it is for, in a sentence.' }),
  kind: z.enum(['service', 'job']).default('service').meta({ description: '`job` runs to completion.' }),
  irreversible: z.boolean().optional().meta({
    description: 'True for a job whose effect nothing takes back: no rollback goes behind a release in which it ran.',
  }),
  image: Name.meta({ description: 'One of the images of the system.' }),
  command: z.array(z.string()).default([]).meta({ description: "Arguments of the image's entrypoint." }),
  entrypoint: z.array(z.string()).default([]),
  user: z
    .string()
    .regex(/^\d+:\d+$/)
    .optional()
    .meta({ accepted: 'uid:gid, such as 1000:1000', fallback: 'uid and gid of the image' }),
  replicas: Replicas.default(1),
  bounds: Bounds.default({ min: 1 }),
  singleton: z.boolean().default(false).meta({ description: 'True where two at once would do harm.' }),
  external: External.optional().meta({
    description: 'Present: somebody else runs it, and it is reached at this address.',
  }),
  logins: z
    .array(Login)
    .default([])
    .meta({ description: 'How its clients log in; where it is external, this is tried before anything is deployed.' }),
  profiles: z.array(Name).default([]).meta({ description: 'Runs if one of them is on; empty: always.' }),
  limits: Resources.default({}).meta({ description: 'Hard limits of each replica.' }),
  reservations: Resources.default({}).meta({ description: 'What is set aside for each replica.' }),
  ports: z.record(Name, Port).default({}),
  egress: z.boolean().default(false).meta({ description: 'True if it needs a way out of the host.' }),
  dependsOn: z.record(Name, Dependency).default({}).meta({ description: 'Services that it waits for.' }),
  calls: z.array(Name).default([]).meta({ description: 'Services that it opens connections to.' }),
  keeps: z.record(Name, Kept).default({}).meta({
    description:
      "What it keeps in other services and can't make again: work, sessions. A Redis that evicts keys would lose it, which is told.",
  }),
  healthcheck: Healthcheck.optional(),
  environment: Environment.default({}),
  secrets: z.record(VariableName, SecretUse).default({}).meta({ description: 'File, or variable → secret.' }),
  volumes: z.record(Name, VolumeUse).default({}).meta({ description: 'Volume → where it is mounted.' }),
  tmpfs: z.record(AbsolutePath, Tmpfs).default({}).meta({ description: 'Folders in memory.' }),
  files: z.record(AbsolutePath, File).default({}).meta({ description: 'Configuration files without secrets.' }),
  secretDates: AbsolutePath.optional().meta({
    description:
      'Where it gets a file that tells Prometheus since when each secret of the stack has had its value; names and dates, no value.',
  }),
  readOnly: z.boolean().default(true).meta({ description: 'Whether the root file system is read-only.' }),
  capAdd: z.array(z.string()).default([]),
  capDrop: z.array(z.string()).default(['ALL']),
  noNewPrivileges: z.boolean().default(true).meta({
    description: 'False: a setuid program, or a file with capabilities, gives its processes more than they began with.',
  }),
  reasons: Reasons.default({ capAdd: {} }).meta({
    description: 'Why it departs from the hardening that is the default, by the switch that is off.',
  }),
  restart: z.enum(['no', 'on-failure', 'unless-stopped', 'always']).optional().meta({
    fallback: 'unless-stopped; no for a job',
  }),
  logging: Logging.default({ driver: 'json-file', options: { 'max-file': '3', 'max-size': '10m' } }),
  reload: Reload.optional().meta({
    description:
      'What makes its process read its secret files again, a signal or a command; absent: a changed secret is another container.',
  }),
  edge: Edge.optional().meta({ description: 'What it hands requests on to, where releases are to switch it over.' }),
  preflight: Preflight.optional().meta({
    description:
      'Runs to completion in a container of what is to come, with the files of the service and its data read-only, before ' +
      'what runs is replaced: a failure ends the release while the old one serves.',
  }),
  rollout: Rollout.default({ parallelism: 1, stopGrace: 30_000 }),
  shmSize: Bytes.optional().meta({ description: 'Size of /dev/shm.' }),
  pidsLimit: z
    .union([z.literal(-1), z.number().int().min(16)])
    .default(512)
    .meta({
      description: 'Most processes and threads of each replica: a fork bomb ends there; -1: no limit.',
      accepted: 'a whole number, 16 or more; -1 for no limit',
    }),
  swap: Bytes.optional().meta({ description: 'Swap on top of the limit of memory; absent: none.' }),
  ulimits: z
    .partialRecord(z.enum(['core', 'memlock', 'nofile', 'nproc', 'stack']), z.number().int().min(-1))
    .default({})
    .meta({
      description:
        "Limits of each process, soft and hard, as setrlimit counts them; -1: none. Where none is given, the engine's hold: " +
        'it can raise none that it has not got itself.',
    }),
});
export type Service = z.output<typeof Service>;
