import { z } from 'zod';

const ReleasedImage = z.strictObject({
  id: z.string().min(1),
  name: z.string().min(1),
  digest: z.string().optional(),
});

const Note = z.strictObject({
  by: z.string().min(1).meta({ description: 'user@host, or who has started the pipeline' }),
  message: z.string().optional(),
  rollbackTo: z.int().positive().optional().meta({ description: 'The release that this one brings back' }),
});

/** Inputs of the record of a release. */
export const ReleaseInputs = z.strictObject({
  plan: z.string().min(2).meta({ description: 'The resolved plan, as JSON; no secret stands in it' }),
  images: z.record(z.string(), ReleasedImage).meta({ description: 'Image of the plan → what is run' }),
  secrets: z.record(z.string(), z.string()).meta({ description: 'Values by name; secret' }),
  version: z.string().meta({ description: 'Of slipway' }),
  note: Note.meta({ description: 'Who releases, and why; another one alone is no other release' }),
});

const Difference = z.object({ path: z.string(), before: z.unknown().optional(), after: z.unknown().optional() });

/** What is kept of releases: see config/release/types.ts. */
export const ReleaseOutputs = z.object({
  records: z.array(
    Note.extend({
      number: z.int().positive(),
      at: z.string(),
      version: z.string(),
      format: z.number(),
      changes: z.array(Difference),
      secrets: z.array(z.string()),
      images: z.record(z.string(), ReleasedImage),
    }),
  ),
  plans: z.record(z.string(), z.string()),
  values: z.record(z.string(), z.record(z.string(), z.string())),
});
