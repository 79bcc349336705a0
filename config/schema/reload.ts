import { z } from 'zod';
import { VariableName } from './name.ts';

/** How a process that runs is told to read its files again. What it refuses is put back as it was. */
export const Reload = z
  .union(
    [
      z.enum(['SIGHUP', 'SIGUSR1', 'SIGUSR2']),
      z.strictObject({
        command: z
          .array(z.string())
          .min(1)
          .meta({ description: 'Runs inside the container; an exit code other than 0 fails the release.' }),
        input: VariableName.optional().meta({
          description:
            'Secret file of the service whose content until now the command reads as a line on its standard input: what it ' +
            'needs to log in with while the process still holds to it.',
        }),
        scope: z
          .enum(['secrets', 'all'])
          .default('secrets')
          .meta({
            description:
              'Whether it reads its other files again too: only for a command that has them tested, since what it refuses is ' +
              'put back.',
          }),
      }),
    ],
    { error: 'neither a signal nor a command' },
  )
  .meta({ accepted: 'SIGHUP, SIGUSR1, SIGUSR2, or {command, input, scope}' });
export type Reload = z.output<typeof Reload>;
