import type { Context, StackOption } from '../context.ts';
import { paintFor, writeLine } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { readState } from '../pulumi/state.ts';
import { look } from '../status/look.ts';
import { statusText } from '../status/show.ts';

/** What may be asked of `status`. */
export interface StatusOptions extends StackOption {
  readonly verbose?: boolean;
  readonly json?: boolean;
  readonly watch?: boolean;
}

/** Shows a stack beside its plan; fails if anything is not as planned. */
export async function status(context: Context, options: StatusOptions): Promise<number> {
  if (options.watch === true) {
    const { watchStatus } = await import('../status/watch.ts');
    return watchStatus(context, options.stack, { isVerbose: options.verbose === true, isJson: options.json === true });
  }
  const { plan, status: found } = await look(context, options.stack, () => readState(context, options.stack));
  if (options.json === true) {
    const { system, environment, stack } = plan;
    writeLine(context.stdout, JSON.stringify({ system, environment, stack, ...found }, undefined, 2));
  } else {
    writeLine(context.stdout, statusText(plan, found, options.verbose === true, paintFor(context.stdout)));
  }
  return found.problems.length === 0 ? EXIT.ok : EXIT.failed;
}
