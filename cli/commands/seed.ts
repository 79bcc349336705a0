import type { Context } from '../context.ts';
import { loadPlan } from '../stack-plan.ts';
import { findSeed } from '../tasks/find.ts';
import { run, type RunOptions } from './run.ts';

/** Runs what the system declares as its task `seed`, as `run` does; says so where it declares none. */
export async function seed(context: Context, args: readonly string[], options: RunOptions): Promise<number> {
  const { plan } = await loadPlan(context.projectDir, options.stack);
  return run(context, findSeed(plan).name, args, options);
}
