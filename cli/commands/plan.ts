import type { Plan } from '../../config/plan/types.ts';
import type { Context, StackOption } from '../context.ts';
import { paintFor, writeLine } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import type { Layers } from '../plan/differences.ts';
import { loadPlan, readSettings, showWarnings } from '../stack-plan.ts';

/** What may be asked of `plan`. */
export interface PlanOptions extends StackOption {
  readonly json?: boolean;
  /** Another stack: only what differs from its plan is shown. */
  readonly diff?: string;
}

/** Prints the resolved plan of a stack, as text or JSON. */
export async function plan(context: Context, options: PlanOptions): Promise<number> {
  const { plan: resolved, warnings } = await loadPlan(context.projectDir, options.stack);
  await showWarnings(context, warnings);
  if (options.diff !== undefined) return showDifferences(context, resolved, { ...options, diff: options.diff });
  if (options.json === true) {
    writeLine(context.stdout, JSON.stringify(resolved, undefined, 2));
  } else {
    const { renderPlan } = await import('../../config/plan/render.ts');
    writeLine(context.stdout, renderPlan(resolved).trimEnd());
  }
  return EXIT.ok;
}

async function showDifferences(
  context: Context,
  resolved: Plan,
  { diff, json }: PlanOptions & { diff: string },
): Promise<number> {
  const { differences, differencesText } = await import('../plan/differences.ts');
  const other = (await loadPlan(context.projectDir, diff)).plan;
  const found = differences(await layersOf(context, other), await layersOf(context, resolved));
  writeLine(
    context.stdout,
    json === true
      ? JSON.stringify({ stack: resolved.stack, other: other.stack, differences: found }, undefined, 2)
      : differencesText(other, resolved, found, paintFor(context.stdout)),
  );
  return EXIT.ok;
}

/** A stack's plan, and what it would be with less and less said. */
async function layersOf({ projectDir }: Context, plan: Plan): Promise<Layers> {
  const [{ resolvePlan }, { systems }] = await Promise.all([
    import('../../config/resolve.ts'),
    import('../../config/systems/index.ts'),
  ]);
  const { system, environment, stack } = plan;
  const raw = { ...(await readSettings(projectDir, stack)), values: { system, environment } };
  const described = systems[system];
  const plain = described && { [system]: { ...described, environments: { dev: {}, test: {}, prod: {} } } };
  // A stack that is whole only with what its file says has no plan without it.
  const bare = resolvePlan(raw).plan ?? plan;
  return { plan, environment: bare, base: resolvePlan(raw, plain).plan ?? bare };
}
