import { z } from 'zod';
import { UserId } from './name.ts';

/** How an image is built from a folder of the project. */
export const Build = z.strictObject({
  context: z.string().meta({ description: 'Folder of the build context, relative to the project.' }),
  dockerfile: z.string().default('Dockerfile').meta({ description: 'Dockerfile, relative to the context.' }),
  target: z.string().optional().meta({ description: 'Stage to build; absent: the last.' }),
  args: z.record(z.string(), z.string()).default({}).meta({ description: 'Build arguments.' }),
  bundle: z
    .strictObject({ entry: z.string(), output: z.string() })
    .optional()
    .meta({ description: 'A TypeScript entry point that is bundled into one file before the build.' }),
});
export type Build = z.output<typeof Build>;

/** A registry's name for an image. */
export const ImageReference = z
  .string()
  .regex(/^[a-z0-9][\w.:/@-]*$/i)
  .meta({ accepted: 'an image reference such as postgres:16-alpine', example: 'postgres:16-alpine' });

/** An image that services run: built, or taken from a registry. */
export const Image = z
  .strictObject({
    build: Build.optional(),
    reference: ImageReference.optional(),
    uid: UserId.meta({ description: 'User that its process runs as, and that owns the secret files it reads.' }),
    gid: UserId,
  })
  .refine(({ build, reference }) => (build === undefined) !== (reference === undefined), {
    error: 'needs either build or reference',
  });
export type Image = z.output<typeof Image>;
