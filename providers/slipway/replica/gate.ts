import type { ContainerInspectInfo } from 'dockerode';
import { exitCause } from '../host/exit.ts';
import { failure, type Host } from '../host/host.ts';
import { type ContainerEvent, pastEvents, watch } from '../host/watch.ts';

/** How long a container without a health check has to keep running. */
const STEADY_MS = 1000;
/** How often a container is looked at when nothing is heard of it: a safety net under the events. */
const GLANCE_MS = 1000;
/** And where time alone decides: the first moment after subscribing, or a container without a health check. */
const CLOSE_GLANCE_MS = 100;

/** What a gate waits for. */
export interface GateArgs {
  readonly host: Host;
  /** Id of the container. */
  readonly container: string;
  readonly timeoutMs: number;
  /** How long it has to stay healthy. */
  readonly minReadyMs: number;
  readonly hasHealthcheck: boolean;
  readonly signal: AbortSignal;
  /** Hears the first line of the output of each probe that fails. */
  readonly onFailedProbe: (line: string) => void;
}

/** What the gate found. */
export type Verdict =
  { readonly healthy: true; readonly afterMs: number } | { readonly healthy: false; readonly cause: string };

/**
 * Waits until a container is healthy, or can't be expected to get so: unhealthy, exited (even if it is to be restarted),
 * or not healthy in time. A stopped one is started first.
 * @throws the reason of `signal`, and whatever keeps the engine from telling
 */
export async function passGate(args: GateArgs): Promise<Verdict> {
  const { host, signal, timeoutMs } = args;
  const deadline = Date.now() + timeoutMs;
  let glances = 0;
  const nextGlance = () => {
    if (readySince !== undefined) return Math.max(1, Math.min(GLANCE_MS, readySince + args.minReadyMs - Date.now()));
    const close = !args.hasHealthcheck || glances++ < 3;
    return Math.max(1, Math.min(close ? CLOSE_GLANCE_MS : GLANCE_MS, deadline - Date.now()));
  };
  const judge = new Judge(args);
  let readySince: number | undefined;
  for await (const events of watch(host, args.container, signal, nextGlance)) {
    const container = await inspect(host, args.container);
    if (!judge.begun && !container.State.Running && !container.State.Restarting) {
      // An unchanged retry finds its candidate stopped.
      await start(host, container);
      judge.begin(0);
      continue;
    }
    judge.begin(container.RestartCount);
    // The state of a container that runs again forgets the code that it ended with.
    const isUntold = judge.sawRestart(container) && !events.some(({ action }) => action === 'die');
    const life = { fromMs: Date.parse(container.Created), toMs: Date.now() };
    const all = isUntold ? [...events, ...(await pastEvents(host, args.container, life))] : events;
    const verdict = judge.look(container, all);
    if (verdict?.healthy === true) {
      readySince ??= Date.now();
      if (Date.now() - readySince >= args.minReadyMs) return verdict;
      continue;
    }
    if (verdict) return readySince === undefined ? verdict : withdrawn(verdict.cause, Date.now() - readySince);
    if (readySince !== undefined) return withdrawn('its health check says so no more', Date.now() - readySince);
    if (Date.now() >= deadline) {
      return { healthy: false, cause: `it took longer than ${seconds(timeoutMs)}${lastProbe(container)}` };
    }
  }
  throw new Error('a watch ends only by being left');
}

function withdrawn(cause: string, afterMs: number): Verdict {
  return { healthy: false, cause: `it was healthy for ${seconds(afterMs)} only: ${cause}` };
}

/** Looks at one container again and again. */
class Judge {
  readonly #args: GateArgs;
  readonly #seenProbes = new Set<string>();
  #restarts: number | undefined;
  #runningSince: number | undefined;
  #ranOutOfMemory = false;

  constructor(args: GateArgs) {
    this.#args = args;
  }

  get begun(): boolean {
    return this.#restarts !== undefined;
  }

  begin(restarts: number): void {
    this.#restarts ??= restarts;
  }

  /** Whether the engine has started it again since the gate began. */
  sawRestart({ RestartCount }: ContainerInspectInfo): boolean {
    return RestartCount > (this.#restarts ?? 0);
  }

  look(container: ContainerInspectInfo, events: readonly ContainerEvent[]): Verdict | undefined {
    const { State } = container;
    const died = events.findLast((event) => event.action === 'die');
    // A restart clears it from the container's state before we look.
    this.#ranOutOfMemory ||= State.OOMKilled || events.some((event) => event.action === 'oom');
    if (died || !State.Running || State.Restarting || this.sawRestart(container)) {
      const cause = exitCause(container, died?.exitCode, this.#ranOutOfMemory);
      return { healthy: false, cause: `it exited ${cause}` };
    }
    if (!State.Health) return this.#steady();
    this.#tellFailedProbes(State.Health);
    switch (State.Health.Status) {
      case 'healthy':
        return { healthy: true, afterMs: sinceStart(container, State.Health.Log.at(-1)?.End) };
      case 'unhealthy':
        return { healthy: false, cause: `it is unhealthy${lastProbe(container)}` };
      default:
        return undefined;
    }
  }

  #steady(): Verdict | undefined {
    if (this.#args.hasHealthcheck) return { healthy: false, cause: 'it has no health check, though one is expected' };
    this.#runningSince ??= Date.now();
    const afterMs = Date.now() - this.#runningSince;
    return afterMs >= STEADY_MS ? { healthy: true, afterMs } : undefined;
  }

  #tellFailedProbes({ Log }: Health): void {
    for (const probe of Log) {
      if (probe.ExitCode === 0 || this.#seenProbes.has(probe.Start)) continue;
      this.#seenProbes.add(probe.Start);
      this.#args.onFailedProbe(firstLine(probe.Output) || `exit code ${probe.ExitCode}`);
    }
  }
}

type Health = NonNullable<ContainerInspectInfo['State']['Health']>;

async function inspect(host: Host, id: string): Promise<ContainerInspectInfo> {
  try {
    return await host.docker.getContainer(id).inspect();
  } catch (error) {
    throw failure(host, `container ${id.slice(0, 12)} can't be looked at`, error);
  }
}

async function start(host: Host, container: ContainerInspectInfo): Promise<void> {
  try {
    await host.docker.getContainer(container.Id).start();
  } catch (error) {
    throw failure(host, `container ${container.Name.slice(1)} can't be started`, error);
  }
}

function lastProbe({ State }: ContainerInspectInfo): string {
  const probe = State.Health?.Log.at(-1);
  if (!probe) return State.Health ? '; no probe has ended yet' : '';
  return `; the last probe ended with code ${probe.ExitCode}: ${firstLine(probe.Output) || 'no output'}`;
}

/** By the engine's own clock, which may not agree with ours. */
function sinceStart({ State }: ContainerInspectInfo, moment: string | undefined): number {
  return Math.max(0, Date.parse(moment ?? State.StartedAt) - Date.parse(State.StartedAt));
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0]?.trim() ?? '';
}

/** `3.2 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
