import { expect, test } from '@jest/globals';
import type { Plan } from '../../../../config/plan/types.ts';
import { TYPES } from '../../../../cli/pulumi/resource-types.ts';
import { needsOf } from '../../../../cli/timings/needs.ts';
import type { Operation } from '../../../../cli/timings/trace.ts';
import { plan } from './run.ts';

const made = (type: string, name: string, service?: string): Operation => ({
  ...{ urn: `urn:pulumi:dev::slipway::${type}::${name}`, type, name, op: 'create' },
  ...{ beganMs: 0, failed: false, said: [], ...(service !== undefined && { service }) },
});

test('a container waits for the choice of its ports, where one is to be chosen', () => {
  const chosen = made(TYPES.ports, 'ports');
  const container = made(TYPES.container, 'linkflow-dev-postgres-1', 'postgres');
  const withPort = (published: number | 'free'): Plan => ({
    ...plan,
    services: plan.services.map((service) => ({
      ...service,
      ports: [{ name: 'sql', container: 5432, published, protocol: 'tcp' as const }],
    })),
  });
  const needs = (published: number | 'free') => needsOf(container, [chosen, container], withPort(published));
  expect(needs('free')).toEqual([`${TYPES.ports} ports`]);
  expect(needs(5432)).toEqual([]);
});
