import { describe, expect, it } from '@jest/globals';
import { stepsFor, stepsForTests } from '../../../tools/setup/setup.mjs';
import { isDaemon } from '../../../tools/setup/steps/engine.mjs';
import { sources } from '../../../tools/setup/slim-image.mjs';

const names = (args: string[]) => stepsFor(args).map(({ name }) => name);
const reading = ['Node', 'npm packages'];

describe('stepsFor', () => {
  it.each([
    [['plan']],
    [['plan', '--stack', 'prod', '--json']],
    [['up', '--help']],
    [['--version']],
    [[]],
    [['nonsense']],
    [['exec', 'api', '--help', '--', 'up']],
  ])('asks for nothing but Node and its packages for %j', (args) => {
    expect(names(args)).toEqual(reading);
  });

  it('installs an engine for what may bring a stack up, and for nothing else', () => {
    const installing = (args: string[]) => names(args).includes('image debian:trixie-slim');
    expect(['up', 'preview', 'scale'].every((command) => installing([command]))).toBe(true);
    const others = [
      'status',
      'health',
      'down',
      'restart',
      'logs',
      'exec',
      'run',
      'export',
      'smoke',
      'graph',
      'env',
      'secrets',
    ];
    expect(others.some((command) => installing([command]))).toBe(false);
  });

  it('wants a running engine for what looks at containers', () => {
    expect(names(['--stack', 'test', 'status'])).toContain('Docker Engine');
    expect(names(['exec', 'api', '--', 'ls', '--help'])).toContain('Docker Engine');
    expect(names(['run', 'shell-db'])).toContain('Docker Engine');
    expect(names(['env'])).not.toContain('Docker Engine');
    expect(names(['secrets', 'set', 'up'])).toEqual(names(['env']));
    expect(names(['graph', '--output', 'up'])).toEqual(reading);
  });

  it('prepares only what the chosen tests need', () => {
    expect(stepsForTests(false).map(({ name }) => name)).not.toContain('Docker Engine');
    expect(stepsForTests(true).map(({ name }) => name)).toContain('Docker Engine');
  });
});
describe('the base image', () => {
  it('names the archive that it was made from, and its security updates where there are any', () => {
    const addresses = (security: boolean) =>
      sources('trixie', 'http://mirror.example/debian', security).match(/^URIs: .*$/gm);
    expect(addresses(true)).toEqual([
      'URIs: http://mirror.example/debian',
      'URIs: http://mirror.example/debian-security',
    ]);
    expect(addresses(false)).toEqual(['URIs: http://mirror.example/debian']);
  });
});

describe('a process that an engine has noted', () => {
  it.each([
    ['runs', '4711 (dockerd) S 1 4711', true],
    ['waits for its disk', '4711 (dockerd) D 1 4711', true],
    ['has ended, and nobody has asked how', '4711 (dockerd) Z 1 4711', false],
    ['is another by now', '4711 (nginx: worker) S 1 4711', false],
    ['is gone', undefined, false],
  ])('%s', (_, stat, expected) => {
    expect(isDaemon(stat)).toBe(expected);
  });
});
