import { describe, expect, test } from '@jest/globals';
import type { ReleaseRecord } from '../../../../config/release/types.ts';
import { unpainted } from '../../../../cli/context.ts';
import { failedSince, historyOf } from '../../../../cli/release/history.ts';
import { toldBy, updateMessage } from '../../../../cli/release/note.ts';
import { historyText } from '../../../../cli/release/show.ts';
import type { Update } from '../../../../cli/release/updates.ts';

function record(number: number, at: string, changes: Partial<ReleaseRecord> = {}): ReleaseRecord {
  return { number, at, by: 'ann@desk', version: '1', format: 1, changes: [], secrets: [], images: {}, ...changes };
}

function update(startTime: string, endTime: string, changes: Partial<Update> = {}): Update {
  return { kind: 'update', startTime, endTime, message: 'slipway up by ann@desk', result: 'succeeded', ...changes };
}

const first = record(1, '2026-01-01T10:00:05.900Z');
const second = record(2, '2026-01-01T11:00:05.100Z', {
  message: 'faster',
  changes: [{ path: 'services.api.replicas', before: 1, after: 2 }],
  secrets: ['KEY'],
});
const updates = [
  update('2026-01-01T12:00:00.000Z', '2026-01-01T12:00:09.000Z', { result: 'failed', message: 'Mend it' }),
  update('2026-01-01T11:30:00.000Z', '2026-01-01T11:30:02.000Z', { resourceChanges: { same: 20 } }),
  update('2026-01-01T11:00:00.000Z', '2026-01-01T11:00:05.000Z'),
  update('2026-01-01T10:00:00.000Z', '2026-01-01T10:00:06.000Z'),
];

describe('history', () => {
  test('has releases and what failed, newest first, and leaves out what changed nothing', () => {
    const entries = historyOf([second, first], updates);
    expect(entries.map(({ release, result, command }) => [release, result, command])).toEqual([
      [undefined, 'failed', 'pulumi'],
      [2, 'succeeded', 'up'],
      [1, 'succeeded', 'up'],
    ]);
    expect(entries[1]).toMatchObject({ by: 'ann@desk', message: 'faster', isKept: true, secrets: ['KEY'] });
  });

  test('says of a release whose end failed that it has', () => {
    const [entry] = historyOf([first], [update('2026-01-01T10:00:00Z', '2026-01-01T10:00:06Z', { result: 'failed' })]);
    expect(entry).toMatchObject({ release: 1, result: 'failed' });
  });

  test('tells when the stack was taken down, and of what has put something right without a release', () => {
    const more = [
      update('2026-01-01T14:00:00.000Z', '2026-01-01T14:00:01.000Z', {
        message: 'slipway rollback to 2 by ci@runner',
        resourceChanges: { update: 2, same: 8 },
      }),
      update('2026-01-01T13:00:00.000Z', '2026-01-01T13:00:01.000Z', { kind: 'destroy', message: '' }),
    ];
    expect(historyOf([], more).map(({ command, rollbackTo, by }) => [command, rollbackTo, by])).toEqual([
      ['rollback', 2, 'ci@runner'],
      ['down', undefined, undefined],
    ]);
  });

  test('shows fields, and of secrets only that they changed', () => {
    const text = historyText(historyOf([second, first], updates), { stack: 'dev', all: false }, unpainted);
    expect(text).toContain('services.api.replicas  1 → 2');
    expect(text).toContain('secrets.KEY            another value');
    expect(text).toMatch(/pulumi {2}\S+ \S+ {2}by hand {2}failed/);
    expect(text).toMatch(/release 2 {2}\S+ \S+ {2}ann@desk {2}succeeded\n {2}"faster"/);
  });

  test('shows the first of many fields, and all where that is asked for', () => {
    const changes = Array.from({ length: 40 }, (_, at) => ({ path: `services.api.environment.V${at}`, after: 'x' }));
    const entries = historyOf([record(2, second.at, { changes })], []);
    const shown = (all: boolean): string => historyText(entries, { stack: 'dev', all }, unpainted);
    expect(shown(false)).toContain('and 28 fields more: --all');
    expect(shown(true)).toContain('environment.V39');
  });
});

describe('an attempt that failed', () => {
  test('counts if it is the last, and came after the newest release', () => {
    expect(failedSince([second, first], updates)).toEqual({});
    expect(failedSince([second, first], updates.slice(1))).toBeUndefined();
    expect(failedSince([record(3, '2026-01-01T12:30:00Z'), second], updates)).toBeUndefined();
    expect(failedSince([], updates)).toBeUndefined();
  });

  test('tells which release it was to bring back', () => {
    const message = 'slipway rollback to 1 by ann@desk';
    const failed = update('2026-01-01T13:00:00Z', '2026-01-01T13:00:09Z', { result: 'failed', message });
    expect(failedSince([second, first], [failed, ...updates])).toEqual({ rollbackTo: 1 });
  });
});

describe('the message of an update', () => {
  test.each([
    ['up', { by: 'ann@desk' }],
    ['up', { by: 'ann@desk', message: 'a: b by c@d' }],
    ['rollback', { by: 'ann b@desk.example', rollbackTo: 12, message: 'two\nlines' }],
    ['scale', { by: 'ann (CI)', message: 'three' }],
  ])('of %s tells %j again', (command, note) => {
    expect(toldBy(updateMessage(command, note))).toEqual({ command, ...note });
  });

  test('of somebody else tells nothing', () => {
    expect(toldBy('Take slipway up by one version')).toBeUndefined();
  });
});
