import { z } from 'zod';
import { Duration } from './duration.ts';

/** A check before a replacement. */
export const Preflight = z.strictObject({
  command: z.array(z.string()).min(1).meta({ description: 'A whole command line, the program first.' }),
  timeout: Duration.default(60_000).meta({ description: 'How long it may take.' }),
});
export type Preflight = z.output<typeof Preflight>;
