import { z } from 'zod';

const id = z.int().nonnegative();

/** A file of a volume. */
export const FileInputs = z.strictObject({
  content: z.string(),
  mode: z.string().regex(/^0?[0-7]{3}$/, 'not a mode; accepted: three octal digits, e.g. 0400'),
  uid: id.meta({ description: 'Owner, as the image numbers its users' }),
  gid: id,
});

const path = z
  .string()
  .regex(/^[^/]+(\/[^/]+)*$/, 'not a path below the volume; accepted: e.g. DB_PASSWORD, conf.d/a.conf')
  .refine((text) => !text.split('/').some((part) => part === '.' || part === '..'), 'a path may not hold . or ..');

/** Inputs of a volume with files. */
export const FilesInputs = z.strictObject({
  name: z.string().min(1).meta({ description: 'Prefix of the name of the volume' }),
  image: z.string().min(1).meta({ description: 'An image on the host, for the helper that is uploaded through' }),
  labels: z.record(z.string(), z.string()),
  files: z.record(path, FileInputs).meta({ description: 'Path below the root of the volume → file' }),
  reload: z
    .union([
      z.enum(['SIGHUP', 'SIGUSR1', 'SIGUSR2']),
      z.strictObject({ command: z.array(z.string()).min(1), input: z.string().optional() }),
    ])
    .optional()
    .meta({
      description:
        'Signal to, or command beside, the processes that have the files, at which they read them again; `input`: the ' +
        'file whose content until now the command reads as a line. Absent: other files, another volume',
    }),
  volume: z.string().optional().meta({ description: 'Chosen by the provider: the name of the volume' }),
});
export type FilesInputs = z.infer<typeof FilesInputs>;
