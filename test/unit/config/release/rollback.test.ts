import { describe, expect, test } from '@jest/globals';
import {
  checkRepeat,
  checkRollback,
  type KeptRelease,
  type RollbackFacts,
} from '../../../../config/release/refusals.ts';
import { rollbackPlan } from '../../../../config/release/rollback-plan.ts';
import { keptSecrets } from '../../../../config/release/secrets.ts';
import { rollbackTarget } from '../../../../config/release/target.ts';
import { KEPT_RELEASES, type ReleaseRecord } from '../../../../config/release/types.ts';
import { resolveLinkflow, planOf } from '../fixture.ts';
import { changed, kept, shop } from './kept.ts';

const plan = shop();

function record(number: number, changes: Partial<ReleaseRecord> = {}): ReleaseRecord {
  const rest = { at: '2026-01-02T03:04:05Z', by: 'ann@desk', version: '1', format: 1 };
  return { number, ...rest, changes: [], secrets: [], images: {}, ...changes };
}

describe('the release to go back to', () => {
  const records = [7, 6, 5, 4, 3, 2, 1].map((number) => record(number));
  const numberOf = (target: ReleaseRecord | string): unknown => (typeof target === 'string' ? target : target.number);

  test.each([
    ['the one before', records, {}, 6],
    ['the one that is named', records, { to: 4 }, 4],
    ['the newest, after an attempt that failed', records, { failed: {} }, 7],
    ['the one that a rollback was to bring back, and failed', records, { failed: { rollbackTo: 5 } }, 5],
    ['the same again, where it is a rollback', [record(8, { rollbackTo: 6 }), ...records], {}, 8],
  ])('is %s', (_, all, wanted, number) => {
    expect(numberOf(rollbackTarget(all, wanted))).toBe(number);
  });

  test.each([
    ['that there is none', [], {}, 'no release yet'],
    ['that there is but one', [record(1)], {}, 'release 1 is the only one'],
    ['which ones are kept', records, { to: 99 }, 'there is no release 99; accepted: 7, 6, 5, 4, 3'],
    ['that one is not kept any more', records, { to: 2 }, 'release 2 is not kept any more; accepted: 7, 6, 5, 4, 3'],
  ])('or it is said %s', (_, all, wanted, said) => {
    expect(rollbackTarget(all, wanted)).toContain(said);
  });

  test('is one of those that are kept', () => {
    expect(numberOf(rollbackTarget(records, { to: 7 - KEPT_RELEASES + 1 }))).toBe(3);
  });
});

function facts(first: KeptRelease, later: readonly KeptRelease[], changes: Partial<RollbackFacts> = {}): RollbackFacts {
  return {
    releases: [first, ...later],
    set: new Map(),
    described: undefined,
    attempted: [],
    missingImages: {},
    formats: {},
    ...changes,
  };
}

function problems(found: RollbackFacts): string[] {
  return checkRollback(found).map(({ severity, path, message }) => `${severity} ${path}: ${message}`);
}

describe('what can’t go back', () => {
  const marked = changed(plan, 'migrate', { irreversible: true });

  test('is nothing in most cases', () => {
    const next = changed(plan, 'app', { environment: { LOG: 'debug' } });
    const values = { KEY: 'two' };
    expect(problems(facts(kept(1, plan), [kept(2, next, { values })]))).toEqual([]);
  });

  test.each([
    ['another command', changed(marked, 'migrate', { command: ['migrate', '--drop'] }), {}],
    ['another image', marked, { images: { app: { id: 'sha256:b', name: 'slipway/app:b' } } }],
    ['another variable', changed(marked, 'migrate', { environment: { STEP: '2' } }), {}],
  ])('is a job marked irreversible that has run with %s', (_, next, changes) => {
    const found = facts(kept(1, plan), [kept(2, next, changes), kept(3, next, changes)]);
    expect(problems(found)).toEqual([
      'error services.migrate: it ran in release 2, and is marked irreversible: what it did stays done',
    ]);
  });

  test('is none that is marked and has not run since, nor one that runs anew and is not marked', () => {
    expect(problems(facts(kept(1, marked), [kept(2, changed(marked, 'migrate', { limits: { cpus: 2 } }))]))).toEqual(
      [],
    );
    expect(problems(facts(kept(1, plan), [kept(2, changed(plan, 'migrate', { command: ['up'] }))]))).toEqual([]);
  });

  test('is a marked job that an attempt has run which then failed', () => {
    const found = facts(kept(1, plan), [], { attempted: ['migrate'], described: marked });
    expect(problems(found)).toEqual([
      'error services.migrate: it ran after release 1, in an attempt that failed, and is marked irreversible: what it did stays done',
    ]);
    expect(problems({ ...found, described: plan })).toEqual([]);
  });

  test.each([
    ['released since', [kept(2, plan, { values: { KEY: 'two' } })], new Map<string, string>()],
    ['set since, and not released', [], new Map([['KEY', 'two']])],
  ])('is a secret whose old value is revoked, by one that was %s', (_, later, set) => {
    const revoking = shop({ secrets: { KEY: { description: 'A key.', format: { kind: 'password' }, revokes: true } } });
    const found = facts(kept(1, plan), later, { set, described: revoking });
    expect(problems(found)).toEqual([
      'error secrets.KEY: it has another value since release 1, and the old one is revoked',
    ]);
    expect(
      checkRollback(found)
        .map(({ message }) => message)
        .join(),
    ).not.toMatch(/one"|two"/);
    expect(problems({ ...found, described: plan })).toEqual([]);
  });

  test('is a stack that has moved to another host since', () => {
    const moved = { ...plan, host: 'tcp://new.example:2375' };
    expect(problems(facts(kept(1, plan), [kept(2, moved)]))).toEqual([
      "error release 1: it ran on the operator's own engine, and the stack is on tcp://new.example:2375 now",
    ]);
  });

  test('is data in another format, an image that is gone, a plan of another form: all at once', () => {
    const images = { app: { id: 'sha256:a', name: 'slipway/app:a' } };
    const found = facts(kept(1, plan, { images, format: 0 }), [kept(2, plan)], {
      formats: { app: { now: '18', then: '17' } },
      missingImages: { app: 'it was built here, and the host has it no more' },
    });
    expect(problems(found)).toEqual([
      "error release 1: was made by a slipway whose plans this one can't carry out (form 0, not 1)",
      'error services.app: its data has the format of version 18, and release 1 runs version 17',
      "error images.app: image slipway/app:a of app, migrate can't be had: it was built here, and the host has it no more",
    ]);
  });

  test('is, as a warning, what stands in a mounted folder', () => {
    const mounted = changed(plan, 'app', { binds: [{ source: '../app', path: '/app', readOnly: false }] });
    expect(problems(facts(kept(1, mounted), []))).toEqual([
      'warning services.app: what it runs stands in the folder ../app, which no rollback changes',
    ]);
  });
});

describe('what can’t be carried out once more', () => {
  test('is a release whose image is gone, whose data has another format, whose job is outrun: all at once', () => {
    const mounted = changed(plan, 'app', { binds: [{ source: '../app', path: '/app', readOnly: false }] });
    const found = facts(kept(1, mounted), [], {
      formats: { app: { now: '18', then: '17' } },
      missingImages: { app: 'it was built here, and the host has it no more (id a)' },
    });
    expect(checkRepeat(found)).toEqual([
      expect.objectContaining({ path: 'services.app', accepted: expect.stringMatching(/^`slipway up` first/) }),
      {
        severity: 'error',
        path: 'images.app',
        message:
          "image slipway/app:a of app, migrate can't be had: it was built here, and the host has it no more (id a)",
        accepted:
          'it back on the host (docker load, docker pull or docker tag), or `slipway up` with one that can be had',
      },
    ]);
  });

  test('is nothing where all is there', () => {
    expect(checkRepeat(facts(kept(1, plan), []))).toEqual([]);
  });
});

describe('the plan that is carried out', () => {
  test('of the newest release is that very plan', () => {
    for (const stack of ['dev', 'prod']) {
      const now = planOf(
        resolveLinkflow({ stack, providedSecrets: ['MAIL_PASSWORD', 'PASSPORT_PASSWORD_CLIENT_SECRET'] }),
      );
      expect(JSON.stringify(rollbackPlan(now, now))).toBe(JSON.stringify(now));
    }
  });

  test('keeps data, generated secrets and the authority that came later', () => {
    const volume = { name: 'data', service: 'app', description: 'Rows.' };
    const now = {
      ...shop({ secrets: { LATER: { description: 'Later.', format: { kind: 'hex' } } } }),
      volumes: [volume],
      certificates: { authority: { commonName: 'CA', validityDays: 10 }, issued: [], provided: [] },
    };
    const back = rollbackPlan(plan, now);
    expect(back.volumes).toEqual([volume]);
    expect(back.secrets.map(({ name, services }) => [name, services])).toEqual([
      ['KEY', []],
      ['LATER', []],
    ]);
    expect(back.certificates?.authority.commonName).toBe('CA');
    expect(back.services).toEqual(plan.services);
  });

  test('leaves the format of what is generated, so that nothing protected is replaced', () => {
    const longer = shop({ secrets: { KEY: { description: 'A key.', format: { kind: 'password', length: 64 } } } });
    expect(rollbackPlan(plan, longer).secrets[0]?.format).toEqual({ kind: 'password', length: 64 });
  });
});

test('values of secrets belong to a release, but not what the authority issues nor what nobody has set', () => {
  const secret = { description: '', services: [] };
  const format = { kind: 'password' as const, length: 8 };
  expect(
    keptSecrets([
      { name: 'SET', ...secret, source: 'provided', format },
      { name: 'MADE', ...secret, source: 'generated', format },
      { name: 'CERT', ...secret, source: 'issued', format: { kind: 'certificate', certificate: 'edge' } },
      { name: 'OWN', ...secret, source: 'provided', format: { kind: 'certificate', certificate: 'edge' } },
      { name: 'MISSING', ...secret, source: 'missing', format },
      { name: 'URL', ...secret, source: 'derived', format: { kind: 'template', template: 'x://${MADE}' } },
      { name: 'BUNDLE', ...secret, source: 'derived', format: { kind: 'template', template: '${CERT}' } },
    ]),
  ).toEqual(['SET', 'MADE', 'OWN', 'URL']);
});
