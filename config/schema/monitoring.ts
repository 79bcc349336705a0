import { z } from 'zod';
import { Name } from './name.ts';

/** What is told to monitoring that no port says: see config/monitoring. */
export const Monitoring = z.strictObject({
  postgres: z.array(Name).default([]).meta({ description: 'Services that are a PostgreSQL.' }),
  redis: z.array(Name).default([]).meta({ description: 'Services that are a Redis.' }),
});
export type Monitoring = z.output<typeof Monitoring>;
