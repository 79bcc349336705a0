import type { Context, StackOption } from '../context.ts';
import { paintFor, writeLine } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { assessHealth } from '../health/assess.ts';
import { healthText } from '../health/show.ts';
import { containersOf } from '../hosts/containers.ts';
import { reachHost } from '../hosts/host.ts';
import { expectedOf } from '../pulumi/expected.ts';
import { instanceOf, readState } from '../pulumi/state.ts';
import { loadPlan } from '../stack-plan.ts';
import { observe } from '../status/observe.ts';

/** What may be asked of `health`. */
export interface HealthOptions extends StackOption {
  readonly json?: boolean;
}

/** Shows what the health checks of all replicas say; fails if one of them is not healthy. */
export async function health(context: Context, options: HealthOptions): Promise<number> {
  const { plan } = await loadPlan(context.projectDir, options.stack);
  const [host, state] = await Promise.all([reachHost(context, plan), readState(context, options.stack)]);
  const observed = await observe(host.docker, await containersOf(host.docker, instanceOf(state)));
  const found = assessHealth(plan, observed, expectedOf(state));
  const { system, environment, stack } = plan;
  writeLine(
    context.stdout,
    options.json === true
      ? JSON.stringify({ system, environment, stack, ...found }, undefined, 2)
      : healthText(plan, found, Date.now(), paintFor(context.stdout)),
  );
  return found.isHealthy ? EXIT.ok : EXIT.failed;
}
