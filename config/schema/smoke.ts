import { z } from 'zod';
import { Duration } from './duration.ts';
import { Name } from './name.ts';

/** Real work that proves a deployment: a request that starts it, and one that tells when it is done. */
export const Smoke = z.strictObject({
  service: Name,
  port: Name,
  host: z.string().optional().meta({
    description: 'Name that it asks for, over TLS, as a client of the world does; `${name}` stands for a parameter.',
  }),
  start: z.strictObject({ method: z.literal('POST'), path: z.string(), body: z.json() }),
  poll: z.strictObject({ path: z.string(), done: z.string(), failed: z.array(z.string()) }),
  timeout: Duration.default(60_000),
  urls: z
    .array(z.strictObject({ label: z.string(), service: Name, port: Name, path: z.string().default('') }))
    .default([]),
});
export type Smoke = z.output<typeof Smoke>;
