import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { duration } from './environment.ts';
import { createLog, logLevel, type Logger } from './log.ts';

/** What every role reads. */
export const appEnvironment = z.object({
  LOG_LEVEL: logLevel.default('info'),
  SHUTDOWN_TIMEOUT: duration.default(25_000),
});

/** One running replica of a role: its name, its log, and its orderly end. */
export class App {
  readonly role: string;
  readonly replica = hostname();
  readonly log: Logger;
  readonly #stopping = new AbortController();
  readonly #closers: { readonly name: string; readonly close: () => Promise<unknown> }[] = [];

  constructor(role: string, env: z.infer<typeof appEnvironment>) {
    this.role = role;
    this.log = createLog(env.LOG_LEVEL, role, this.replica);
  }

  /** Aborted once the replica is asked to stop: take no new work, finish what is in flight. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Registers what to close at the end; what was opened last is closed first. */
  onStop(name: string, close: () => Promise<unknown>): void {
    this.#closers.push({ name, close });
  }

  /**
   * Runs `turn` again and again until the replica stops, `intervalMs` after the last one ended. A turn that fails is
   * logged and comes again, within 2 s at the latest: outages of what a role depends on heal by themselves.
   */
  repeat(name: string, intervalMs: number, turn: () => Promise<void>): void {
    const run = async (): Promise<void> => {
      let failed = false;
      while (!this.stopping.aborted) {
        try {
          await turn();
          if (failed) this.log.info(`${name} works again`);
          failed = false;
        } catch (error) {
          // An outage is worth one warning, not one each second.
          this.log[failed ? 'debug' : 'warn']({ err: error }, `${name} failed, comes again`);
          failed = true;
        }
        await this.pause(failed ? Math.min(Math.max(intervalMs, 500), 2000) : intervalMs);
      }
    };
    const running = run();
    this.onStop(name, () => running);
  }

  /** Waits, but not longer than the replica may live. */
  async pause(milliseconds: number): Promise<void> {
    if (milliseconds === 0) return;
    await sleep(milliseconds, undefined, { signal: this.stopping }).catch(() => undefined);
  }

  /** Finishes what is in flight and closes everything. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const { name, close } of this.#closers.reverse()) {
      try {
        await close();
      } catch (error) {
        this.log.error({ err: error }, `closing ${name}`);
      }
    }
  }
}
