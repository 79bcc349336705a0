import type Docker from 'dockerode';
import type { Issue, Plan } from '../../config/plan/types.ts';
import type { Context } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { readProvided } from '../export/secrets.ts';
import { findHost } from '../hosts/host.ts';
import { ConfigurationRefusal, loadPlan, refused, type PlanOptions, type StackPlan } from '../stack-plan.ts';

/*
 * A refusal names everything that is wrong at once. What it takes a while to ask (the host, encrypted values) is asked
 * once there is something to refuse; where nothing is, the program judges it before it makes anything.
 */

/**
 * The plan of a stack that is to be deployed.
 * @throws CommandFailure with every problem in one report: of the configuration, of the values of secrets, of the host
 */
export async function planToDeploy(context: Context, stack: string, options: PlanOptions): Promise<StackPlan> {
  try {
    return await loadPlan(context.projectDir, stack, options);
  } catch (error) {
    const draft = error instanceof ConfigurationRefusal ? error.draft() : undefined;
    if (!(error instanceof ConfigurationRefusal) || !draft) throw error;
    const [values, host] = await Promise.all([valueIssues(context, draft), hostIssues(context, draft)]);
    throw await refused(stack, [...error.issues, ...values, ...host]);
  }
}

/** What is wrong with the values of secrets that somebody has set; a passphrase that does not open them is that too. */
export async function valueIssues(context: Context, plan: Plan): Promise<Issue[]> {
  if (!plan.secrets.some(({ source }) => source === 'provided')) return [];
  let values: ReadonlyMap<string, string>;
  try {
    values = await readProvided(context, plan.stack);
  } catch (error) {
    // Nothing else that keeps Pulumi from reading them is wrong with the configuration.
    if (!(error instanceof CommandFailure) || error.exitCode !== EXIT.prerequisite) return [];
    return [
      {
        path: 'PULUMI_CONFIG_PASSPHRASE',
        message: `is missing, or not the passphrase of stack "${plan.stack}"`,
        accepted:
          'the one that its secrets were encrypted with, there or in the file that PULUMI_CONFIG_PASSPHRASE_FILE names',
        severity: 'error',
      },
    ];
  }
  const { judgePlan } = await import('../../config/judge.ts');
  return judgePlan(plan, { values, now: new Date() });
}

/** What the host lacks; an engine that does not answer has its own message once everything else is right. */
async function hostIssues(context: Context, plan: Plan): Promise<readonly Issue[]> {
  const [{ gatherFacts }, { checkHost }] = await Promise.all([
    import('../../engine/facts.ts'),
    import('../../config/rules/host.ts'),
  ]);
  try {
    const { docker, address } = await findHost(context, plan);
    const [facts, unreached] = await Promise.all([
      gatherFacts({ docker, host: address, plan, project: context.projectDir }),
      reachIssues(context, plan, docker),
    ]);
    return [...checkHost(plan, facts), ...unreached];
  } catch {
    return [];
  }
}

/** What is wrong with what somebody else runs, tried from the host; nothing where passwords can't be read. */
export async function reachIssues(context: Context, plan: Plan, docker: Docker): Promise<readonly Issue[]> {
  const { externals = [] } = plan;
  if (externals.length === 0) return [];
  const [{ reachExternals }, { checkReach }] = await Promise.all([
    import('../../engine/reach/reach.ts'),
    import('../../config/rules/reach.ts'),
  ]);
  const values = await readProvided(context, plan.stack).catch(() => new Map<string, string>());
  return checkReach(plan, { unreached: await reachExternals(docker, externals, values) });
}
