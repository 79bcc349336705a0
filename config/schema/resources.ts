import { z } from 'zod';
import { Bytes } from './bytes.ts';

/** An amount of CPU in cores; text, because that is what `pulumi config set` makes of 0.5. */
export const Cpus = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d+(?:\.\d+)?$/)
      .transform(Number),
  ])
  .refine((cpus) => cpus >= 0.01)
  .meta({ accepted: 'a number of cores such as 0.5 or 2', example: '0.5' });

/** How much of a host one replica may use, or has set aside. */
export const Resources = z.strictObject({
  memory: Bytes.optional().meta({ description: 'Memory of each replica.' }),
  cpus: Cpus.optional().meta({ description: 'CPU of each replica, in cores.' }),
});
export type Resources = z.output<typeof Resources>;
