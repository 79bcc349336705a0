import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EXIT } from '../../../cli/exit-codes.ts';
import { exits } from '../support/answer.ts';
import { eventually } from '../support/eventually.ts';
import { freePorts } from '../support/free-ports.ts';
import { FEW, startLoad, type Load } from '../support/http-load.ts';
import { familyOf, signalAll, type Running } from '../support/test-stack.ts';
import { Bed } from './bed.ts';
import { MOMENTS, randomMoments } from './moments.ts';

/*
 * Releases that are interrupted (Ctrl-C) or killed (SIGKILL) at random moments while requests come in: next to none fails,
 * and the next `up` brings the same release to its end. The tests go through one bed, in order.
 */

/**
 * Requests that a kill may cost. Mostly it is none; one 502 was seen after Pulumi alone had been killed and the release was
 * brought to its end (SLIPWAY_TEST_SEED=716617479), and its cause is not known.
 */
const LOST_BY_A_KILL = 1;

/** Between a first Ctrl-C and a second one that is a request of its own, in milliseconds. */
const IMPATIENCE_MS = 900;

/** Who dies of what an `up` is made of, by what its command line holds. */
const VICTIMS = {
  everybody: /(?:)/,
  'the command': /cli\/main\.ts up /,
  Pulumi: /^\S*pulumi up /,
  'the providers': /ahead\/providers\.ts /,
} as const;
type Victim = keyof typeof VICTIMS;

/** A terminal that closes, or a machine that is reset, takes all of them; the kernel, short of memory, takes one. */
const ORDER: readonly Victim[] = ['everybody', 'the command', 'Pulumi', 'the providers', 'everybody'];

let bed: Bed;
let load: Load | undefined;
let tookMs: number;

beforeAll(async () => {
  const [port = 0] = await freePorts(1);
  const origin = `http://127.0.0.1:${port}`;
  bed = new Bed('interrupted', { port, ask: async () => (await fetch(`${origin}/api/`)).text() });
  await bed.begin();
  load = startLoad(origin, { kinds: FEW });
  tookMs = await bed.measure();
}, 180_000);

afterAll(async () => {
  await load?.stop();
  await bed.dispose();
}, 120_000);

/** Expects of what a release was interrupted by that nobody has noticed it, and of the next `up` that it ends the release. */
async function expectUnharmed(what: string, atMost = 0): Promise<void> {
  await bed.expectReachable(what);
  await bed.repair(what);
  bed.expectServed(load, what, atMost);
}

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
      await expectUnharmed(what);
    }
  }, 900_000);
});

/** Kills once the victim is there; an `up` that has ended by then has been quick. */
async function kill({ pid }: Running, victim: Victim): Promise<void> {
  await eventually(() => {
    const family = familyOf(pid);
    const killed = family.filter(({ command }) => VICTIMS[victim].test(command));
    if (family.length > 0) expect(killed).not.toEqual([]);
    signalAll(killed, 'SIGKILL');
  });
}

describe('a release that is killed', () => {
  test(`at ${MOMENTS} moments fails ${LOST_BY_A_KILL} request at most, and the next up ends it`, async () => {
    const { moments, again } = randomMoments(MOMENTS, tookMs);
    for (const [index, moment] of moments.entries()) {
      const victim = ORDER[index % ORDER.length] ?? 'everybody';
      const what = `${victim} killed after ${moment} ms of about ${tookMs}; ${again}`;
      const up = bed.startNext();
      await delay(moment);
      await kill(up, victim);
      await up.answer;
      await expectUnharmed(what, LOST_BY_A_KILL);
    }
  }, 900_000);
});
