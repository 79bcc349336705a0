import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { record } from '../../../../cli/timings/recorder.ts';
import { timingsTarget } from '../../../../cli/timings/target.ts';

describe('record', () => {
  test('lets each phase end where the next begins, and hears events between', () => {
    let now = 1000;
    const recorder = record(900, () => now);
    expect(recorder.hasRun()).toBe(false);
    now = 1100;
    recorder.begin('pulumi', true);
    now = 1150;
    recorder.heard({ preludeEvent: {} });
    now = 1400;
    recorder.begin('summary');
    now = 1410;
    expect(recorder.hasRun()).toBe(true);
    expect(recorder.end()).toEqual({
      phases: [
        { name: 'slipway', fromMs: 0, toMs: 200 },
        { name: 'pulumi', fromMs: 200, toMs: 500, isRun: true },
        { name: 'summary', fromMs: 500, toMs: 510 },
      ],
      events: [{ atMs: 250, event: { preludeEvent: {} } }],
    });
  });
});

describe('timingsTarget', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-timings-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('is a file below .slipway, named after the stack, unless another is wanted', () => {
    expect(timingsTarget(folder, 'dev', true)).toEqual({
      path: join(folder, '.slipway/timings-dev.svg'),
      format: 'svg',
    });
    expect(timingsTarget(folder, 'dev', join(folder, 'new/a.json'))).toEqual({
      path: join(folder, 'new/a.json'),
      format: 'json',
    });
  });

  test.each([
    ['timings.png', /accepted: a file that ends in \.svg or \.json/],
    ['/dev/null/a.svg', /\/dev\/null\/a\.svg can't be written/],
  ])('refuses %s before anything is touched', (wanted, message) => {
    expect(() => timingsTarget(folder, 'dev', wanted)).toThrow(message);
  });
});
