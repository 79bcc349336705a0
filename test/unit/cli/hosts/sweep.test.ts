import { describe, expect, test } from '@jest/globals';
import type { HostObject } from '../../../../cli/hosts/objects.ts';
import { strays } from '../../../../cli/hosts/sweep.ts';

const object = (type: HostObject['type'], name: string, kind: HostObject['kind']): HostObject => ({
  type,
  id: `${name}-id`,
  name,
  kind,
});

const api = object('container', 'api-1', 'service');
const migrate = object('container', 'migrate-1', 'job');
const helper = object('container', 'files-helper', 'helper');
const home = object('network', 'home', 'network');
const secrets = object('volume', 'api-secrets', 'files');
const data = object('volume', 'postgres-data', 'data');
const unlabelled = object('volume', 'anonymous', undefined);
const everything = [unlabelled, data, secrets, home, helper, migrate, api];

const spared = { data: true };
const names = (objects: readonly HostObject[]): string[] => objects.map(({ name }) => name);

describe('strays', () => {
  test('are what the state does not know, containers before what they hold', () => {
    expect(names(strays(everything, new Set(), spared))).toEqual([
      'api-1',
      'files-helper',
      'migrate-1',
      'home',
      'api-secrets',
    ]);
  });

  test('are none where the state knows all, by id or by name', () => {
    const known = new Set(['api-1-id', 'files-helper-id', 'migrate-1-id', 'home', 'api-secrets']);
    expect(strays(everything, known, spared)).toEqual([]);
  });

  test('include a container that has only the name of one that the state knows', () => {
    expect(names(strays([api], new Set(['api-1']), spared))).toEqual(['api-1']);
  });

  test('never include data, unless it is to go', () => {
    expect(names(strays([data], new Set(), spared))).toEqual([]);
    expect(names(strays([data], new Set(), { data: false }))).toEqual(['postgres-data']);
  });

  test('include the failed run of a job, which was kept until now', () => {
    expect(names(strays([migrate], new Set(), spared))).toEqual(['migrate-1']);
  });
});
