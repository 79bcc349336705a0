import * as pulumi from '@pulumi/pulumi';
import { dockerHost } from './components/engines/docker-host/engine.ts';
import { imageContexts, machineBuildArgs } from './components/image-context.ts';
import { System } from './components/system.ts';
import { loadSettings, providedSecret } from './config/load.ts';
import { renderIssues } from './config/plan/render.ts';
import type { Issue } from './config/plan/types.ts';
import { resolvePlan } from './config/resolve.ts';
import { checkHost } from './config/rules/host.ts';
import { connect, engineHost } from './engine/connect.ts';
import { gatherFacts } from './engine/facts.ts';

// Pulumi's runtime maps a stack trace for each of its promises; Node runs these sources as they are: there is no map.
Reflect.deleteProperty(Error, 'prepareStackTrace');

const { plan, issues } = resolvePlan(loadSettings());
if (!plan) throw new pulumi.RunError(renderIssues(issues));

const host = engineHost(plan.host);
const facts = await gatherFacts({ docker: connect(host), host, plan, project: import.meta.dirname });
report([...issues, ...checkHost(plan, facts)]);

const system = new System(plan.system, {
  plan,
  running: new Set(facts.replicas),
  provided: providedSecret,
  engine: dockerHost({
    host,
    project: import.meta.dirname,
    contexts: await imageContexts(import.meta.dirname, plan),
    machineBuildArgs: machineBuildArgs(process.env),
  }),
});

export const { instance, urls } = system;

/** Warnings are said and passed over; errors end the run before anything is touched, all of them at once. */
function report(found: readonly Issue[]): void {
  if (found.some((issue) => issue.severity === 'error')) throw new pulumi.RunError(renderIssues(found));
  for (const warning of found) void pulumi.log.warn(renderIssues([warning]));
}
