import { describe, expect, it } from '@jest/globals';
import { findProblems, refuse } from '../../../tools/setup/preflight.mjs';
import type { Facts } from '../../../tools/setup/preflight.mjs';

const bare: Facts = { platform: 'linux', arch: 'x64', isRoot: true, hasApt: true, distribution: 'debian' };
const local = { host: 'unix:///var/run/docker.sock', source: "the machine's socket", isDefault: true };
const absent = { state: 'absent', detail: 'ENOENT' } as const;

function problems(facts: Partial<Facts>): string[] {
  return findProblems({ ...bare, ...facts }).map(({ what }) => what);
}

describe('findProblems', () => {
  it('finds nothing wrong with a bare Debian machine and its root', () => {
    const facts: Partial<Facts> = {
      hasNpm: true,
      free: [{ folder: '/root/.cache', bytes: 50e9 }],
      engine: { ...local, state: absent },
      cli: { vendors: false, go: '1.26.8' },
    };
    expect(problems(facts)).toEqual([]);
  });

  it('says of another operating system only that', () => {
    expect(problems({ platform: 'darwin', arch: 'ppc64', hasNpm: false })).toEqual([
      'this is darwin; slipway runs on Linux',
    ]);
  });

  it('lists everything that is in the way at once', () => {
    const facts: Partial<Facts> = {
      arch: 'ia32',
      isRoot: false,
      hasNpm: false,
      free: [
        { folder: '/cache', bytes: 4.9e9 },
        { folder: '/var/lib/docker', bytes: 5e9 },
      ],
      engine: { ...local, state: absent },
      cli: { vendors: false, go: '1.20.4' },
    };
    expect(problems(facts)).toEqual([
      'the CPU is ia32; x64 and arm64 are known',
      'npm is not on PATH',
      '4.9 GB free at /cache; 5 GB are needed',
      'no Docker Engine runs, and only root can install or start one',
      "the Pulumi CLI can't be downloaded here, and building it takes Go 1.25.11, but go is 1.20.4",
    ]);
  });

  it.each([
    ['no Go at all', { vendors: false, go: undefined }, 1],
    ['a Go that fetches a newer one by itself', { vendors: false, go: '1.21.0' }, 0],
    ['a vendor that can be reached, and no Go', { vendors: true, go: undefined }, 0],
  ])('judges a missing CLI with %s', (_, cli, count) => {
    expect(problems({ cli })).toHaveLength(count);
  });

  it('leaves an engine that is too old to its owner', () => {
    const state = { state: 'old', version: '20.10.24', api: '1.41' } as const;
    const [problem] = findProblems({ ...bare, engine: { ...local, state } });
    expect(problem?.what).toContain('20.10.24 (API 1.41)');
    expect(problem?.what).toContain('25.0 or newer (API 1.44) is needed');
    expect(problem?.remedy).toContain('does not replace');
  });

  it('never installs an engine in place of one that was named and does not answer', () => {
    const engine = { host: 'tcp://10.0.0.1:2376', source: 'DOCKER_HOST', isDefault: false, state: absent };
    expect(problems({ engine })).toEqual([
      'no Docker Engine answers at tcp://10.0.0.1:2376, named by DOCKER_HOST: ENOENT',
    ]);
  });

  it('tells a user without rights from a machine without an engine', () => {
    const engine = { ...local, state: { state: 'denied', detail: 'EACCES' } as const };
    expect(problems({ isRoot: false, engine })).toEqual([
      'an engine is at unix:///var/run/docker.sock, but this user may not use it',
    ]);
  });

  it('sends the user of a distribution without apt to the engine’s own instructions', () => {
    const facts = { hasApt: false, distribution: 'fedora', engine: { ...local, state: absent } };
    expect(problems(facts)).toEqual(["no Docker Engine runs, and on fedora slipway can't install one"]);
  });

  it('starts nothing for a command that only looks', () => {
    expect(problems({ engine: { ...local, state: absent }, needsEngineOnly: true })).toEqual(['no Docker Engine runs']);
  });
});

describe('refuse', () => {
  it('names each problem with its remedy, and that nothing was changed', () => {
    const act = () => {
      refuse([
        { what: 'a', remedy: 'do b' },
        { what: 'c', remedy: 'do d' },
      ]);
    };
    expect(act).toThrow(/nothing has been changed[^]*• a\n +→ do b[^]*• c\n +→ do d/);
  });

  it('lets a machine pass that has no problem', () => {
    expect(() => {
      refuse([]);
    }).not.toThrow();
  });
});
