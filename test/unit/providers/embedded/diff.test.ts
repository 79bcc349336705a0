import { describe, expect, test } from '@jest/globals';
import { CONTAINER } from '../../../../providers/embedded/docker/container/schema.ts';
import { NETWORK } from '../../../../providers/embedded/docker/network.ts';
import { diffInputs } from '../../../../providers/embedded/schema/diff.ts';
import { stateOf } from '../../../../providers/embedded/schema/state.ts';
import type { Values } from '../../../../providers/rpc/index.ts';
import { UNKNOWN } from '../../../../providers/rpc/index.ts';

/*
 * What an edit of each input does is in test/conformance, against official plugin and engine; here is what can't be
 * shown there, or is about how a change is told.
 */

function diff(before: Values, after: Values, read: Values = {}) {
  const olds = { image: 'a', ...before };
  const state = { ...stateOf(CONTAINER, olds, undefined), command: [], entrypoints: [], ...read };
  return diffInputs(CONTAINER, { id: 'x', olds, news: { image: 'a', ...after }, state }, { deleteFirst: true });
}

describe('a change', () => {
  test('is told value by value, as it was written', () => {
    expect(diff({ envs: ['B=1', 'A=1'] }, { envs: ['B=1', 'A=2'] }).changes).toEqual([
      { path: ['envs', 1], kind: 'update', replace: true },
    ]);
    expect(diff({}, { restart: 'always' }).changes).toEqual([{ path: ['restart'], kind: 'add', replace: false }]);
  });

  test('of what the engine has, not of what was written, is told as such', () => {
    expect(diff({ memory: 64 }, { memory: 64 }, { memory: 128 }).changes).toEqual([
      { path: ['memory'], kind: 'update', replace: false, inputDiff: false },
    ]);
  });

  test('of the order of a set is none', () => {
    const [a, b] = [
      { label: 'a', value: '1' },
      { label: 'b', value: '1' },
    ];
    expect(diff({ labels: [a, b] }, { labels: [b, a] }).changes).toEqual([]);
  });

  test('of the order of a list is one', () => {
    expect(diff({ command: ['a', 'b'] }, { command: ['b', 'a'] }, { command: ['a', 'b'] }).changes).toHaveLength(2);
  });

  test('to what is not known yet replaces where any change would', () => {
    expect(diff({ image: 'a' }, { image: UNKNOWN }).changes).toEqual([
      { path: ['image'], kind: 'update', replace: true },
    ]);
    const aliases: Values[] = [{ name: UNKNOWN, aliases: ['a'] }];
    expect(diff({ networksAdvanced: [{ name: 'n', aliases: ['a'] }] }, { networksAdvanced: aliases }).changes).toEqual([
      { path: ['networksAdvanced', 0, 'name'], kind: 'update', replace: true },
    ]);
  });

  test('is none where the engine has chosen what nobody asked for', () => {
    expect(diff({}, {}, { hostname: 'abc', shmSize: 64, logDriver: 'json-file' }).changes).toEqual([]);
  });

  test('of swap that was left out beside memory is one for ever, as with the official plugin', () => {
    expect(diff({ memory: 64 }, { memory: 64 }, { memory: 64, memorySwap: 128 }).changes).toHaveLength(1);
  });
});

describe('a replacement', () => {
  const olds = { name: 'mine', labels: [{ label: 'a', value: '1' }] };
  const network = (news: Values) =>
    diffInputs(NETWORK, { id: 'x', olds, news, state: stateOf(NETWORK, olds, undefined) }, { autoNamed: true });

  test('of a container deletes the old one first, but only where the container itself asks for one', () => {
    expect(diff({ user: 'a' }, { user: 'b' }).deleteBeforeReplace).toBe(true);
    expect(diff({ tmpfs: {} }, { tmpfs: { '/a': '' } }).deleteBeforeReplace).toBe(false);
  });

  test('of what was given its name deletes the old one first, of what has an automatic one last', () => {
    expect(network({ name: 'mine', __defaults: [] }).deleteBeforeReplace).toBe(true);
    expect(network({ name: 'mine', __defaults: ['name'] }).deleteBeforeReplace).toBe(false);
  });
});
