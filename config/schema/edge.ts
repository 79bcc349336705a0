import { z } from 'zod';
import { AbsolutePath, Name } from './name.ts';

/** What stands for the name of a replica's container in a line of a list. */
export const CONTAINER = '{container}';

/** How a service hands requests on to others, where it reads from files who answers for them: a proxy. */
export const Edge = z.strictObject({
  folder: AbsolutePath.meta({
    description: 'Folder with a list for each service behind it, `<service>.conf`, kept in a volume.',
  }),
  upstreams: z
    .record(
      Name,
      z
        .string()
        .refine((list) => list.split('\n').some((line) => line.includes(CONTAINER)))
        .meta({ accepted: `a text with a line that holds ${CONTAINER}` }),
    )
    .meta({
      description: `Service behind it → its list. A line with ${CONTAINER} stands once for each replica that answers.`,
    }),
  reload: z
    .array(z.string())
    .min(1)
    .meta({
      description:
        'Runs in the container once a list has changed: has it tested and read again. With an exit code other than 0 the list ' +
        'before it is put back, and the release has failed.',
    }),
  drained: z.array(z.string()).min(1).optional().meta({
    description:
      'Runs in the container until nothing goes by the list before any more, for at most the seconds of its last argument.',
    fallback: 'the drain time of the service behind it passes',
  }),
});
export type Edge = z.output<typeof Edge>;
