import * as pulumi from '@pulumi/pulumi';
import { judgePlan } from '../config/judge.ts';
import { loadSettings, providedSecret, setSecrets } from '../config/load.ts';
import { withKeptData } from '../config/plan/externals.ts';
import { renderIssues } from '../config/plan/render.ts';
import type { Issue } from '../config/plan/types.ts';
import { noteOf } from '../config/release/handover.ts';
import { resolvePlan } from '../config/resolve.ts';
import { connect, engineHost } from '../engine/connect.ts';
import { gatherFacts } from '../engine/facts.ts';
import { operator } from '../engine/operator.ts';
import packageFile from '../package.json' with { type: 'json' };
import { dockerHost } from './engines/docker-host/engine.ts';
import { earlierGoal, receiveHandover, type Goal } from './handover.ts';
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
  const earlier = await receiveHandover(process.env);
  const { plan, host, running, contexts } = earlier
    ? await earlierGoal(earlier, project)
    : await configuredGoal(project);
  const { instance, urls } = new System(plan.system, {
    plan,
    running,
    provided: earlier ? (name) => pulumi.output(earlier.values[name] ?? '') : providedSecret,
    earlierSecrets: earlier?.values,
    note: noteOf(process.env, operator()),
    version: packageFile.version,
    engine: dockerHost({
      host,
      project,
      contexts,
      earlierImages: earlier?.images,
      machineBuildArgs: machineBuildArgs(process.env),
    }),
  });
  return { instance, urls };
}

/** What the stack's configuration says, judged by its host. */
async function configuredGoal(project: string): Promise<Goal> {
  const settings = loadSettings();
  const wanted = resolvePlan(settings);
  const draft = wanted.plan ?? wanted.draft?.();
  if (!draft) throw new pulumi.RunError(renderIssues(wanted.issues));
  const host = engineHost(draft.host);
  const values = setSecrets();
  const request = { docker: connect(host), host, plan: draft, project, values };
  const facts = await gatherFacts(request).catch((error: unknown) => {
    if (wanted.plan) throw error;
    return undefined; // What is wrong with the configuration comes first.
  });
  const { plan, issues } = draft.allowsSmallHost && facts ? resolvePlan(settings, undefined, facts) : wanted;
  report([...issues, ...judgePlan(plan ?? draft, { values, facts, now: new Date() })]);
  if (!plan || !facts) throw new Error('there is neither a plan nor an error');
  const goal = { plan: withKeptData(plan, facts), host, running: new Set(facts.replicas) };
  return { ...goal, contexts: await imageContexts(project, plan) };
}

/** Warnings are said and passed over; errors end the run before anything is touched, all of them at once. */
function report(found: readonly Issue[]): void {
  if (found.some((issue) => issue.severity === 'error')) throw new pulumi.RunError(renderIssues(found));
  // Pulumi says itself that it is a warning.
  for (const warning of found) void pulumi.log.warn(renderIssues([warning]).replace(/^warning: /, ''));
}
