import { createHash, randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { z } from 'zod';
import { eventually } from '../support/eventually.ts';

/** One execution as a client wants it. The client chooses the id, so that it may repeat the request. */
export interface Wanted {
  readonly id: string;
  readonly input: { readonly batch: string; readonly number: number };
  readonly delayMs: number;
  readonly workMs: number;
}

/** How the api shows an execution. */
const shown = z.looseObject({
  state: z.string(),
  input: z.unknown(),
  result: z.looseObject({ sha256: z.string() }).nullable(),
  trail: z.array(z.looseObject({ service: z.string(), event: z.string(), at: z.iso.datetime() })),
});
export type Shown = z.infer<typeof shown>;

/** Executions of different kinds: at once or delayed, short or long; about as many of each. */
export function batch(name: string, size: number): Wanted[] {
  return Array.from({ length: size }, (_, number) => ({
    id: randomUUID(),
    input: { batch: name, number },
    delayMs: number % 4 === 3 ? 200 * (1 + (number % 3)) : 0,
    workMs: [0, 400, 800, 1200, 100][number % 5] ?? 0,
  }));
}

/** Asks for an execution until it is taken: whatever goes wrong, the same request is repeated under the same id. */
export async function submit(door: string, wanted: Wanted, withinMs: number): Promise<void> {
  await eventually(async () => {
    const answer = await fetch(`${door}/api/v1/executions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(wanted),
      signal: AbortSignal.timeout(5000),
    });
    if (answer.status !== 202) throw new Error(`not taken: ${answer.status} ${await answer.text()}`);
    // The body too: a connection that breaks before its end has answered nothing.
    expect(await answer.json()).toEqual({ id: wanted.id });
  }, withinMs);
}

/** What the api shows of an execution. */
export async function look(door: string, id: string): Promise<Shown> {
  const answer = await fetch(`${door}/api/v1/executions/${id}`, { signal: AbortSignal.timeout(5000) });
  return shown.parse(await answer.json());
}

const before = ['api.received', 'api.queued', 'queue.taken', 'frontend.accepted', 'history.started'];
const delay = ['timer.armed', 'timer.fired'];
const after = ['matching.added', 'matching.leased', 'worker.started', 'worker.completed'];
const end = ['history.completed', 'api.completed'];

/**
 * Expects that an execution has completed with the right result, and that each step was taken once and after the one that
 * it follows from. An execution that was stored and not queued was queued by the queue instead, so one of the two is there.
 */
export function expectCompleted({ input, delayMs }: Wanted, { state, result, trail, ...rest }: Shown): void {
  const steps = trail.map(({ service, event }) => `${service}.${event}`);
  const others = steps.filter((step) => step !== 'queue.requeued');
  const all = [...before, ...(delayMs > 0 ? delay : []), ...after, ...end];
  const wasRequeued = others.length < steps.length && !others.includes('api.queued');
  expect({ state, input: rest.input, sha256: result?.sha256, steps: others }).toEqual({
    state: 'completed',
    input,
    sha256: createHash('sha256').update(JSON.stringify(input)).digest('hex'),
    steps: wasRequeued ? all.filter((step) => step !== 'api.queued') : all,
  });
}
