import { z } from 'zod';

const texts = z.array(z.string());
const dictionary = z.record(z.string(), z.string());

/** Inputs of a job. */
export const JobInputs = z.strictObject({
  name: z.string().min(1).meta({ description: 'Prefix of the name of its container' }),
  service: z.string().min(1).meta({ description: 'What messages call it' }),
  image: z.string().min(1).meta({ description: 'On the host already' }),
  command: texts,
  entrypoint: texts.optional(),
  user: z.string().optional(),
  environment: dictionary,
  mounts: z.array(z.strictObject({ volume: z.string(), path: z.string(), readOnly: z.boolean() })),
  folders: z
    .array(z.strictObject({ source: z.string().startsWith('/'), path: z.string(), readOnly: z.boolean() }))
    .optional()
    .meta({ description: 'Folders of the host; they have to be there' }),
  tmpfs: dictionary.meta({ description: 'Path → mount options' }),
  networks: z.array(z.strictObject({ network: z.string(), aliases: texts })),
  labels: dictionary.meta({ description: 'Of the container; earlier runs are found by them' }),
  memory: z.int().positive().optional().meta({ description: 'Bytes' }),
  cpus: z.number().positive().optional(),
  swap: z.int().positive().optional().meta({ description: 'Bytes on top of memory; absent: none' }),
  pidsLimit: z
    .union([z.literal(-1), z.int().positive()])
    .optional()
    .meta({ description: 'Most processes and threads; -1 or absent: no limit' }),
  ulimits: z.record(z.string(), z.int()).optional().meta({ description: 'Limits of each process, soft and hard' }),
  readOnly: z.boolean(),
  capAdd: texts,
  capDrop: texts,
  securityOpts: texts,
  logDriver: z.string().optional(),
  logOpts: dictionary.optional(),
  timeoutMs: z.int().positive().meta({ description: 'After this it is stopped, and has failed' }),
  triggers: dictionary.meta({ description: 'Whatever else it has to run again for' }),
});
export type JobInputs = z.infer<typeof JobInputs>;

/** What a run came to. */
export const JobResult = z.object({
  exitCode: z.int(),
  finishedAt: z.string(),
  durationMs: z.number(),
  containerId: z.string(),
});
export type JobResult = z.infer<typeof JobResult>;
