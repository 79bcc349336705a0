import { z } from 'zod';
import { Duration } from './duration.ts';

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
  parallelism: z.number().int().min(1).default(1).meta({
    description: 'How many replicas are replaced at once, and so how many run over the plan meanwhile.',
    accepted: 'a whole number, 1 or more',
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
