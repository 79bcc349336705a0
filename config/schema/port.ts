import { z } from 'zod';

/** A TCP or UDP port. */
export const PortNumber = z
  .number()
  .int()
  .min(1)
  .max(65_535)
  .meta({ accepted: 'a port from 1 to 65535', example: '8000' });

/** A port that a service listens on. */
export const Port = z.strictObject({
  container: PortNumber.meta({ description: 'Port inside the container.' }),
  published: PortNumber.optional().meta({ description: 'Port on the host; absent: only other services reach it.' }),
  address: z.string().default('127.0.0.1').meta({ description: 'Address on the host that `published` binds to.' }),
  protocol: z.enum(['tcp', 'udp']).default('tcp'),
});
export type Port = z.output<typeof Port>;

/** How a port is published, as a stack's configuration writes it. */
export interface Publication {
  /** Absent: not published. */
  readonly published?: number;
  readonly address?: string;
}

const ADDRESSED = /^(?:(\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:]+\]):)?(\d{1,5})$/i;

/** `18000`, `"0.0.0.0:18000"`, or false for not at all. */
export const PublishedPort = z
  .union([z.literal(false), z.number(), z.string()])
  .transform((value, context): Publication => {
    if (value === false) return {};
    const [, address, digits] = ADDRESSED.exec(String(value)) ?? [];
    const published = Number(digits);
    if (published >= 1 && published <= 65_535) {
      return { published, ...(address !== undefined && { address: address.replace(/^\[|\]$/g, '') }) };
    }
    context.addIssue({ code: 'invalid_value', values: [], input: value });
    return z.NEVER;
  })
  .meta({
    accepted: 'a port such as 18000, with an address such as "0.0.0.0:18000", or false for not published',
    example: '18000',
  });
