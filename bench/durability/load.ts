import type { Client } from './stores.ts';

/** Writes that wait for their answers at the same time. */
const WRITERS = 8;

/** Numbers that a store has acknowledged, each with the moment at which the answer came, in milliseconds. */
export type Acknowledged = Map<number, number>;

/** Writers that store one number after the other until they are stopped or the store fails. */
export class Load {
  #stopped = false;
  readonly #writers: Promise<unknown>;

  /** Numbers go on from `first`; what is acknowledged is added to `acknowledged`. */
  constructor(client: Client, first: number, acknowledged: Acknowledged) {
    let next = first;
    const write = async (): Promise<void> => {
      while (!this.#stopped) {
        const number = next++;
        try {
          await client.write(number);
        } catch {
          return; // Not acknowledged: it may be there or not.
        }
        acknowledged.set(number, performance.now());
      }
    };
    this.#writers = Promise.all(Array.from({ length: WRITERS }, write));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#writers;
  }
}

/** What is missing after a failure. */
export interface Loss {
  readonly acknowledged: number;
  readonly lost: number;
  /** From the first acknowledgement that was broken to the last one that was given, in milliseconds. */
  readonly spanMs: number;
}

/** Compares what was acknowledged with what is there. Pure. */
export function assess(acknowledged: Acknowledged, present: ReadonlySet<number>): Loss {
  const lost = lostOf(acknowledged, present).map(([, moment]) => moment);
  // Not by spreading: there may be more than a call takes arguments.
  const last = [...acknowledged.values()].reduce((a, b) => Math.max(a, b), 0);
  const first = lost.reduce((a, b) => Math.min(a, b), last);
  return { acknowledged: acknowledged.size, lost: lost.length, spanMs: last - first };
}

/** What is acknowledged and not there. */
export function lostOf(acknowledged: Acknowledged, present: ReadonlySet<number>): [number: number, moment: number][] {
  return [...acknowledged].filter(([number]) => !present.has(number));
}
