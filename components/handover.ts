import { connect as connectTo } from 'node:net';
import { text } from 'node:stream/consumers';
import { RunError } from '@pulumi/pulumi';
import { withKeptData } from '../config/plan/externals.ts';
import { renderIssues } from '../config/plan/render.ts';
import type { Plan } from '../config/plan/types.ts';
import { ROLLBACK_VARIABLE, withoutImages, type Handover } from '../config/release/handover.ts';
import { checkReach } from '../config/rules/reach.ts';
import { connect, engineHost } from '../engine/connect.ts';
import { gatherFacts } from '../engine/facts.ts';
import type { imageContexts } from './image-context.ts';

/** What is to be deployed, judged. */
export interface Goal {
  readonly plan: Plan;
  /** Address of the Docker host. */
  readonly host: string;
  /** Replicas that run already, as `<service>-<n>`. */
  readonly running: ReadonlySet<string>;
  /** What images are built from. */
  readonly contexts: Awaited<ReturnType<typeof imageContexts>>;
}

/**
 * The earlier release that this run is to carry out, from the command that has started it; undefined: it carries out what
 * the configuration says.
 * @throws Error if nobody hands it over
 */
export async function receiveHandover(env: NodeJS.ProcessEnv): Promise<Handover | undefined> {
  const path = env[ROLLBACK_VARIABLE];
  if (path === undefined || path === '') return undefined;
  return JSON.parse(await text(connectTo(path))) as Handover;
}

/** An earlier release: resolved, fitted to its host and judged by the command that hands it over. */
export async function earlierGoal({ plan, values }: Handover, project: string): Promise<Goal> {
  const host = engineHost(plan.host);
  const request = { docker: connect(host), host, plan: withoutImages(plan), project };
  const facts = await gatherFacts({ ...request, values: new Map(Object.entries(values)) });
  // The command that hands it over has no passwords to try what somebody else runs with.
  const unreached = checkReach(plan, facts);
  if (unreached.length > 0) throw new RunError(renderIssues(unreached));
  return { plan: withKeptData(plan, facts), host, running: new Set(facts.replicas), contexts: new Map() };
}
