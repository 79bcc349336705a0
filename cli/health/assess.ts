import type { Plan, PlannedService } from '../../config/plan/types.ts';
import { causeOf, currentOf, healthOf, isReady, jobHealth, type Expected } from '../status/assess.ts';
import type { Observed } from '../status/observe.ts';
import { healthSince, ofThisRun } from './since.ts';

/** What the health check of one replica says, or what became of a job. */
export interface ReplicaHealth {
  readonly service: string;
  readonly kind: 'service' | 'job';
  /** From 1; jobs have none. */
  readonly replica?: number;
  /** `healthy`, `running` (nothing is checked), `starting`, `unhealthy`, `paused`, `stopped`, `missing`, `completed`, … */
  readonly health: string;
  readonly isHealthy: boolean;
  /** Since when, in ISO 8601; absent: nobody can tell. */
  readonly since?: string;
  /** Probes that have failed in a row; absent: nothing is checked, or it does not run. */
  readonly failingStreak?: number;
  /** What is checked, by the command that does; absent: nothing. */
  readonly check?: string;
  /** What the last probe printed, if the replica is not healthy. */
  readonly lastOutput?: string;
  /** Of a job that has ended, or a container that has stopped. */
  readonly exitCode?: number;
}

/** The health of a whole stack. */
export interface StackHealth {
  readonly isHealthy: boolean;
  readonly replicas: readonly ReplicaHealth[];
}

/** What the health checks of all planned replicas say. Pure. */
export function assessHealth(
  plan: Pick<Plan, 'services'>,
  observed: readonly Observed[],
  expected: Expected,
): StackHealth {
  const replicas = plan.services.flatMap((service) => {
    const own = observed.filter((container) => container.service === service.name);
    if (service.kind === 'job') return [jobOf(service, currentOf(own, expected))];
    return Array.from({ length: service.replicas }, (_, index) => {
      const candidates = own.filter(({ replica }) => replica === index + 1);
      return replicaOf(service, index + 1, currentOf(candidates, expected));
    });
  });
  return { isHealthy: replicas.every(({ isHealthy }) => isHealthy), replicas };
}

function replicaOf(service: PlannedService, replica: number, container: Observed | undefined): ReplicaHealth {
  const check = service.healthcheck && checkText(service.healthcheck.test);
  const base = { service: service.name, kind: service.kind, replica, ...(check !== undefined && { check }) };
  if (container === undefined) return { ...base, health: 'missing', isHealthy: false };
  const since = healthSince(container);
  const isHealthy = isReady(container);
  // Of a container that has stopped, the engine remembers what was checked while it ran.
  const streak = container.state === 'exited' ? undefined : container.failingStreak;
  const output = isHealthy || streak === undefined ? undefined : ofThisRun(container).at(-1)?.output.trim();
  return {
    ...base,
    health: `${healthOf(container)}${causeOf(container)}`,
    isHealthy,
    ...(since !== undefined && { since }),
    ...(streak !== undefined && { failingStreak: streak }),
    ...(output !== undefined && output !== '' && { lastOutput: output }),
    ...(container.state === 'exited' && { exitCode: container.exitCode }),
  };
}

function jobOf({ name, kind }: PlannedService, run: Observed | undefined): ReplicaHealth {
  const health = jobHealth(run);
  const hasEnded = run?.state === 'exited';
  const since = hasEnded ? run.finishedAt : run?.startedAt;
  return {
    service: name,
    kind,
    health,
    isHealthy: health === 'completed',
    ...(since !== undefined && { since }),
    ...(hasEnded && { exitCode: run.exitCode }),
  };
}

/** The command of a health check as a person would call it: without the engine's keyword and the folder of the program. */
export function checkText([keyword, ...command]: readonly string[]): string {
  const [program = '', ...args] = command;
  return keyword === 'CMD-SHELL' ? program : [program.replace(/^\/\S*\//, ''), ...args].join(' ');
}
