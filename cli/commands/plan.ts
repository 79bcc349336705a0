import type { Context, StackOption } from '../context.ts';
import { writeLine } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { loadPlan, showWarnings } from '../stack-plan.ts';

/** What may be asked of `plan`. */
export interface PlanOptions extends StackOption {
  readonly json?: boolean;
}

/** Prints the resolved plan of a stack, as text or JSON. */
export async function plan(context: Context, options: PlanOptions): Promise<number> {
  const { plan: resolved, warnings } = await loadPlan(context.projectDir, options.stack);
  await showWarnings(context, warnings);
  if (options.json === true) {
    writeLine(context.stdout, JSON.stringify(resolved, undefined, 2));
  } else {
    const { renderPlan } = await import('../../config/plan/render.ts');
    writeLine(context.stdout, renderPlan(resolved).trimEnd());
  }
  return EXIT.ok;
}
