import { z } from 'zod';

const milliseconds = z.int().nonnegative();

/** Inputs of a replica. */
export const ReplicaInputs = z.strictObject({
  service: z.string().min(1).meta({ description: 'The service that it is a replica of' }),
  replica: z.int().positive().meta({ description: 'Its number, from 1' }),
  container: z.string().min(1).meta({ description: 'Id of the container that is the replica' }),
  networks: z
    .record(z.string(), z.array(z.string()))
    .meta({ description: 'Network to join once healthy → names to answer to there' }),
  healthTimeoutMs: z.int().positive().meta({ description: 'How long it may take to get healthy' }),
  drainMs: milliseconds.meta({ description: 'How long an old container goes on after its name has gone' }),
  stopGraceMs: milliseconds.meta({ description: 'From SIGTERM to SIGKILL' }),
  pidsLimit: z
    .union([z.literal(-1), z.int().positive()])
    .optional()
    .meta({ description: 'Most processes and threads; -1: no limit; absent: as the engine has it' }),
  environment: z.record(z.string(), z.string()).optional().meta({
    description: 'Variables of the container, for previews to tell which one changes; nothing is done with them',
  }),
  hasHealthcheck: z.boolean().meta({ description: 'False: healthy means that it keeps running' }),
});
export type ReplicaInputs = z.infer<typeof ReplicaInputs>;
