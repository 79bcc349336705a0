import type { Context, StackOption } from '../context.ts';
import { paintFor, writeLine } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { containersOf } from '../hosts/containers.ts';
import { reachHost } from '../hosts/host.ts';
import { expectedOf } from '../pulumi/expected.ts';
import { instanceOf, readState } from '../pulumi/state.ts';
import { loadPlan } from '../stack-plan.ts';
import { assess } from '../status/assess.ts';
import { observe } from '../status/observe.ts';
import { statusText } from '../status/show.ts';

/** What may be asked of `status`. */
export interface StatusOptions extends StackOption {
  readonly verbose?: boolean;
  readonly json?: boolean;
}

/** Shows a stack beside its plan; fails if anything is not as planned. */
export async function status(context: Context, options: StatusOptions): Promise<number> {
  const { plan } = await loadPlan(context.projectDir, options.stack);
  const [host, state] = await Promise.all([reachHost(context, plan), readState(context, options.stack)]);
  const containers = await containersOf(host.docker, instanceOf(state));
  const observed = await observe(host.docker, containers);
  const found = assess(plan, observed, expectedOf(state), Date.now());
  if (options.json === true) {
    const { system, environment, stack } = plan;
    writeLine(context.stdout, JSON.stringify({ system, environment, stack, ...found }, undefined, 2));
  } else {
    writeLine(context.stdout, statusText(plan, found, options.verbose === true, paintFor(context.stdout)));
  }
  return found.problems.length === 0 ? EXIT.ok : EXIT.failed;
}
