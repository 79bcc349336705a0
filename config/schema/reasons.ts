import { z } from 'zod';

const Reason = z.string().trim().min(1).meta({ accepted: 'a reason in a sentence' });

/**
 * Why a service departs from the hardening that every container has without a word: one for each switch that is off, and
 * for each capability that is added.
 */
export const Reasons = z.strictObject({
  capAdd: z.record(z.string(), Reason).default({}).meta({ description: 'By capability, as `capAdd` has it.' }),
  capDrop: Reason.optional().meta({ description: 'Why some capabilities of the engine stay.' }),
  logging: Reason.optional().meta({ description: 'Why nothing here bounds what the log takes.' }),
  noNewPrivileges: Reason.optional().meta({ description: 'Why its processes may gain privileges.' }),
  pidsLimit: Reason.optional().meta({ description: 'Why the number of its processes has no limit.' }),
  readOnly: Reason.optional().meta({ description: 'Why it writes to its root file system.' }),
  swap: Reason.optional().meta({ description: 'Why it may swap.' }),
  user: Reason.optional().meta({ description: 'Why it runs as root.' }),
});
export type Reasons = z.output<typeof Reasons>;
