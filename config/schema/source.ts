import { z } from 'zod';
import { AbsolutePath, Name, UserId } from './name.ts';

/**
 * Sources of a team's own that a stack may build services from, in place of the system's images. `services` and `tasks`
 * are overlays over those of the system: what differs once the services run these sources.
 */
export const Source = z.strictObject({
  description: z.string().meta({ description: 'What it holds, in a sentence.' }),
  dockerfile: z.string().default('Dockerfile').meta({ description: 'Dockerfile, relative to the folder.' }),
  target: z.string().optional().meta({ description: 'Stage to build; absent: the last.' }),
  args: z
    .record(z.string(), z.string())
    .default({})
    .meta({ description: 'Build arguments; `${service}` stands for the name of the service that is built.' }),
  uid: UserId.meta({ description: 'User that its processes run as, and that owns the secret files they read.' }),
  gid: UserId,
  mount: AbsolutePath.optional().meta({
    description: 'Where the folder is mounted in the containers, so that they see changes at once; absent: nowhere.',
  }),
  services: z
    .record(Name, z.record(z.string(), z.unknown()))
    .meta({ description: 'Services that are built from it, and what changes in each.' }),
  tasks: z.record(Name, z.record(z.string(), z.unknown()).nullable()).default({}),
});
export type Source = z.output<typeof Source>;
