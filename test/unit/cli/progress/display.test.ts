import { describe, expect, test } from '@jest/globals';
import { unpainted } from '../../../../cli/context.ts';
import { frame } from '../../../../cli/progress/frame.ts';
import { changeLines, heartbeat } from '../../../../cli/progress/plain.ts';
import type { Row } from '../../../../cli/progress/rows.ts';
import { seconds, timed } from '../../../../cli/progress/timeline.ts';

const waiting: Row = { service: 'api', phase: 'waiting', text: 'waiting for postgres' };
const starting: Row = { service: 'postgres', phase: 'working', text: 'starting' };
const checking: Row = { service: 'postgres', phase: 'working', text: 'waiting for health check', note: 'no answer' };

describe('timed', () => {
  test('keeps the time of a row that says the same, whatever its note', () => {
    const first = timed([], [checking], 1000);
    expect(timed(first, [{ ...checking, note: 'another' }], 5000)[0]?.sinceMs).toBe(1000);
  });

  test('starts anew when a row says something else', () => {
    expect(timed(timed([], [starting], 1000), [checking], 5000)[0]?.sinceMs).toBe(5000);
  });
});

describe('changeLines', () => {
  test('prints each change once, with its time', () => {
    const first = changeLines(timed([], [starting], 3200), 0, 3200);
    expect(first.lines).toEqual(['[   3.2s] postgres  starting']);
    expect(changeLines(timed(first.rows, [starting], 3300), 0, 3300).lines).toEqual([]);
  });

  test('prints a wait only once it has lasted', () => {
    const short = changeLines(timed([], [waiting], 100), 0, 200);
    expect(short.lines).toEqual([]);
    expect(changeLines(timed(short.rows, [waiting], 2000), 0, 2000).lines).toEqual([
      '[   2.0s] api  waiting for postgres',
    ]);
  });

  test('prints one wait of a service, not each shorter list of whom it waits for', () => {
    const first = changeLines(timed([], [{ ...waiting, text: 'waiting for postgres, redis' }], 0), 0, 2000);
    expect(first.lines).toHaveLength(1);
    expect(changeLines(timed(first.rows, [waiting], 3000), 0, 9000).lines).toEqual([]);
  });

  test('says in one line what several services do at once', () => {
    const rows = ['api', 'queue'].map((service): Row => ({ service, phase: 'working', text: 'building image' }));
    expect(changeLines(timed([], rows, 0), 0, 500).lines).toEqual(['[   0.5s] api, queue  building image']);
  });

  test('says nothing of what stays unchanged', () => {
    const rows = timed([], [{ service: 'api', phase: 'unchanged', text: 'unchanged' }], 0);
    expect(changeLines(rows, 0, 60_000).lines).toEqual([]);
  });
});

test('heartbeat tells what is under way and since when', () => {
  const rows = timed([], [checking, waiting], 1000);
  const work = ['making replica postgres (9.1 s)'];
  expect(heartbeat(rows, work, 0, 10_100)).toBe(
    '[  10.1s] still at work: postgres waiting for health check (9.1 s; no answer)',
  );
  expect(heartbeat(timed([], [waiting], 0), [], 0, 4000)).toBe('[   4.0s] still at work: 1 of 1 services wait');
});

test('heartbeat tells what Pulumi does once every service is ready', () => {
  const rows = timed([], [{ service: 'api', phase: 'ready', text: 'healthy after 1.0 s' }], 0);
  expect(heartbeat(rows, ['deleting old container api (2.0 s)', 'making release r (0.1 s)'], 0, 4000)).toBe(
    '[   4.0s] still at work: deleting old container api (2.0 s) · making release r (0.1 s)',
  );
  expect(heartbeat(rows, [], 0, 4000)).toBe('[   4.0s] still at work: all services are done, Pulumi is not yet');
});

describe('frame', () => {
  const canvas = { width: 60, height: 24, paint: unpainted };

  test('shows a line a service, with the time of what moves', () => {
    const rows = timed([], [checking, waiting], 1000);
    expect(frame(rows, { title: 'bringing up dev', startedMs: 0, nowMs: 3500, work: ['more'] }, canvas)).toEqual([
      'bringing up dev  3.5 s',
      '▸ postgres  waiting for health check  2.5 s  no answer',
      '· api       waiting for postgres',
    ]);
  });

  test('shows what else goes on once no service moves', () => {
    const rows = timed([], [{ service: 'api', phase: 'ready', text: 'updated' }], 1000);
    const work = ['deleting old container api (2.0 s)', 'making release r (0.1 s)'];
    expect(frame(rows, { title: 'bringing up dev', startedMs: 0, nowMs: 3500, work }, canvas)).toEqual([
      'bringing up dev  3.5 s',
      '✓ api  updated',
      '▸ deleting old container api (2.0 s) · making release r (0.…',
    ]);
  });

  test('is never wider than the terminal, nor higher', () => {
    const many = Array.from({ length: 40 }, (_, index): Row => ({
      service: `service-${index}`,
      phase: index === 39 ? 'failed' : 'waiting',
      text: 'waiting for somebody with a very long name indeed, and for others',
    }));
    const lines = frame(
      timed([], many, 0),
      { title: 'bringing up dev', startedMs: 0, nowMs: 1000, work: [] },
      { ...canvas, height: 10 },
    );
    expect(lines.length).toBeLessThan(10);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
    expect(lines.join('\n')).toContain('✗ service-39');
    expect(lines.at(-1)).toBe('  … and 33 more');
  });
});

test('seconds reads well at every length', () => {
  expect([0, 440, 59_940, 125_000].map(seconds)).toEqual(['0.0 s', '0.4 s', '59.9 s', '2 min 5 s']);
});
