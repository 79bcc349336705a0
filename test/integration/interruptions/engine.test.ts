import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EXIT } from '../../../cli/exit-codes.ts';
import { eventually } from '../support/eventually.ts';
import { FEW, startLoad } from '../support/http-load.ts';
import { Line } from '../support/line.ts';
import { OwnEngine, whyNoEngine } from '../support/own-engine.ts';
import { Bed } from './bed.ts';
import { edgeImage } from './edge-image.ts';
import { randomMoments } from './moments.ts';
import { BASE_IMAGE } from './shop.ts';

/*
 * Releases during which the engine is restarted, cannot be reached or loses its power: the next `up` brings the same
 * release to its end. The engine is the test's own: others go on with theirs.
 */

const reason = whyNoEngine();
const suite = reason === undefined ? describe : describe.skip;

suite(`a release on an engine of its own${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  let engine: OwnEngine | undefined;
  let line: Line | undefined;
  let bed: Bed;
  let tookMs: number;
  let origin: string;

  beforeAll(async () => {
    const edge = await edgeImage();
    engine = await OwnEngine.start([BASE_IMAGE, edge]);
    line = new Line(engine.socket);
    const { inside, outside } = engine.port;
    origin = `http://127.0.0.1:${outside}`;
    const ask = async () => (await fetch(`${origin}/api/`)).text();
    bed = new Bed('engine', { port: inside, host: line.host, edge, ask });
    await bed.begin();
    tookMs = await bed.measure();
  }, 240_000);

  afterAll(async () => {
    await bed.dispose();
    line?.dispose();
    await engine?.dispose();
  }, 120_000);

  /** Starts a release, and does something to its engine in the middle of it; it may have ended by then. */
  async function disturb(moment: number, how: () => Promise<void> | void): Promise<void> {
    const up = bed.startNext();
    await delay(moment);
    await how();
    const { exitCode, all } = await up.answer;
    if (exitCode !== EXIT.ok) expect(all).toMatch(/engine/);
  }

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'goes through with the next up where %s has ended the engine',
    async (signal) => {
      const { moments, again } = randomMoments(1, tookMs);
      const [moment = 0] = moments;
      await disturb(moment, async () => engine?.stopDaemon(signal));
      await engine?.startDaemon();
      await bed.repair(`${signal} of the engine after ${moment} ms of about ${tookMs}; ${again}`);
    },
    300_000,
  );

  test('goes through with the next up where the connection was lost, and meanwhile no request fails', async () => {
    const load = startLoad(origin, { kinds: FEW });
    try {
      const { moments, again } = randomMoments(2, tookMs);
      for (const moment of moments) {
        await disturb(moment, () => line?.cut());
        line?.mend();
        const what = `the line cut after ${moment} ms of about ${tookMs}; ${again}`;
        await bed.repair(what);
        bed.expectServed(load, what);
      }
    } finally {
      await load.stop();
    }
  }, 240_000);

  test('goes through with the next up where the power failed; the edge and the data are back before that', async () => {
    const { moments, again } = randomMoments(2, tookMs);
    for (const moment of moments) {
      await disturb(moment, async () => engine?.powerOff());
      await engine?.powerOn();
      await eventually(async () => bed.expectServing());
      await bed.repair(`the power failed after ${moment} ms of about ${tookMs}; ${again}`);
    }
  }, 300_000);

  test('is as whole as before, without an up, once the power has failed after it', async () => {
    await engine?.powerOff();
    await engine?.powerOn();
    await eventually(async () => bed.expectWhole());
  }, 120_000);
});
