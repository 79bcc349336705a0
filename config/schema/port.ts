import { z } from 'zod';
import { AbsolutePath } from './name.ts';

/** A TCP or UDP port. */
export const PortNumber = z
  .number()
  .int()
  .min(1)
  .max(65_535)
  .meta({ accepted: 'a port from 1 to 65535', example: '8000' });

/** In the place of a port of the host: one that is free there, chosen once and kept in the stack's state. */
export const FREE = 'free';

/** A port of the host, or `free`. */
export type HostPort = number | typeof FREE;

/** A port that a service listens on. */
export const Port = z.strictObject({
  container: PortNumber.meta({ description: 'Port inside the container.' }),
  published: z
    .union([PortNumber, z.literal(FREE)])
    .optional()
    .meta({
      description:
        'Port on the host; `free`: one that is free when the stack is first brought up, and is kept from then on; absent: ' +
        'only other services reach it.',
      accepted: 'a port from 1 to 65535, or free',
    }),
  address: z.string().default('127.0.0.1').meta({ description: 'Address on the host that `published` binds to.' }),
  protocol: z.enum(['tcp', 'udp']).default('tcp'),
  metrics: AbsolutePath.optional().meta({
    description: "Path at which it answers HTTP with its metrics, in Prometheus's text format.",
  }),
});
export type Port = z.output<typeof Port>;

/** How a port is published, as a stack's configuration writes it. */
export interface Publication {
  /** Absent: not published. */
  readonly published?: HostPort;
  readonly address?: string;
}

const ADDRESSED = /^(?:(\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:]+\]):)?(\d{1,5}|free)$/i;

/** `18000`, `"0.0.0.0:18000"`, `free` in the place of the number, or false for not at all. */
export const PublishedPort = z
  .union([z.literal(false), z.number(), z.string()])
  .transform((value, context): Publication => {
    if (value === false) return {};
    const [, address, digits] = ADDRESSED.exec(String(value)) ?? [];
    const published = digits === FREE ? FREE : Number(digits);
    if (published === FREE || (published >= 1 && published <= 65_535)) {
      return { published, ...(address !== undefined && { address: address.replace(/^\[|\]$/g, '') }) };
    }
    context.addIssue({ code: 'invalid_value', values: [], input: value });
    return z.NEVER;
  })
  .meta({
    accepted: 'a port such as 18000, with an address such as "0.0.0.0:18000", free, or false for not published',
    example: '18000',
  });
