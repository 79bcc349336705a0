import { describe, expect, test } from '@jest/globals';
import { madeBy } from '../../../../cli/drift/made.ts';
import { TYPES } from '../../../../cli/pulumi/resource-types.ts';
import type { StateResource } from '../../../../cli/pulumi/state.ts';

const SIGNATURE = { '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270' };
const sealed = { ...SIGNATURE, ciphertext: 'v1:x' };
const shown = (value: unknown): object => ({ ...SIGNATURE, plaintext: JSON.stringify(value) });

function container(id: string, inputs: object = {}, more: Partial<StateResource> = {}): StateResource {
  const labels = [{ label: 'slipway.service', value: 'api' }];
  return {
    ...{ urn: `urn:x::y::${TYPES.container}::${id}`, type: TYPES.container, id, custom: true, outputs: { id } },
    inputs: { name: `name-${id}`, image: 'sha256:1', labels, ...inputs },
    ...more,
  };
}

function gate(name: string, of: string, inputs: object = {}): StateResource {
  const known = { service: 'api', container: of, networks: { door: ['api'] }, ...inputs };
  return { urn: `urn:x::y::${TYPES.replica}::${name}`, type: TYPES.replica, id: name, custom: true, inputs: known };
}

const made = (...resources: StateResource[]): ReturnType<typeof madeBy> => madeBy({ resources });

describe('a container', () => {
  test('is what its inputs say, with what its gate adds', () => {
    const inputs = {
      ...{ envs: ['A=1', 'B=x=y'], memory: 256, memorySwap: 256, cpus: '0.5', restart: 'always' },
      networksAdvanced: [{ name: 'home', aliases: [] }],
      volumes: [{ volumeName: 'v', containerPath: '/v', readOnly: true }],
      mounts: [{ type: 'tmpfs', target: '/tmp' }],
    };
    expect(made(container('a', inputs), gate('api-1', 'a', { pidsLimit: 512 })).containers).toEqual([
      expect.objectContaining({
        ...{ id: 'a', name: 'name-a', title: 'api-1', service: 'api', isLetIn: true, knowsEnv: true },
        env: { A: '1', B: 'x=y' },
        secretEnv: new Set(),
        networks: { home: [], door: ['api'] },
        gated: ['door'],
        mounts: {
          '/v': { type: 'volume', source: 'v', readOnly: true },
          '/tmp': { type: 'tmpfs', source: '', readOnly: false },
        },
        limits: {
          ...{ memory: 2 ** 28, memorySwap: 2 ** 28, memoryReservation: 0, cpus: 5e8, cpuShares: 0, cpuSet: '' },
          ...{ restart: 'always', pids: 512 },
        },
        declared: new Set(['memory', 'memorySwap', 'restart', 'pids']),
      }),
    ]);
  });

  test.each([
    ['sealed', sealed, { knowsEnv: false, env: {}, secretEnv: 'all' }],
    ['in clear', shown(['A=1', 'S=2']), { knowsEnv: true, env: { A: '1', S: '2' }, secretEnv: new Set(['S']) }],
  ])('whose environment holds a secret, %s, tells which variables are not shown', (how, envs, expected) => {
    const environment = how === 'sealed' ? sealed : { A: '1', S: shown('2') };
    const [found] = made(container('a', { envs }), gate('api-1', 'a', { environment })).containers;
    expect(found).toMatchObject(expected);
  });

  test('that no gate knows is not let in; one that is replaced counts while its gate has let in no other', () => {
    const old = container('old', {}, { delete: true });
    const both = made(container('new'), old, gate('api-1', 'old')).containers;
    expect(both.map(({ id, isLetIn }) => [id, isLetIn])).toEqual([
      ['new', false],
      ['old', true],
    ]);
    expect(made(container('new'), old, gate('api-1', 'new')).containers.map(({ id }) => id)).toEqual(['new']);
  });
});

describe('a list', () => {
  const routes = [{ volume: 'lists', file: 'api.conf', list: 'up {\n{container};\n}' }];
  test('names the containers that all gates of its service have let in, once', () => {
    const { lists } = made(
      container('b'),
      container('a'),
      gate('api-1', 'b', { routes }),
      gate('api-2', 'a', { routes }),
    );
    expect(lists).toEqual([expect.objectContaining({ file: 'api.conf', content: 'up {\nname-a;\nname-b;\n}' })]);
  });

  test('is not judged where a gate has a container that the state does not know', () => {
    expect(made(container('a'), gate('api-1', 'gone', { routes })).lists).toEqual([]);
  });
});

test('files are in clear where the state is, and unknown where it is sealed', () => {
  const files = {
    A: { content: shown('x'), mode: '0400', uid: 1, gid: 2 },
    B: { content: sealed, mode: '444', uid: 0, gid: 0 },
  };
  const inputs = { volume: 'v', image: 'i', labels: { 'slipway.service': 'api' }, files };
  const [found] = made({ urn: 'urn:f', type: TYPES.files, id: 'v', custom: true, inputs }).files;
  expect(found).toMatchObject({
    service: 'api',
    files: { A: { content: 'x', mode: 0o400, uid: 1, gid: 2 }, B: { content: undefined, mode: 0o444 } },
  });
});
