import { z } from 'zod';
import { AbsolutePath, Name, UserId } from './name.ts';
import type { Service } from './service.ts';
import type { Smoke } from './smoke.ts';
import type { Overlay } from './system.ts';
import type { Task } from './task.ts';

/** A part of a system that is laid over it: what it amounts to is checked once everything has been laid over it. */
function overlay<T>() {
  return z.custom<Overlay<T>>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), {
    error: 'needs to be a map',
  });
}

/** A service that is built from sources. */
export const SourceUse = z.strictObject({
  args: z
    .record(z.string(), z.string())
    .default({})
    .meta({ description: 'Build arguments of this service, over those of the source: it gets an image of its own.' }),
  changes: overlay<z.input<typeof Service>>()
    .default({})
    .meta({ description: 'What is different about it once it runs the sources: command, health check, ports, …' }),
});
export type SourceUse = z.output<typeof SourceUse>;

/**
 * Sources of a team's own that a stack may build services from, in place of the system's images. What it says of
 * services, tasks and the smoke test is laid over what the system says of them: maps merge, null removes, everything
 * else replaces.
 */
export const Source = z.strictObject({
  description: z.string().meta({ description: 'What it holds, in a sentence.' }),
  dockerfile: z.string().default('Dockerfile').meta({ description: 'Dockerfile, relative to the folder.' }),
  target: z.string().optional().meta({ description: 'Stage to build; absent: the last.' }),
  args: z
    .record(z.string(), z.string())
    .default({})
    .meta({
      description:
        'Build arguments; `${service}` stands for the name of the service that is built, and each service gets an ' +
        'image of its own then.',
    }),
  uid: UserId.meta({ description: 'User that its processes run as, and that owns the secret files they read.' }),
  gid: UserId,
  mount: AbsolutePath.optional().meta({
    description: 'Where the folder is mounted in the containers, so that they see its edits at once; absent: nowhere.',
  }),
  rebuildOn: z
    .array(z.string())
    .default([])
    .meta({
      description:
        'Files and folders whose edits the mount does not show, because the build puts them elsewhere: while the ' +
        'folder is mounted, the image is built again when one of these changes, the Dockerfile or the .dockerignore.',
    }),
  services: z.record(Name, SourceUse).meta({ description: 'Services that are built from it.' }),
  tasks: z
    .record(Name, overlay<z.input<typeof Task>>().nullable())
    .default({})
    .meta({ description: 'What is different about tasks; null: there is none of that name.' }),
  smoke: overlay<z.input<typeof Smoke>>()
    .nullable()
    .optional()
    .meta({ description: 'What is different about the smoke test; null: there is none.' }),
});
export type Source = z.output<typeof Source>;
