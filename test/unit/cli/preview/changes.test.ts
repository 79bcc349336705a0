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

describe('variables with secrets among them', () => {
  /** As an event log has it. */
  const SECRET = {
    '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270',
    ciphertext: '[secret]',
  };
  const inputs = (environment: object): object => ({ container: 'id', environment });
  const container = (): StepMetadata => {
    const plain = step('replace', CONTAINER, 'linkflow-dev-api-1', 'api');
    return {
      ...plain,
      keys: ['envs'],
      old: { ...plain.old, inputs: { envs: SECRET } },
      new: { ...plain.new, inputs: { envs: SECRET } },
      detailedDiff: { 'envs[1]': { diffKind: 'update-replace' } },
    };
  };
  const gate = (before: object, after: object, paths: readonly string[]): StepMetadata => {
    const plain = step('update', REPLICA, 'api-1', 'api');
    return {
      ...plain,
      old: { ...plain.old, inputs: inputs(before) as Record<string, unknown> },
      new: { ...plain.new, inputs: inputs(after) as Record<string, unknown> },
      detailedDiff: Object.fromEntries(['container', ...paths].map((path) => [path, { diffKind: 'update' }])),
    };
  };
  const shown = (...steps: StepMetadata[]): string =>
    changesText('dev', changesOf(steps.map(started)), true, unpainted);

  test('are told one by one, by what the gate of the container has', () => {
    const text = shown(
      container(),
      gate({ LEVEL: 'info', TOKEN: SECRET }, { LEVEL: 'debug', TOKEN: SECRET }, ['environment.LEVEL']),
    );
    expect(text).toContain(
      [
        '  ± container linkflow-dev-api-1 replaced: envs',
        '      envs:',
        '        - LEVEL=info',
        '        + LEVEL=debug',
        '  ~ health gate api-1 updated: container',
      ].join('\n'),
    );
  });

  test('a changed secret is that variable, without a value', () => {
    const text = shown(container(), gate({ TOKEN: SECRET }, { TOKEN: SECRET }, ['environment.TOKEN']));
    expect(text).toContain('      envs:\n        ~ TOKEN=[secret]\n');
  });

  test('are told one by one where the first secret comes among them', () => {
    const plain = container();
    const first = { ...plain, old: { ...plain.old, inputs: { envs: ['LEVEL=info', 'MODE=a'] } } };
    const fresh = gate({}, { LEVEL: 'info', TOKEN: SECRET }, ['environment']);
    const added = { ...fresh, old: { ...fresh.old, inputs: { container: 'id' } } };
    expect(shown(first, added)).toContain('      envs:\n        - MODE=a\n        + TOKEN=[secret]\n');
  });

  test('a job has them itself', () => {
    const plain = step('update', 'slipway:index:Job', 'migrate', 'migrate');
    const text = shown({
      ...plain,
      old: { ...plain.old, inputs: { environment: { A: '1', TOKEN: SECRET } } },
      new: { ...plain.new, inputs: { environment: { B: '1', TOKEN: SECRET } } },
      detailedDiff: {
        'environment.A': { diffKind: 'delete' },
        'environment.B': { diffKind: 'add' },
        'environment.TOKEN': { diffKind: 'update' },
      },
    });
    expect(text).toContain('environment:\n        - A=1\n        + B=1\n        ~ TOKEN=[secret]\n');
  });

  test('stay hidden where no gate tells of them', () => {
    expect(shown(container())).toContain('      envs: [secret] → [secret]\n');
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
