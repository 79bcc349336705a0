import { describe, expect, test } from '@jest/globals';
import type { StackContainer } from '../../../../cli/hosts/containers.ts';
import { hasLostContainer, lostReplicas } from '../../../../cli/operations/drift.ts';
import type { StackState } from '../../../../cli/pulumi/state.ts';

function replica(name: string, container: string, replaced = false): StackState['resources'][number] {
  return {
    urn: `urn:pulumi:dev::slipway::slipway:components:Service$slipway:index:Replica::${name}`,
    type: 'slipway:index:Replica',
    outputs: { container },
    ...(replaced && { delete: true }),
  };
}

function container(id: string, running: boolean): StackContainer {
  return { id, name: id, service: 'api', replica: 1, kind: 'service', running, created: 0 };
}

const state = (...resources: StackState['resources']): StackState => ({ exists: true, resources, pending: 0 });

describe('lostReplicas', () => {
  test('are none where all run that were let in', () => {
    expect(lostReplicas(state(replica('api-1', 'a')), [container('a', true)])).toEqual([]);
  });

  test('are those whose container has stopped, or is gone', () => {
    const found = lostReplicas(state(replica('b-1', 'gone'), replica('a-1', 'a')), [container('a', false)]);
    expect(found).toEqual(['a-1', 'b-1']);
  });

  test('are not candidates that never got healthy: no gate knows them', () => {
    const found = lostReplicas(state(replica('api-1', 'a')), [container('a', true), container('candidate', false)]);
    expect(found).toEqual([]);
  });

  test('are not replicas that have been replaced', () => {
    expect(lostReplicas(state(replica('api-1', 'old', true)), [])).toEqual([]);
  });
});

test('a container that somebody has removed is missed, unless it is replaced anyway', () => {
  const known = (id: string, replaced = false): StackState['resources'][number] => {
    const type = 'docker:index/container:Container';
    return { urn: `urn:pulumi:dev::slipway::${type}::api-1`, type, id, ...(replaced && { delete: true }) };
  };
  expect(hasLostContainer(state(known('a')), [container('a', false)])).toBe(false);
  expect(hasLostContainer(state(known('a')), [])).toBe(true);
  expect(hasLostContainer(state(known('a', true)), [])).toBe(false);
});
