import { z } from 'zod';

const Condition = z.enum(['healthy', 'completed']);

/** What a service waits for before it starts: `healthy`, or `{condition, required}`. */
export const Dependency = z
  .union([
    Condition.transform((condition) => ({ condition, required: true })),
    z.strictObject({
      condition: Condition.default('healthy').meta({ description: '`completed` waits for a job that succeeded.' }),
      required: z.boolean().default(true).meta({ description: 'False: waited for only if its profile is on.' }),
    }),
  ])
  .meta({ accepted: 'healthy, completed (of a job), or {condition, required}' });
export type Dependency = z.output<typeof Dependency>;
