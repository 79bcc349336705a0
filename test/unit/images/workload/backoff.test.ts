import { expect, test } from '@jest/globals';
import { pauseAfter, retry } from '../../../../images/workload/src/backoff.ts';

/** Fails `times` times, then gives how often it was run. */
function failing(times: number): () => Promise<number> {
  let runs = 0;
  return () => (++runs > times ? Promise.resolve(runs) : Promise.reject(new Error(`failure ${runs}`)));
}

test('pauses double up to the longest, half of each at random', () => {
  const pauses = (random: number): number[] =>
    [1, 2, 3, 9].map((n) => pauseAfter(n, { firstMs: 100, longestMs: 1000 }, () => random));
  expect(pauses(0)).toEqual([50, 100, 200, 500]);
  expect(pauses(1)).toEqual([100, 200, 400, 1000]);
});

test('what fails is repeated until it succeeds', async () => {
  expect(await retry(failing(2), { attempts: 3, firstMs: 1 })).toBe(3);
});

test('the last error is thrown once the attempts are over', async () => {
  await expect(retry(failing(3), { attempts: 3, firstMs: 1 })).rejects.toThrow('failure 3');
});

test('an error that cannot pass is not waited for', async () => {
  await expect(retry(failing(3), { attempts: 3, mayPass: () => false })).rejects.toThrow('failure 1');
});

test('a signal ends the waiting with the error at hand', async () => {
  const controller = new AbortController();
  const result = retry(failing(9), { attempts: 9, firstMs: 60_000, longestMs: 60_000, signal: controller.signal });
  setTimeout(() => {
    controller.abort();
  }, 5);
  await expect(result).rejects.toThrow('failure 1');
});
