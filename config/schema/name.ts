import { z } from 'zod';

/** What services, ports, networks, volumes and profiles are called: part of names on the host and in its DNS. */
export const Name = z
  .string()
  .regex(/^[a-z](?:[a-z0-9-]{0,30}[a-z0-9])?$/)
  .meta({ accepted: 'a name of at most 32 lower-case letters, digits and hyphens that begins with a letter' });
export type Name = z.output<typeof Name>;

/** What secrets and environment variables are called. */
export const VariableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
  .meta({ accepted: 'a name of letters, digits and underscores' });

/** An absolute path inside a container. */
export const AbsolutePath = z
  .string()
  .regex(/^\/(?!.*\/\.{1,2}(?:\/|$)).*[^/]$/)
  .meta({ accepted: 'an absolute path such as /data' });
export type AbsolutePath = z.output<typeof AbsolutePath>;

/** A user or group id. */
export const UserId = z.number().int().min(0).max(65_535).meta({ accepted: 'a whole number from 0 to 65535' });

/** Permissions of a file in octal. */
export const FileMode = z
  .string()
  .regex(/^0[0-7]{3}$/)
  .meta({ accepted: 'an octal mode such as 0444' });
