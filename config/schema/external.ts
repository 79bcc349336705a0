import { z } from 'zod';
import { VariableName } from './name.ts';

/** A name that DNS knows, or an address. */
const HostName = z
  .string()
  .regex(/^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*)$/)
  .meta({ accepted: 'a host name such as db.example.com, or an address', example: 'db.example.com' });

/** A service that somebody else runs: it has an address instead of containers. */
export const External = z
  .strictObject({
    host: HostName.optional().meta({ description: 'Name or address at which it is reached from the Docker host.' }),
    port: z.number().int().min(1).max(65_535).optional().meta({
      description: 'Port that it listens on.',
      accepted: 'a port between 1 and 65535',
      fallback: 'the one that the service listens on in its container',
    }),
    sslmode: z.enum(['disable', 'require', 'verify-full']).optional().meta({
      description:
        "Whether clients speak TLS with it; `verify-full` verifies its name too, against `ca` or the public authorities. libpq's word.",
      fallback: 'verify-full with `ca`; else require for PostgreSQL, disable for anything else',
      accepted: 'disable, require or verify-full',
    }),
    ca: z.string().trim().min(1).optional().meta({
      description:
        'Certificates of the authorities that have signed what it shows, in PEM, one or several in a row; its callers get them as a file.',
      accepted: 'certificates of authorities in PEM',
      fallback: 'the public authorities',
      example: '"-----BEGIN CERTIFICATE-----\\n…"',
    }),
    secret: VariableName.optional().meta({
      description: 'Secret of the system that is its password: from then on it has to be set, none is generated.',
      fallback: 'what the system says its clients log in with',
      example: 'POSTGRES_PASSWORD',
    }),
  })
  .meta({
    accepted: 'a map of host, port, sslmode, ca, secret',
    example: '{ host: db.example.com, sslmode: require }',
  });
export type External = z.output<typeof External>;

/** How clients of a service log in: what is tried, where it is external, before anything is deployed. */
export const Login = z.strictObject({
  protocol: z.enum(['postgres', 'redis']),
  user: z
    .string()
    .optional()
    .meta({ description: "`${name}` stands for a parameter; absent: the protocol's default." }),
  database: z.string().optional(),
  password: VariableName.meta({ description: 'The secret that is its password.' }),
});
export type Login = z.output<typeof Login>;
