import { z } from 'zod';
import { Bytes } from './bytes.ts';
import { AbsolutePath, FileMode } from './name.ts';

/** A volume that outlives the containers of a service. */
export const Volume = z.strictObject({
  description: z.string(),
  keep: z.boolean().default(true).meta({
    description: 'False: no data, such as sockets that services share; it goes with the stack.',
  }),
});
export type Volume = z.output<typeof Volume>;

/** Where a service mounts a volume: a path, or `{path, readOnly}`. */
export const VolumeUse = z
  .union([
    AbsolutePath.transform((path) => ({ path, readOnly: false })),
    z.strictObject({ path: AbsolutePath, readOnly: z.boolean().default(false) }),
  ])
  .meta({ accepted: 'an absolute path such as /data, or {path, readOnly}' });
export type VolumeUse = z.output<typeof VolumeUse>;

/** A folder in memory. */
export const Tmpfs = z.strictObject({
  size: Bytes.optional().meta({ description: 'How large it may grow; absent: the engine decides.' }),
});
export type Tmpfs = z.output<typeof Tmpfs>;

/** A configuration file without secrets. */
export const File = z.strictObject({
  content: z.string(),
  mode: FileMode.default('0444'),
});
export type File = z.output<typeof File>;
