import { z } from 'zod';

/** Inputs of the dates of secrets. */
export const SecretDatesInputs = z.strictObject({
  secrets: z.record(z.string(), z.string()).meta({ description: 'Values by name; secret' }),
});

/** What is kept of them: no value, and nothing that is computed of one. */
export const SecretDatesOutputs = z.object({
  since: z.record(z.string(), z.string()).meta({ description: 'Name → when its value came, RFC 3339' }),
});
