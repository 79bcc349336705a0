import { describe, expect, test } from '@jest/globals';
import { unpackPlan } from '../../../../config/release/pack.ts';
import { NO_RELEASES, recordRelease, type NewRelease } from '../../../../config/release/record.ts';
import { KEPT_RELEASES, LISTED_RELEASES, type ReleaseState } from '../../../../config/release/types.ts';
import { changed, shop } from './kept.ts';

const AT = '2026-01-02T03:04:05.678Z';
const plan = shop();

function release(changes: Partial<NewRelease> = {}): NewRelease {
  return {
    plan: JSON.stringify(plan),
    images: { app: { id: 'sha256:a', name: 'slipway/app:a' } },
    secrets: { KEY: 'one' },
    version: '1.0.0',
    note: { by: 'ann@desk' },
    ...changes,
  };
}

function after(number: number): ReleaseState {
  let state = NO_RELEASES;
  for (let at = 1; at <= number; at++) state = recordRelease(state, release({ secrets: { KEY: `of ${at}` } }), AT);
  return state;
}

describe('the record of releases', () => {
  test('begins with a release of which nothing is a change', () => {
    const { records, plans, values } = recordRelease(
      NO_RELEASES,
      release({ note: { by: 'ann@desk', message: 'hi' } }),
      AT,
    );
    expect(records).toMatchObject([{ number: 1, at: AT, by: 'ann@desk', message: 'hi', changes: [], secrets: [] }]);
    expect(unpackPlan(plans['1'] ?? '')).toEqual(plan);
    expect(values).toEqual({ '1': { KEY: 'one' } });
  });

  test('says field by field what a release changed, in plan, images and secrets', () => {
    const next = changed(plan, 'app', { environment: { LOG: 'debug' } });
    const images = { app: { id: 'sha256:b', name: 'slipway/app:b' } };
    const secrets = { KEY: 'two', NEW: 'three' };
    const state = recordRelease(after(1), release({ plan: JSON.stringify(next), images, secrets }), AT);
    expect(state.records[0]).toMatchObject({
      number: 2,
      changes: [
        { path: 'services.app.environment.LOG', before: undefined, after: 'debug' },
        { path: 'images.app.id', before: 'slipway/app:a', after: 'slipway/app:b' },
      ],
      secrets: ['KEY', 'NEW'],
    });
    expect(JSON.stringify(state.records)).not.toMatch(/two|three|of 1/);
  });

  test('shows the id of an image whose name was given to another', () => {
    const images = { app: { id: 'sha256:b', name: 'slipway/app:a' } };
    const [record] = recordRelease(after(1), release({ images }), AT).records;
    expect(record?.changes).toEqual([{ path: 'images.app.id', before: 'sha256:a', after: 'sha256:b' }]);
  });

  test('keeps long values short', () => {
    const file = { path: '/etc/app', mode: '0444', uid: 0, gid: 0, content: 'line\n'.repeat(1000) };
    const next = changed(plan, 'app', { files: [file], command: ['x'.repeat(5000)] });
    const [record] = recordRelease(after(1), release({ plan: JSON.stringify(next) }), AT).records;
    expect(record?.changes).toContainEqual({
      path: 'services.app.files./etc/app.content',
      before: undefined,
      after: '1000 lines',
    });
    expect(JSON.stringify(record).length).toBeLessThan(1500);
  });

  test('keeps the last releases whole, lists more, and counts on', () => {
    const { records, plans, values } = after(LISTED_RELEASES + 3);
    const numbers = records.map(({ number }) => number);
    expect([numbers[0], numbers.length]).toEqual([LISTED_RELEASES + 3, LISTED_RELEASES]);
    const whole = numbers.slice(0, KEPT_RELEASES).map(String);
    expect(Object.keys(plans).sort()).toEqual(whole.sort());
    expect(Object.keys(values).sort()).toEqual(whole.sort());
    expect(values[String(numbers[0])]).toEqual({ KEY: `of ${LISTED_RELEASES + 3}` });
  });
});
