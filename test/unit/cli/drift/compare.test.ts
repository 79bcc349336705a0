import { describe, expect, test } from '@jest/globals';
import { compare } from '../../../../cli/drift/compare.ts';
import type { FoundContainer, MadeContainer, There } from '../../../../cli/drift/types.ts';
import { foundContainer, made, madeContainer, storedFiles, there } from './fixture.ts';

/** Findings as one line each. */
function lines(host: Partial<There>, stack = made()): string[] {
  return compare(stack, there(host)).findings.map(
    ({ service = '-', object, field, expected, found, remedy }) =>
      `${service} ${object.kind} ${object.name}: ${field}: ${expected} → ${found} (${remedy})`,
  );
}

const changed = (more: Partial<FoundContainer>): Partial<There> => ({ containers: [foundContainer(more)] });
const { limits, env, labels, networks } = foundContainer();

test('a host that has what was made shows no drift, and nothing that is left', () => {
  expect(compare(made(), there())).toEqual({ findings: [], left: [] });
});

describe('a container', () => {
  const name = 'api container sys-api-1-1234567';
  test.each<[string, Partial<FoundContainer>, string[]]>([
    ['stopped', { status: 'exited' }, ['state: running → exited (bring back)']],
    ['paused', { status: 'paused' }, ['state: running → paused (replace)']],
    ['that restarts over and over is for `status` to tell', { status: 'restarting' }, []],
    ['renamed', { name: 'other' }, ['name: sys-api-1-1234567 → other (replace)']],
    [
      'with another limit that the state names',
      { limits: { ...limits, memory: 2 ** 28 } },
      ['memory limit: 512 MiB → 256 MiB (update)'],
    ],
    [
      'with a limit where there was none',
      { limits: { ...limits, cpus: 5e8, cpuSet: '0' } },
      ['CPU limit: none → 0.5 (replace)', 'CPU set: all → 0 (replace)'],
    ],
    [
      'without its limit of processes',
      { limits: { ...limits, pids: -1 } },
      ['limit of processes: 512 → none (update)'],
    ],
    ['off a network', { networks: { 'door-api': ['api'] } }, ['network home: on it → off it (replace)']],
    ['off a network that its gate joins', { networks: { home: [] } }, ['network door-api: on it → off it (update)']],
    [
      'without its name on a network',
      { networks: { ...networks, 'door-api': ['x'] } },
      ['network door-api: known as api → not known as api (update)'],
    ],
    ["on somebody else's network", { networks: { ...networks, x: [] } }, ['network x: not on it → on it (replace)']],
    ['with a new label', { labels: { ...labels, x: '1' } }, ['label x: none → 1 (replace)']],
    [
      'with another value of a variable',
      { env: { ...env, LOG_LEVEL: 'debug' } },
      ['environment LOG_LEVEL: info → debug (replace)'],
    ],
    [
      'with another value of a secret one, which is not shown',
      { env: { ...env, DB_PASSWORD: 'guessed' } },
      ['environment DB_PASSWORD: [hidden] → another value (replace)'],
    ],
    [
      'with a variable that nobody knows, whose value is not shown',
      { env: { ...env, TOKEN: 'guessed' } },
      ['environment TOKEN: not set → set (replace)'],
    ],
    ['without a mount', { mounts: {} }, ['mount /run/secrets: volume sys-api-secrets-1, read-only → none (replace)']],
    ['with a volume that its image asks for', { mounts: { ...foundContainer().mounts, '/data': anonymous() } }, []],
    ['of another image', { image: 'sha256:cccccccccccccccc' }, ['image: bbbbbbbbbbbb → cccccccccccc (replace)']],
  ])('%s', (_title, more, expected) => {
    expect(lines(changed(more))).toEqual(expected.map((line) => `${name}: ${line}`));
  });

  test('that is gone', () => {
    expect(lines({ containers: [] })).toEqual([`${name}: container: aaaaaaaaaaaa → gone (bring back)`]);
  });

  test('in whose place another stands is told with what that differs in, and is no stray', () => {
    const other = foundContainer({ id: 'd'.repeat(64), env: { ...env, LOG_LEVEL: 'debug' } });
    const stray = { type: 'container', id: other.id, name: other.name, kind: 'service' } as const;
    const like = made({ containers: [madeContainer({ outputs: {}, image: 'x' })] });
    const found = compare(like, there({ containers: [{ ...other, inspected: INSPECTED }], strays: [stray] }));
    expect(found.findings.map(({ field, remedy }) => [field, remedy])).toEqual(
      expect.arrayContaining([
        ['container', 'bring back'],
        ['environment LOG_LEVEL', 'bring back'],
      ]),
    );
    expect(found.findings.filter(({ field }) => field === 'stray')).toEqual([]);
  });

  test('is not blamed for a limit that the kernel of its host does not know, nor for labels of Docker Desktop', () => {
    const more = {
      limits: { ...limits, memorySwap: -1 },
      labels: { ...labels, 'desktop.docker.io/ports/80/tcp': ':80' },
    };
    expect(lines({ ...changed(more), unsupported: new Set(['memorySwap']) })).toEqual([]);
  });

  test('of whose image nothing is known is not blamed for what that may bring along', () => {
    expect(lines({ images: new Map() })).toEqual([]);
  });

  test("whose environment can't be decrypted is not blamed for it", () => {
    const sealed: MadeContainer = madeContainer({ env: {}, knowsEnv: false, secretEnv: 'all' });
    expect(lines({}, made({ containers: [sealed] }))).toEqual([]);
  });

  test.each([
    ['exited', 'it failed, and was left'],
    ['running', 'it waits for its gate'],
  ])('that no gate has let in, %s, is no drift', (status, why) => {
    const candidate = madeContainer({ isLetIn: false });
    const found = compare(made({ containers: [candidate], lists: [] }), there(changed({ status, name: 'other' })));
    expect(found.findings).toEqual([]);
    expect(found.left.map(({ object }) => object)).toEqual([{ kind: 'container', name: 'other' }]);
    expect(found.left[0]?.why).toContain(why);
  });
});

describe('a volume or network', () => {
  test('that is gone is made anew, one with data only after somebody was asked', () => {
    expect(lines({ networks: [{ id: 'other', name: 'home' }], volumes: [], files: new Map() })).toEqual([
      '- network home: network: n1 → gone; another one has its name (make anew)',
      'api volume sys-api-secrets-1: volume with files: there → gone (make anew)',
      'db volume sys-data-1: volume with data: there → gone (ask)',
      'edge volume sys-lists-1: volume: there → gone (make anew)',
    ]);
  });

  test('with data that somebody has made anew is left to a person, who is told how', () => {
    const volumes = there().volumes.map((volume) => ({ ...volume, labels: {} }));
    expect(compare(made(), there({ volumes })).findings).toEqual([
      expect.objectContaining({ remedy: 'by hand', advice: 'docker volume create --label l=1 sys-data-1' }),
    ]);
  });
});

describe('files', () => {
  const file = 'api file sys-api-secrets-1/DB_PASSWORD';
  test.each([
    [
      'another content, which is not shown',
      storedFiles({ content: 'guessed' }),
      `${file}: content: as it was written → changed (rewrite)`,
    ],
    ['another mode', storedFiles({ mode: 0o444 }), `${file}: mode: 0400 → 0444 (rewrite)`],
    ['another owner', storedFiles({ uid: 0 }), `${file}: owner: 1000:1000 → 0:1000 (rewrite)`],
    [
      'routes to somebody else',
      storedFiles({}, 'server evil;\n'),
      'api list sys-lists-1/api.conf: routes: the containers of api → changed (rewrite)',
    ],
  ])('with %s', (_title, files, expected) => {
    expect(lines({ files })).toEqual([expected]);
  });

  test('that are gone, and that nobody wrote', () => {
    const file = { content: '', mode: 0o400, uid: 0, gid: 0 };
    const files = new Map([...storedFiles(), ['sys-api-secrets-1', new Map([['extra', file]])] as const]);
    expect(lines({ files })).toEqual([
      'api file sys-api-secrets-1/DB_PASSWORD: file: there → gone (rewrite)',
      'api file sys-api-secrets-1/extra: file: none → there (rewrite)',
    ]);
  });
});

describe('what no state knows', () => {
  test.each([
    ['a container', { type: 'container', id: 'x', name: 'x', kind: 'service' }, true],
    ['a network', { type: 'network', id: 'x', name: 'x', kind: 'network' }, true],
    ['a volume with data', { type: 'volume', id: 'x', name: 'x', kind: 'data' }, false],
    ['a helper', { type: 'container', id: 'x', name: 'x', kind: 'helper' }, false],
    ['a run of a job that failed', { type: 'container', id: 'x', name: 'x', kind: 'job' }, false],
  ] as const)('%s', (_title, stray, isDrift) => {
    const { findings, left } = compare(made(), there({ strays: [stray] }));
    expect(findings.map(({ field, remedy }) => [field, remedy])).toEqual(isDrift ? [['stray', 'remove']] : []);
    expect(left.length).toBe(isDrift ? 0 : 1);
  });
});

function anonymous(): FoundContainer['mounts'][string] {
  return { type: 'volume', source: 'f00d', readOnly: false };
}

/** The least that an engine answers to "inspect". */
const INSPECTED = {
  ...{ Id: 'd', Name: '/x', Image: 'sha256:c' },
  State: { Running: true, ExitCode: 0 },
  Config: {
    Image: 'x',
    Hostname: '',
    User: '',
    WorkingDir: '',
    Tty: false,
    OpenStdin: false,
    Cmd: null,
    Entrypoint: null,
  },
  HostConfig: { RestartPolicy: { Name: 'no', MaximumRetryCount: 0 }, LogConfig: { Type: '', Config: null } },
  NetworkSettings: { Bridge: '', Ports: {}, Networks: {} },
};
