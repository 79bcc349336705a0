import { expect, test } from '@jest/globals';
import { Waiters } from '../../../../images/workload/src/waiters.ts';

/** Joins and waits; gives how many milliseconds at most it took, and the waiter. */
function waiting(
  line: Waiters,
  ms = 60_000,
  signals: AbortSignal[] = [],
): { done: Promise<void>; leave: (needed: boolean) => void } {
  const waiter = line.join();
  return {
    done: waiter.wait(ms, signals),
    leave: (needed) => {
      line.leave(waiter, needed);
    },
  };
}

test('work wakes those who wait in the order they came', async () => {
  const line = new Waiters();
  const [first, second] = [waiting(line), waiting(line)];
  line.wake(1);
  await first.done;
  expect(line.size).toBe(1);
  line.wake(5);
  await second.done;
  expect(line.size).toBe(0);
});

test('a waiter woken for work that it does not need passes it on', async () => {
  const line = new Waiters();
  const [first, second] = [waiting(line), waiting(line)];
  line.wake(1);
  first.leave(false);
  await second.done;
});

test('a waiter that needs the work it was woken for keeps it', () => {
  const line = new Waiters();
  const [first, second] = [waiting(line), waiting(line, 1)];
  line.wake(1);
  first.leave(true);
  expect(line.size).toBe(1);
  second.leave(false);
  expect(line.size).toBe(0);
});

test('waiting ends with its time or with any of its signals', async () => {
  const line = new Waiters();
  await waiting(line, 1).done;
  const controller = new AbortController();
  const waiter = waiting(line, 60_000, [new AbortController().signal, controller.signal]);
  controller.abort();
  await waiter.done;
  await waiting(line, 60_000, [AbortSignal.abort()]).done;
});
