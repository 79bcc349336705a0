import type { Context, StackOption } from '../context.ts';
import { paintFor, writeLine } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { stackOption } from '../output/format.ts';
import { takeInterrupts } from '../pulumi/interrupts.ts';
import { readState } from '../pulumi/state.ts';
import { doorOf } from '../smoke/door.ts';
import { prove } from '../smoke/prove.ts';
import { proofText } from '../smoke/show.ts';
import { loadPlan } from '../stack-plan.ts';

/** What may be asked of `smoke`. */
export interface SmokeOptions extends StackOption {
  readonly json?: boolean;
}

/** Proves a running stack by one real piece of work. */
export async function smoke(context: Context, options: SmokeOptions): Promise<number> {
  const { plan } = await loadPlan(context.projectDir, options.stack);
  if (plan.smoke === undefined) {
    throw new CommandFailure(EXIT.usage, `system "${plan.system}" declares no smoke test`);
  }
  const door = doorOf(plan, plan.smoke, await readState(context, options.stack));
  if (door === undefined) {
    const { service, port } = plan.smoke;
    const planned = plan.services.find(({ name }) => name === service)?.ports.find(({ name }) => name === port);
    if (planned?.published === 'free') {
      const up = `\`slipway up${stackOption(plan.stack)}\``;
      throw new CommandFailure(EXIT.failed, `port "${port}" of ${service} has no number yet: ${up} chooses one`);
    }
    throw new CommandFailure(EXIT.usage, `port "${port}" of ${service} is not published: there is nothing to ask`);
  }
  const interrupts = takeInterrupts();
  try {
    const proof = await prove(door, plan.smoke, interrupts.signal);
    writeLine(
      context.stdout,
      options.json === true ? JSON.stringify(proof, undefined, 2) : proofText(proof, paintFor(context.stdout)),
    );
    if (interrupts.signal.aborted) return EXIT.interrupted;
    return proof.ok ? EXIT.ok : EXIT.failed;
  } finally {
    interrupts.dispose();
  }
}
