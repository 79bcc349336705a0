import { describe, expect, test } from '@jest/globals';
import { unpainted } from '../../../../cli/context.ts';
import { changesOf } from '../../../../cli/preview/changes.ts';
import { changesText } from '../../../../cli/preview/show.ts';
import type { StepMetadata } from '../../../../cli/pulumi/events.ts';
import { CONTAINER, IMAGE, REPLICA, serviceUrn, started, step } from '../progress/events.ts';

const replaced = (op: string): StepMetadata => {
  const plain = step(op, CONTAINER, 'linkflow-dev-api-1', 'api');
  return {
    ...plain,
    keys: ['envs'],
    old: { ...plain.old, inputs: { envs: ['A=1', 'B=1'], memory: 64 } },
    new: { ...plain.new, inputs: { envs: ['A=2', 'B=1'], memory: 128 } },
    detailedDiff: { 'envs[0]': { diffKind: 'update-replace' }, memory: { diffKind: 'update' } },
  };
};
const events = [
  started({ ...step('update', 'slipway:components:Service', 'api', 'api'), urn: serviceUrn('api') }),
  started(step('same', CONTAINER, 'linkflow-dev-redis-1', 'redis')),
  started(replaced('create-replacement')),
  started(replaced('replace')),
  started({ ...step('update', REPLICA, 'api-1', 'api'), diffs: ['container'] }),
  started(step('create', IMAGE, 'workload')),
  started(replaced('delete-replaced')),
];

describe('changesOf', () => {
  test('says each resource once, with what differs and what forces it', () => {
    expect(changesOf(events)).toEqual([
      {
        service: 'api',
        type: CONTAINER,
        name: 'linkflow-dev-api-1',
        action: 'replace',
        fields: ['envs', 'memory'],
        causes: ['envs'],
        values: [
          { field: 'envs', before: ['A=1', 'B=1'], after: ['A=2', 'B=1'] },
          { field: 'memory', before: 64, after: 128 },
        ],
      },
      {
        service: 'api',
        type: REPLICA,
        name: 'api-1',
        action: 'update',
        fields: ['container'],
        causes: [],
        values: [{ field: 'container' }],
      },
      { type: IMAGE, name: 'workload', action: 'create', fields: [], causes: [], values: [] },
    ]);
  });
});

describe('changesText', () => {
  test('goes service by service', () => {
    expect(changesText('dev', changesOf(events), false, unpainted)).toBe(
      [
        'shared',
        '  + image workload created',
        'api',
        '  ± container linkflow-dev-api-1 replaced: envs',
        '  ~ health gate api-1 updated: container',
        '',
        'stack dev: 1 resource created, 1 resource updated, 1 resource replaced',
      ].join('\n'),
    );
  });

  test('shows of a list only what comes and goes', () => {
    const text = changesText('dev', changesOf(events), true, unpainted);
    expect(text).toContain('      envs:\n        - A=1\n        + A=2\n      memory: 64 → 128\n');
    expect(text).not.toContain('B=1');
  });

  test('says so where there is nothing to do', () => {
    expect(changesText('dev', [], false, unpainted)).toBe('stack dev: no changes');
  });
});
