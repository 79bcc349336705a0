import { randomInt } from 'node:crypto';

/** The variable that sets the seed: a run that failed says which one to try again with. */
const VARIABLE = 'SLIPWAY_TEST_SEED';

/** How many moments a test takes: few, as each costs two deployments and every run takes others; or as many as it is told. */
export const MOMENTS = Number(process.env['SLIPWAY_TEST_MOMENTS'] ?? 4);

/**
 * Moments spread over a time: one at random in each of as many equal parts.
 *
 * @param count how many
 * @param overMs the time that they are spread over, in milliseconds
 * @returns the moments in an order of chance, in milliseconds from the start, and how to run the test again with them
 */
export function randomMoments(count: number, overMs: number): { moments: number[]; again: string } {
  const seed = Number(process.env[VARIABLE] ?? randomInt(2 ** 31));
  const random = generator(seed);
  const part = overMs / count;
  const moments = Array.from({ length: count }, (_, index) => Math.round((index + random()) * part))
    .map((moment) => ({ moment, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ moment }) => moment);
  return { moments, again: `again with ${VARIABLE}=${seed}` };
}

/** Mulberry32: a small generator of numbers from 0 to 1 that a seed decides on. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
