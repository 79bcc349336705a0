import { z } from 'zod';
import { Name } from './name.ts';

/** Where the engine puts what a container writes to its output. */
export const Logging = z.strictObject({
  driver: z.string().default('json-file'),
  options: z.record(z.string(), z.string()).default({ 'max-file': '3', 'max-size': '10m' }),
  socket: z
    .strictObject({
      option: z.string().meta({ description: 'Option of the driver that takes its address.' }),
      volume: Name.meta({ description: 'Volume that it is in; whoever listens there mounts it.' }),
      file: z.string().regex(/^[\w.-]+$/),
    })
    .optional()
    .meta({ description: 'Where the driver sends to: a Unix socket in a volume, by its path on the host.' }),
});
export type Logging = z.output<typeof Logging>;
