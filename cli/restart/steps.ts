import type { Target, Wave } from './targets.ts';

/** How far a container has come. */
export type Step =
  | { readonly is: 'untouched' | 'restarting' | 'waiting' }
  /** It runs again; nobody waited until it was healthy. */
  | { readonly is: 'unwatched' }
  | { readonly is: 'done'; readonly afterMs: number }
  | { readonly is: 'failed'; readonly cause: string };

/** What is done to containers. */
export interface Hands {
  /**
   * Stops a container and starts it again, in one: the engine does both or neither. Throws why it can't.
   * @returns true once it runs again; false: nobody waits for that any more
   */
  readonly restart: (target: Target) => Promise<boolean>;
  /** Waits until a container is healthy, or can't be expected to get so. Throws once `signal` is aborted. */
  readonly wait: (target: Target, signal: AbortSignal) => Promise<Verdict>;
}

/** What became of a container. */
export type Verdict =
  { readonly healthy: true; readonly afterMs: number } | { readonly healthy: false; readonly cause: string };

/** How far each container has come, by its name. */
export type Steps = ReadonlyMap<string, Step>;

/**
 * Restarts containers wave by wave; the services of a wave side by side, their replicas one after the other, each
 * waited for. Once something fails, or `signal` is aborted, nothing more is begun: what is being restarted is, what is
 * waited for is left alone.
 */
export class Restart {
  readonly #waves: readonly Wave[];
  readonly #hands: Hands;
  readonly #steps = new Map<string, Step>();
  readonly #failure = new AbortController();
  readonly #halt: AbortSignal;

  constructor(waves: readonly Wave[], hands: Hands, signal: AbortSignal) {
    this.#waves = waves;
    this.#hands = hands;
    this.#halt = AbortSignal.any([this.#failure.signal, signal]);
    for (const { name } of waves.flat().flatMap(({ targets }) => targets)) this.#steps.set(name, { is: 'untouched' });
  }

  /** How far everything has come by now. */
  get steps(): Steps {
    return this.#steps;
  }

  /** @returns when everything has been restarted, or something has failed, or `signal` was aborted */
  async run(): Promise<void> {
    for (const wave of this.#waves) {
      await Promise.all(wave.map(({ targets }) => this.#oneByOne(targets)));
    }
  }

  async #oneByOne(targets: readonly Target[]): Promise<void> {
    for (const target of targets) {
      if (this.#halt.aborted) return;
      const step = await this.#restart(target);
      this.#steps.set(target.name, step);
      if (step.is === 'failed') this.#failure.abort();
    }
  }

  async #restart(target: Target): Promise<Step> {
    this.#steps.set(target.name, { is: 'restarting' });
    try {
      if (!(await this.#hands.restart(target))) return { is: 'restarting' };
    } catch (error) {
      return failedBy(error);
    }
    if (this.#isHalted()) return { is: 'unwatched' };
    this.#steps.set(target.name, { is: 'waiting' });
    try {
      const verdict = await this.#hands.wait(target, this.#halt);
      return verdict.healthy ? { is: 'done', afterMs: verdict.afterMs } : { is: 'failed', cause: verdict.cause };
    } catch (error) {
      return this.#isHalted() ? { is: 'unwatched' } : failedBy(error);
    }
  }

  #isHalted(): boolean {
    return this.#halt.aborted;
  }
}

function failedBy(error: unknown): Step {
  return { is: 'failed', cause: error instanceof Error ? error.message : String(error) };
}
