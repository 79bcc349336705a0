import { z } from 'zod';
import type { Context } from '../context.ts';
import { pulumi } from '../pulumi/cli.ts';

/** A run of Pulumi on a stack, as the backend remembers it. Times are cut to seconds. */
const Update = z.looseObject({
  /** `update`, `destroy`, `refresh`, … */
  kind: z.string(),
  startTime: z.string(),
  endTime: z.string().optional(),
  message: z.string().default(''),
  /** `succeeded`, `failed`, `in-progress`. */
  result: z.string(),
  /** What was done to how many resources. */
  resourceChanges: z.record(z.string(), z.number()).nullish(),
});
export type Update = z.output<typeof Update>;

/** The last `count` runs of Pulumi on a stack, newest first. */
export async function readUpdates(context: Context, stack: string, count: number): Promise<readonly Update[]> {
  const page = ['--page', '1', '--page-size', String(count)];
  const result = await pulumi(context, ['stack', 'history', '--json', '--stack', stack, ...page]);
  if (result.exitCode !== 0) throw result.failure(`the history of stack "${stack}" can't be read`);
  const text = result.stdout.trim();
  return z.array(Update).parse(text === '' ? [] : (JSON.parse(text) ?? []));
}
