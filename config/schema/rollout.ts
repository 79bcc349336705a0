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
  drain: Duration.optional().meta({
    description: 'How long an old replica goes on after callers stopped finding it.',
    fallback: '1s; 0s if nobody calls it or it is replaced delete-first',
  }),
  stopGrace: Duration.default(30_000).meta({ description: 'From SIGTERM to SIGKILL.' }),
});
export type Rollout = z.output<typeof Rollout>;
