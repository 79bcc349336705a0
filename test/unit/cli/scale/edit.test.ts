import { describe, expect, test } from '@jest/globals';
import { EditError, writeReplicas } from '../../../../cli/scale/edit.ts';

const write = (text: string, ...replicas: [string, number][]): string => writeReplicas(text, new Map(replicas));

const FULL = `# top
encryptionsalt: v1:abc
config:
    slipway:system:   linkflow   # odd blanks

    slipway:services:   # what differs
        api:
            replicas: 2   # for now
            env:
                A: "b"   # last of api
        # about worker
        worker: { memory: 512m }
    # about ports
    slipway:ports: {api: false}
`;

describe('a number of replicas is written', () => {
  test.each<[string, string, string, [string, number][]]>([
    ['in place of another', FULL, FULL.replace('replicas: 2', 'replicas: 3'), [['api', 3]]],
    [
      'into a map on one line',
      FULL,
      FULL.replace('{ memory: 512m }', '{ replicas: 4, memory: 512m }'),
      [['worker', 4]],
    ],
    [
      'for a service more, below the last',
      FULL,
      FULL.replace('{ memory: 512m }\n', '{ memory: 512m }\n        queue:\n          replicas: 2\n'),
      [['queue', 2]],
    ],
    [
      'for several services at once',
      FULL,
      FULL.replace('replicas: 2', 'replicas: 3').replace('{ memory', '{ replicas: 4, memory'),
      [
        ['api', 3],
        ['worker', 4],
      ],
    ],
    [
      'where no service has settings yet',
      'config:\n  slipway:system: linkflow\n\n# the end\n',
      'config:\n  slipway:system: linkflow\n  slipway:services:\n    api:\n      replicas: 3\n\n# the end\n',
      [['api', 3]],
    ],
    [
      'after settings of other kinds in a block',
      'config:\n  slipway:services:\n    api:\n      env:\n        A: b # c\n  slipway:profiles:\n    - migrate\n',
      'config:\n  slipway:services:\n    api:\n      env:\n        A: b # c\n      replicas: 3\n  slipway:profiles:\n    - migrate\n',
      [['api', 3]],
    ],
    [
      'after a text of several lines',
      'config:\n  slipway:services:\n    api:\n      env:\n        A: |\n          one\n          two\n  x:y: z\n',
      'config:\n  slipway:services:\n    api:\n      env:\n        A: |\n          one\n          two\n      replicas: 3\n  x:y: z\n',
      [['api', 3]],
    ],
    [
      'for a service whose settings are empty',
      'config:\n  slipway:services:\n    api: # nothing yet\n    queue: {}\n',
      'config:\n  slipway:services:\n    api: { replicas: 3 } # nothing yet\n    queue: { replicas: 2 }\n',
      [
        ['api', 3],
        ['queue', 2],
      ],
    ],
    [
      'below a service whose settings are empty',
      'config:\n  slipway:services:\n    api: # nothing yet\n',
      'config:\n  slipway:services:\n    api: # nothing yet\n    queue:\n      replicas: 2\n',
      [['queue', 2]],
    ],
    [
      'where there are services in name only',
      'config:\n  slipway:services:\n  slipway:system: linkflow\n',
      'config:\n  slipway:services: { api: { replicas: 3 } }\n  slipway:system: linkflow\n',
      [['api', 3]],
    ],
    [
      'into maps on one line without blanks, and on several',
      'config:\n  slipway:services: {api: {memory: 1g}, queue: {\n    memory: 2g }}\n',
      'config:\n  slipway:services: {api: {replicas: 3, memory: 1g}, queue: { replicas: 2,\n    memory: 2g }}\n',
      [
        ['api', 3],
        ['queue', 2],
      ],
    ],
    [
      'in place of nothing',
      'config:\n  slipway:services:\n    api:\n      replicas:\n',
      'config:\n  slipway:services:\n    api:\n      replicas: 3\n',
      [['api', 3]],
    ],
    [
      'into what Pulumi keeps as JSON in a text',
      `config:\n  slipway:services: '{"api":{"env":{"A":"it''s"}}}'  # set\n`,
      `config:\n  slipway:services: '{"api":{"env":{"A":"it''s"},"replicas":3}}'  # set\n`,
      [['api', 3]],
    ],
    [
      'at the end of a file without a last line break',
      'config:\n  slipway:system: linkflow',
      'config:\n  slipway:system: linkflow\n  slipway:services:\n    api:\n      replicas: 3\n',
      [['api', 3]],
    ],
    [
      'with the line breaks that the file has',
      'config:\r\n  slipway:system: linkflow\r\n',
      'config:\r\n  slipway:system: linkflow\r\n  slipway:services:\r\n    api:\r\n      replicas: 3\r\n',
      [['api', 3]],
    ],
    [
      'into a file of comments alone',
      '# nothing\n',
      '# nothing\nconfig:\n  slipway:services:\n    api:\n      replicas: 3\n',
      [['api', 3]],
    ],
  ])('%s', (_, before, after, replicas) => {
    expect(write(before, ...replicas)).toBe(after);
  });

  test('twice, and the second time changes no more', () => {
    const once = write(FULL, ['queue', 2], ['api', 5]);
    expect(write(once, ['queue', 2], ['api', 5])).toBe(once);
  });

  test('and back leaves the file as it was', () => {
    expect(write(write(FULL, ['api', 7]), ['api', 2])).toBe(FULL);
  });
});

describe('a person is asked to write it', () => {
  test.each([
    [
      'where the settings are an alias',
      'config:\n  x: &a {memory: 1g}\n  slipway:services:\n    api: *a\n',
      'services.api',
    ],
    [
      'where an alias refers to the settings',
      'config:\n  slipway:services:\n    api: &a {memory: 1g}\n    queue: *a\n',
      'other settings',
    ],
    ['where the settings are a list', 'config:\n  slipway:services: [api]\n', 'slipway:services'],
  ])('%s', (_, text, told) => {
    const attempt = (): string => write(text, ['api', 3]);
    expect(attempt).toThrow(EditError);
    expect(attempt).toThrow(told);
  });
});
