import { z } from 'zod';
import { Duration } from './duration.ts';

/** How the engine finds out, inside the container, whether a replica works. */
export const Healthcheck = z.strictObject({
  test: z
    .tuple([z.enum(['CMD', 'CMD-SHELL']), z.string()], z.string())
    .meta({ description: 'What is run: exit 0 means healthy.', accepted: "['CMD', …] or ['CMD-SHELL', line]" }),
  interval: Duration.default(10_000).meta({ description: 'From one check to the next.' }),
  timeout: Duration.default(5000).meta({ description: 'How long one check may take.' }),
  retries: z.number().int().min(1).default(5).meta({ description: 'Failures in a row that make it unhealthy.' }),
  startPeriod: Duration.default(30_000).meta({ description: 'How long failures do not count after the start.' }),
  startInterval: Duration.default(1000).meta({ description: 'From one check to the next in the start period.' }),
});
export type Healthcheck = z.output<typeof Healthcheck>;
