import { z } from 'zod';

/** Where the engine puts what a container writes to its output. */
export const Logging = z.strictObject({
  driver: z.string().default('json-file'),
  options: z.record(z.string(), z.string()).default({ 'max-file': '3', 'max-size': '10m' }),
});
export type Logging = z.output<typeof Logging>;
