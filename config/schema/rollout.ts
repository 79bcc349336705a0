import { z } from 'zod';
import { Duration } from './duration.ts';

const Parallelism = z.number().int().min(1).meta({ accepted: 'a whole number, 1 or more', example: '2' });

/** How a new container takes over from an old one. */
export const Rollout = z.strictObject({
  order: z.enum(['createFirst', 'deleteFirst']).optional().meta({
    description: 'Which of the two goes first.',
    fallback: 'deleteFirst for what can only be one, createFirst otherwise',
  }),
  healthTimeout: Duration.optional().meta({
    description: 'How long a container may take to become healthy, or a job to complete.',
    fallback: 'start period + interval × retries, at least 60s; 5m for a job',
  }),
  parallelism: Parallelism.default(1).meta({
    description: 'How many replicas are replaced at once, and so how many run over the plan meanwhile.',
  }),
  minReady: Duration.optional().meta({
    description: 'How long a new container has to stay healthy before it takes over from one that runs.',
    fallback: '5s behind an edge, 0s otherwise',
  }),
  drain: Duration.optional().meta({
    description: 'How long an old replica goes on beside the new one; behind an edge: at most, once that has switched.',
    fallback: '500ms; 3s behind an edge; 0s if nobody calls it or it is replaced delete-first',
  }),
  stopGrace: Duration.default(30_000).meta({ description: 'From SIGTERM to SIGKILL.' }),
});
export type Rollout = z.output<typeof Rollout>;

function described<T extends z.ZodType>(type: T, description: string): T {
  return type.meta({ description, fallback: 'what the system says' });
}

/** What a stack changes in how new containers take over. */
export const RolloutSettings = z
  .strictObject({
    parallelism: described(Parallelism.optional(), 'How many replicas are replaced at once.'),
    healthTimeout: described(Rollout.shape.healthTimeout, 'How long a container may take to become healthy.'),
    minReady: described(Rollout.shape.minReady, 'How long it has to stay so before it takes over.'),
    drain: described(Rollout.shape.drain, 'How long the old one goes on; behind an edge: at most.'),
    stopGrace: described(Rollout.shape.stopGrace.unwrap().optional(), 'From SIGTERM to SIGKILL.'),
  })
  .meta({ accepted: 'a map of parallelism, healthTimeout, minReady, drain, stopGrace' });
export type RolloutSettings = z.output<typeof RolloutSettings>;
