import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { EXIT } from '../../../cli/exit-codes.ts';
import { exits } from '../support/answer.ts';
import { freePorts } from '../support/free-ports.ts';
import { FEW, startLoad, type Load } from '../support/http-load.ts';
import { familyOf, signalAll, type Running } from '../support/test-stack.ts';
import { Bed } from './bed.ts';
import { MOMENTS, randomMoments } from './moments.ts';

/*
 * Releases that are interrupted (Ctrl-C) at random moments while requests come in: none of them fails, and the next `up`
 * brings the same release to its end.
 */

/** Between a first Ctrl-C and a second one that is a request of its own, in milliseconds. */
const IMPATIENCE_MS = 900;

let bed: Bed;
let load: Load | undefined;
let tookMs: number;

beforeAll(async () => {
  const [port = 0] = await freePorts(1);
  const origin = `http://127.0.0.1:${port}`;
  bed = new Bed('interrupts', { port, ask: async () => (await fetch(`${origin}/api/`)).text() });
  await bed.begin();
  load = startLoad(origin, { kinds: FEW });
  tookMs = await bed.measure();
}, 180_000);

afterAll(async () => {
  await load?.stop();
  await bed.dispose();
}, 120_000);

/** What Ctrl-C does: a signal to each process of the terminal's foreground group. */
function interrupt({ pid }: Running): void {
  const [command, ...others] = familyOf(pid);
  if (!command) return;
  signalAll([command, ...others.filter(({ group }) => group === command.group)], 'SIGINT');
}

describe('a release that is interrupted', () => {
  test(`at ${MOMENTS} moments, at every third twice, fails no request, and the next up ends it`, async () => {
    const { moments, again } = randomMoments(MOMENTS, tookMs);
    for (const [index, moment] of moments.entries()) {
      const isTwice = index % 3 === 2;
      const what = `Ctrl-C ${isTwice ? 'twice ' : ''}after ${moment} ms of about ${tookMs}; ${again}`;
      const up = bed.startNext();
      await delay(moment);
      interrupt(up);
      if (isTwice) {
        await delay(IMPATIENCE_MS);
        interrupt(up);
      }
      const answer = await up.answer;
      // Who is interrupted while it does its last step has done all.
      if (answer.exitCode !== EXIT.ok) exits({ ...answer, all: `${what}\n${answer.all}` }, EXIT.interrupted);
      await bed.expectReachable(what);
      await bed.repair(what);
      bed.expectServed(load, what);
    }
  }, 900_000);
});
