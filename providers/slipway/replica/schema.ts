import { z } from 'zod';

const milliseconds = z.int().nonnegative();

/** A list of an edge in front of a service: see config/schema/edge.ts. */
export const RouteInputs = z.strictObject({
  volume: z.string().min(1).meta({ description: 'Name on the host of the volume with the lists' }),
  file: z.string().min(1).meta({ description: 'Name of the list in it' }),
  list: z.string().meta({ description: 'The list, with one line that stands for each container' }),
  reload: z.array(z.string()).min(1).meta({ description: 'Command in the edge that has a changed list read' }),
  drained: z.array(z.string()).min(1).optional(),
});
export type RouteInputs = z.infer<typeof RouteInputs>;

/** Inputs of a replica. */
export const ReplicaInputs = z.strictObject({
  service: z.string().min(1).meta({ description: 'The service that it is a replica of' }),
  replica: z.int().positive().meta({ description: 'Its number, from 1' }),
  container: z.string().min(1).meta({ description: 'Id of the container that is the replica' }),
  networks: z
    .record(z.string(), z.array(z.string()))
    .meta({ description: 'Network to join once healthy → names to answer to there' }),
  routes: z.array(RouteInputs).optional().meta({ description: 'Lists of edges that name it once it is healthy' }),
  healthTimeoutMs: z.int().positive().meta({ description: 'How long it may take to get healthy' }),
  minReadyMs: milliseconds.optional().meta({
    description: 'How long it has to stay healthy before it takes over from one that runs',
  }),
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
