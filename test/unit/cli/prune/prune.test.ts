import { describe, expect, test } from '@jest/globals';
import { failedCandidates } from '../../../../cli/prune/candidates.ts';
import { chooseImages, type HostImage, type PruneFacts } from '../../../../cli/prune/choose.ts';
import { needsOf } from '../../../../cli/prune/gather.ts';
import type { StackContainer } from '../../../../cli/hosts/containers.ts';
import type { StackState } from '../../../../cli/pulumi/state.ts';
import { packPlan } from '../../../../config/release/pack.ts';
import type { ReleaseRecord } from '../../../../config/release/types.ts';
import { shop } from '../../config/release/kept.ts';

const HOUR = 3_600_000;

function image(id: string, tags: readonly string[], taggedMs = 0): HostImage {
  return { id, tags, size: 10, ownSize: 1, taggedMs };
}

function chosen(images: readonly HostImage[], changes: Partial<PruneFacts> = {}): Record<'remove' | 'left', string[]> {
  const { remove, left } = chooseImages({
    images,
    used: new Set(),
    kept: new Set(),
    older: new Map(),
    built: new Set(['app']),
    hasStrangers: false,
    nowMs: 10 * HOUR,
    ...changes,
  });
  return { remove: remove.map(({ id }) => id), left: left.map(({ id }) => id) };
}

const built = image('built', ['slipway/app:0123456789ab']);

describe('an image goes', () => {
  test('that only older releases have run, built or from a registry, with or without a name', () => {
    const older = new Map([
      ['a', 'postgres:16'],
      ['b', 'slipway/app:0123456789ab'],
      ['c', 'redis:7'],
    ]);
    const images = [image('a', ['postgres:16']), image('b', ['slipway/app:0123456789ab']), image('c', [])];
    expect(chosen(images, { older, hasStrangers: true }).remove).toEqual(['a', 'b', 'c']);
  });

  test('that was built for a release that never came about', () => {
    expect(chosen([built])).toEqual({ remove: ['built'], left: [] });
  });
});

describe('an image stays', () => {
  test.each<[string, HostImage, Partial<PruneFacts>]>([
    ['that a container is made of', built, { used: new Set(['built']), older: new Map([['built', 'x']]) }],
    ['that a release which is kept has run', built, { kept: new Set(['built']) }],
    [
      'that somebody has given another name',
      image('a', ['postgres:16', 'mine']),
      { older: new Map([['a', 'postgres:16']]) },
    ],
    ['of another system', image('b', ['slipway/other:0123456789ab']), {}],
    ['that was not built by us', image('c', ['slipway/app:latest']), {}],
    ['from a registry that no release has run', image('d', ['postgres:16']), {}],
    ['that an up may have built just now', image('e', built.tags, 10 * HOUR - 1), {}],
    ['that nothing names, and no release', image('f', []), {}],
  ])('%s', (_, one, changes) => {
    expect(chosen([one], changes)).toEqual({ remove: [], left: [] });
  });

  test('where a stack that nobody here knows may count on it, which is said', () => {
    expect(chosen([built], { hasStrangers: true })).toEqual({ remove: [], left: ['built'] });
  });
});

test('what a release of any stack can still go back to is kept, also if it is an older one elsewhere', () => {
  const release = (number: number, id: string): ReleaseRecord => ({
    ...{ number, at: '2026-01-01T00:00:00Z', by: 'a@b', version: '1', format: 1, changes: [], secrets: [] },
    images: { app: { id, name: `slipway/app:${id}` } },
  });
  const state = (ids: readonly string[], plans: Record<string, string> = {}): StackState => ({
    exists: true,
    pending: 0,
    resources: [
      {
        urn: 'urn:pulumi:dev::slipway::slipway:index:Release::release',
        type: 'slipway:index:Release',
        outputs: { records: ids.map((id, at) => release(ids.length - at, id)), plans, values: 'encrypted' },
      },
    ],
  });
  const one = state(['g', 'f', 'e', 'd', 'c', 'b', 'a'], { '7': packPlan(JSON.stringify(shop())) });
  const needs = needsOf([one, state(['b']), { exists: true, pending: 0, resources: [] }], ['described']);
  expect([...needs.kept].sort()).toEqual(['b', 'c', 'd', 'e', 'f', 'g']);
  expect([...needs.older]).toEqual([['a', 'slipway/app:a']]);
  expect([...needs.built].sort()).toEqual(['app', 'described']);
});

test('a candidate is a stopped container that no gate has let in, and no run of a job that has succeeded', () => {
  const container = (id: string, running: boolean): StackContainer => ({
    ...{ id, name: id, service: 'app', replica: 1, kind: 'service', created: 0 },
    running,
  });
  const state: StackState = {
    exists: true,
    pending: 0,
    resources: [
      { urn: 'a', type: 'slipway:index:Replica', outputs: { container: 'served' } },
      { urn: 'b', type: 'slipway:index:Job', outputs: { containerId: 'done' } },
    ],
  };
  const all = [
    container('served', false),
    container('done', false),
    container('failed', false),
    container('new', true),
  ];
  expect(failedCandidates(state, all).map(({ id }) => id)).toEqual(['failed']);
});
