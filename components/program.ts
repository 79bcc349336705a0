import * as pulumi from '@pulumi/pulumi';
import { loadSettings, providedSecret, setSecrets } from '../config/load.ts';
import { renderIssues } from '../config/plan/render.ts';
import type { Issue } from '../config/plan/types.ts';
import { resolvePlan, type Resolved } from '../config/resolve.ts';
import { checkSetCertificates } from '../config/rules/certificate-values.ts';
import { checkHost } from '../config/rules/host.ts';
import { checkValues } from '../config/rules/secret-value.ts';
import { connect, engineHost } from '../engine/connect.ts';
import { gatherFacts } from '../engine/facts.ts';
import { dockerHost } from './engines/docker-host/engine.ts';
import { imageContexts, machineBuildArgs } from './image-context.ts';
import { System } from './system.ts';

/** What a stack puts out. */
export type Outputs = Pick<System, 'instance' | 'urls'>;

/**
 * The program of every stack: plans what its configuration says, judges that by its host, and deploys it. Runs inside
 * Pulumi, for the stack that it was asked for. `project` is the project's folder.
 * @throws pulumi.RunError with every problem in one report, before anything is touched
 */
export async function deployStack(project: string): Promise<Outputs> {
  const settings = loadSettings();
  const wanted = planOrRefuse(resolvePlan(settings));
  const host = engineHost(wanted.plan.host);
  const facts = await gatherFacts({ docker: connect(host), host, plan: wanted.plan, project });
  const { plan, issues } = wanted.plan.allowsSmallHost ? planOrRefuse(resolvePlan(settings, undefined, facts)) : wanted;
  const set = setSecrets();
  report([
    ...issues,
    ...checkValues(plan.secrets, set),
    ...checkSetCertificates(plan, set, new Date()),
    ...checkHost(plan, facts),
  ]);
  const contexts = await imageContexts(project, plan);
  const { instance, urls } = new System(plan.system, {
    plan,
    running: new Set(facts.replicas),
    provided: providedSecret,
    engine: dockerHost({ host, project, contexts, machineBuildArgs: machineBuildArgs(process.env) }),
  });
  return { instance, urls };
}

function planOrRefuse({ plan, issues }: Resolved): Required<Resolved> {
  if (!plan) throw new pulumi.RunError(renderIssues(issues));
  return { plan, issues };
}

/** Warnings are said and passed over; errors end the run before anything is touched, all of them at once. */
function report(found: readonly Issue[]): void {
  if (found.some((issue) => issue.severity === 'error')) throw new pulumi.RunError(renderIssues(found));
  for (const warning of found) void pulumi.log.warn(renderIssues([warning]));
}
