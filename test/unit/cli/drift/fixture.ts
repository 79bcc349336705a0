import { LABELS } from '../../../../engine/labels.ts';
import type { ContainerFacts, FoundContainer, Made, MadeContainer, There } from '../../../../cli/drift/types.ts';

const facts: ContainerFacts = {
  id: 'a'.repeat(64),
  name: 'sys-api-1-1234567',
  image: `sha256:${'b'.repeat(64)}`,
  env: { LOG_LEVEL: 'info', DB_PASSWORD: 'a-secret' },
  labels: { [LABELS.instance]: 'i', [LABELS.kind]: 'service', [LABELS.service]: 'api', [LABELS.replica]: '1' },
  mounts: { '/run/secrets': { type: 'volume', source: 'sys-api-secrets-1', readOnly: true } },
  limits: {
    ...{ memory: 2 ** 29, memorySwap: 2 ** 29, memoryReservation: 0, cpus: 0, cpuShares: 0, cpuSet: '' },
    ...{ restart: 'unless-stopped', pids: 512 },
  },
  networks: { home: [], 'door-api': ['api'] },
};

/** A container as the state has it, with what differs. */
export function madeContainer(more: Partial<MadeContainer> = {}): MadeContainer {
  return {
    ...facts,
    ...{
      urn: 'urn:api',
      title: 'api-1',
      service: 'api',
      isLetIn: true,
      knowsEnv: true,
      gated: ['door-api'],
      outputs: {},
    },
    secretEnv: new Set(['DB_PASSWORD']),
    declared: new Set(['memory', 'memorySwap', 'restart', 'pids']),
    ...more,
  };
}

/** The same container as the engine has it, with what differs. */
export function foundContainer(more: Partial<FoundContainer> = {}): FoundContainer {
  const env = { ...facts.env, PATH: '/bin' };
  return { ...facts, env, status: 'running', inspected: undefined, ...more };
}

/** What a stack with this one container, its secrets and a list has made. */
export function made(more: Partial<Made> = {}): Made {
  const file = { content: 'a-secret', mode: 0o400, uid: 1000, gid: 1000 };
  return {
    containers: [madeContainer()],
    networks: [{ urn: 'urn:home', id: 'n1', name: 'home', labels: {}, isData: false }],
    volumes: [
      { urn: 'urn:data', id: 'sys-data-1', name: 'sys-data-1', service: 'db', labels: { l: '1' }, isData: true },
      { urn: 'urn:lists', id: 'sys-lists-1', name: 'sys-lists-1', service: 'edge', labels: {}, isData: false },
    ],
    files: [
      {
        ...{ urn: 'urn:files', volume: 'sys-api-secrets-1', service: 'api', image: 'i', labels: {} },
        files: { DB_PASSWORD: file },
      },
    ],
    lists: [{ urn: 'urn:gate', volume: 'sys-lists-1', file: 'api.conf', service: 'api', content: 'server a;\n' }],
    known: new Set([facts.id]),
    ...more,
  };
}

/** What the host of that stack has. */
export function there(more: Partial<There> = {}): There {
  return {
    containers: [foundContainer()],
    networks: [{ id: 'n1', name: 'home' }],
    volumes: [
      { name: 'sys-data-1', labels: { l: '1', more: '2' } },
      { name: 'sys-lists-1', labels: {} },
      { name: 'sys-api-secrets-1', labels: {} },
    ],
    files: storedFiles(),
    images: new Map([[facts.image, { env: { PATH: '/bin' }, labels: {}, volumes: ['/data'] }]]),
    unsupported: new Set(),
    strays: [],
    ...more,
  };
}

/** What stands in its volumes, with what differs in the secret and in the list. */
export function storedFiles(secret: object = {}, list = 'server a;\n'): There['files'] {
  const file = { content: 'a-secret', mode: 0o400, uid: 1000, gid: 1000, ...secret };
  const listed = { content: list, mode: 0o444, uid: 0, gid: 0 };
  return new Map([
    ['sys-api-secrets-1', new Map([['DB_PASSWORD', file]])],
    ['sys-lists-1', new Map([['api.conf', listed]])],
  ]);
}
