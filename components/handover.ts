import { connect as connectTo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Plan } from '../config/plan/types.ts';
import { ROLLBACK_VARIABLE, withoutImages, type Handover } from '../config/release/handover.ts';
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
export async function earlierGoal({ plan }: Handover, project: string): Promise<Goal> {
  const host = engineHost(plan.host);
  const { replicas } = await gatherFacts({ docker: connect(host), host, plan: withoutImages(plan), project });
  return { plan, host, running: new Set(replicas), contexts: new Map() };
}
