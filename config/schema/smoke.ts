import { z } from 'zod';
import { Duration } from './duration.ts';
import { Name } from './name.ts';

/** A request of a visitor, who keeps cookies from one to the next. */
export const SmokeStep = z.strictObject({
  does: z.string().meta({ description: 'What the visitor does by it, as the proof shows it: `logs in`.' }),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET'),
  path: z.string().meta({
    description:
      'Path and query. Here and in the body `{name}` stands for what was kept, `{run}` for a word of this proof alone.',
  }),
  body: z.json().optional().meta({ description: 'Sent as JSON.' }),
  status: z.number().int().min(100).max(599).optional().meta({ fallback: '200 to 299' }),
  shows: z.array(z.string()).default([]).meta({ description: 'Texts that have to be in the answer.' }),
  keep: z
    .record(z.string().regex(/^[a-z][A-Za-z0-9]*$/), z.string())
    .default({})
    .meta({ description: 'Name → key of the answer, a map in JSON, whose value later requests need.' }),
});
export type SmokeStep = z.output<typeof SmokeStep>;

/** Real work that proves a deployment: requests of a visitor, one that starts work and one that tells when it is done, or both. */
export const Smoke = z
  .strictObject({
    service: Name,
    port: Name,
    host: z.string().optional().meta({
      description: 'Name that it asks for, over TLS, as a client of the world does; `${name}` stands for a parameter.',
    }),
    steps: z
      .array(SmokeStep)
      .default([])
      .meta({ description: 'Requests one after the other, each answered as it should be.' }),
    start: z
      .strictObject({ method: z.literal('POST'), path: z.string(), body: z.json() })
      .optional()
      .meta({ description: 'Starts work, after the steps; its answer has an `id`.' }),
    poll: z
      .strictObject({ path: z.string(), done: z.string(), failed: z.array(z.string()) })
      .optional()
      .meta({ description: 'Asked with that `{id}` until `state` is `done`.' }),
    timeout: Duration.default(60_000),
    urls: z
      .array(z.strictObject({ label: z.string(), service: Name, port: Name, path: z.string().default('') }))
      .default([]),
  })
  .refine(({ start, poll }) => (start === undefined) === (poll === undefined), {
    error: 'needs both start and poll, or neither',
  })
  .refine(({ steps, start }) => steps.length > 0 || start !== undefined, { error: 'needs steps, or start and poll' });
export type Smoke = z.output<typeof Smoke>;
