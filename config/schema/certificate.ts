import { z } from 'zod';

/**
 * How long a certificate holds where nobody says. Nothing renews one but an `up`, and a stack that runs well may be left
 * alone for months: with this and the renewal that goes with it, any `up` in its last four months does. Short lives, which
 * elsewhere limit what a stolen key is worth, gain little here: nobody outside the stack trusts its authority.
 */
const VALIDITY_DAYS = 365;

/** Longer ones are refused by clients of Apple's, whoever signed them. */
const LONGEST_DAYS = 825;

const Days = z.number().int().min(1).max(LONGEST_DAYS);

/** A certificate that the stack's own authority signs. */
export const Certificate = z.strictObject({
  description: z.string().meta({ description: 'Who shows it, and to whom.' }),
  names: z.array(z.string()).min(1).meta({
    description: 'DNS names that it is good for, the main one first; `${name}` stands for a parameter.',
    accepted: 'a list of DNS names, one at least',
  }),
  usage: z.enum(['server', 'client']).default('server').meta({ description: 'Which side of a connection shows it.' }),
  validityDays: Days.default(VALIDITY_DAYS).meta({
    description: 'How long it holds.',
    accepted: `a whole number of days, 1 to ${LONGEST_DAYS}`,
  }),
  renewalDays: Days.optional().meta({
    description: 'How many days before its end an `up` makes a new one.',
    accepted: `a whole number of days, 1 to ${LONGEST_DAYS}`,
    fallback: 'a third of its life',
  }),
});
export type Certificate = z.output<typeof Certificate>;
