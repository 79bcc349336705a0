import { describe, expect, test } from '@jest/globals';
import type { Effect, Forecast, Peak } from '../../../../config/effects/types.ts';
import { unpainted } from '../../../../cli/context.ts';
import type { Change } from '../../../../cli/preview/changes.ts';
import { forecastText } from '../../../../cli/preview/forecast-text.ts';
import { forecastOf, standingIn } from '../../../../cli/preview/forecast.ts';
import type { StateResource } from '../../../../cli/pulumi/state.ts';
import { planOf, resolveShop, service, system } from '../../config/fixture.ts';
import { CONTAINER, REPLICA, serviceUrn } from '../progress/events.ts';

const parent = serviceUrn('api');

function container(id: string, inputs: Record<string, unknown>, more: Partial<StateResource> = {}): StateResource {
  return { urn: `${parent}$${CONTAINER}::shop-dev-api-1`, type: CONTAINER, parent, id, inputs, ...more };
}

const gate: StateResource = {
  ...{ urn: `${parent}$${REPLICA}::api-1`, type: REPLICA, parent },
  outputs: { container: 'new', healthyAfterMs: 1400, exchangeMs: 900 },
};
const state = (...resources: StateResource[]) => ({ exists: true, pending: 0, resources });

describe('standingIn', () => {
  test('has the containers of services: memory in bytes, ports, names, and how long they took', () => {
    const inputs = {
      memory: 64,
      ports: [{ internal: 80, external: 8088 }],
      networksAdvanced: [{ name: 'home', aliases: ['api'] }],
    };
    const stray = container('stray', {}, { parent: 'urn:pulumi:dev::slipway::pulumi:pulumi:Stack::slipway-dev' });
    expect(standingIn(state(container('new', inputs), gate, stray))).toEqual([
      {
        ...{ service: 'api', name: 'shop-dev-api-1', memory: 64 * 2 ** 20, published: [8088], isNamed: true },
        ...{ healthyAfterMs: 1400, exchangeMs: 900 },
      },
    ]);
  });

  test('tells what has given way from what is to take its place', () => {
    const found = standingIn(
      state(container('new', { networksAdvanced: [{ aliases: [] }] }), container('old', {}, { delete: true })),
    );
    expect(found).toEqual([
      { service: 'api', name: 'shop-dev-api-1', published: [], isNamed: false },
      { service: 'api', name: 'shop-dev-api-1', published: [], isNamed: false, leaving: true },
    ]);
  });
});

describe('forecastOf', () => {
  test('puts changes, plan and state together', () => {
    const plan = planOf(resolveShop(system({ api: service({ singleton: true }), web: service({ calls: ['api'] }) })));
    const change: Change = {
      ...{ service: 'api', type: CONTAINER, name: 'shop-dev-api-1', action: 'replace' },
      ...{ fields: ['envs'], causes: ['envs'], values: [] },
    };
    const { effects, peak } = forecastOf(plan, [change], state(container('new', {}), gate));
    expect(effects).toMatchObject([
      {
        service: 'api',
        replaced: 1,
        outage: { why: ['there can only be one of it'], aboutMs: 2300, callers: ['web'] },
      },
    ]);
    expect(peak).toMatchObject({ containers: 1, planned: { containers: 2 } });
  });
});

describe('forecastText', () => {
  const none = { created: 0, replaced: 0, updated: 0, removed: 0, isChecked: false, readsAgain: false, runs: false };
  const effect = (service: string, more: Partial<Effect>): Effect => ({
    ...{ service, kind: 'service', replicas: 1, ...none, ...more },
  });
  const GIB = 2 ** 30;
  const peak: Peak = {
    containers: 17,
    memory: 9 * GIB,
    planned: { containers: 14, memory: 7.5 * GIB },
    over: [],
    unlimited: 0,
  };
  const shown = (effects: readonly Effect[], more: Partial<Peak> = {}): string =>
    forecastText({ effects, peak: { ...peak, ...more } } satisfies Forecast, unpainted);

  test('says what happens to each service, who is out, why and for about how long, and the peak', () => {
    expect(
      shown([
        effect('api', { replicas: 3, replaced: 3, rollout: { order: 'createFirst', parallelism: 2 } }),
        effect('migrate', { kind: 'job', replicas: 0, runs: true }),
        effect('nginx', {
          ...{ replaced: 1, rollout: { order: 'deleteFirst', parallelism: 1 } },
          outage: {
            ...{ why: ['it publishes a port (http)'], aboutMs: 3600, atMostMs: 90_000 },
            ...{ callers: ['web', 'worker'], ports: [8088] },
          },
        }),
        effect('old', { replicas: 0, removed: 1 }),
        effect('queue', { replicas: 3, created: 1, updated: 2 }),
        effect('redis', { readsAgain: true }),
        effect('worker', {}),
      ]),
    ).toBe(
      [
        'SERVICE  WHAT HAPPENS',
        'api      3 of 3 replicas replaced, the new one first, 2 at a time',
        'migrate  job runs',
        'nginx    1 of 1 replica replaced, the old one goes first',
        'old      removed',
        'queue    1 replica created, 2 replicas changed in place',
        'redis    reads its files again, in place',
        'outage: nginx about 4 s (at most 90 s): it publishes a port (http); missed by web, worker, nobody answers on port 8088 of the host',
        'peak: 17 containers (3 over the plan), limits of 9 GiB of memory (1.5 GiB over the plan)',
      ].join('\n'),
    );
  });

  test('says that there is no outage, and that nothing is over the plan', () => {
    expect(shown([effect('worker', {})], { containers: 14, memory: 7.5 * GIB, unlimited: 2 })).toBe(
      'outage: none\npeak: 14 containers (as planned), limits of 7.5 GiB of memory (as planned), 2 without a limit',
    );
    expect(shown([], { containers: 14, memory: 0, planned: { containers: 14, memory: 0 }, unlimited: 14 })).toBe(
      'outage: none\npeak: 14 containers (as planned), none with a limit of memory',
    );
  });

  test('says who is gone for good, or missed by no service', () => {
    const gone = { why: ['the plan has it no more'], callers: ['web'], ports: [] };
    const single = { why: ['there can only be one of it'], aboutMs: 200, atMostMs: 400, callers: [], ports: [] };
    const text = shown([effect('api', { outage: gone }), effect('scheduler', { outage: single })]);
    expect(text).toContain('outage: api for good: the plan has it no more; missed by web\n');
    expect(text).toContain(
      'outage: scheduler about 1 s (at most 1 s): there can only be one of it; no service calls it\n',
    );
  });
});
