import { describe, expect, test } from '@jest/globals';
import { peakOf } from '../../../../config/effects/peak.ts';
import type { Peak, Standing, Touch } from '../../../../config/effects/types.ts';
import type { SystemInput } from '../../../../config/schema/system.ts';
import { checkPeak } from '../../../../config/rules/host.ts';
import { service } from '../fixture.ts';
import { container, planWith, stands } from './touches.ts';

const MIB = 2 ** 20;
type ServiceInput = SystemInput['services'][string];

/** `number` replicas that stand, with limits in MiB. */
function replicas(name: string, number: number, memory?: number): Standing[] {
  return Array.from({ length: number }, (_, index) =>
    stands(name, memory === undefined ? {} : { memory: memory * MIB }, index + 1),
  );
}

function all(name: string, action: Touch['action'], number: number): Touch[] {
  return Array.from({ length: number }, (_, index) => container(name, action, index + 1));
}

function api(input: Partial<ServiceInput>): SystemInput['services'] {
  return { api: service({ limits: { memory: '100m' }, ...input }) };
}

describe('peakOf', () => {
  test.each<[string, SystemInput['services'], Touch[], Standing[], { containers: number; mib: number }]>([
    ['nothing changes', api({ replicas: 3 }), [], replicas('api', 3, 100), { containers: 3, mib: 300 }],
    [
      'one at a time is replaced',
      api({ replicas: 3 }),
      all('api', 'replace', 3),
      replicas('api', 3, 100),
      { containers: 4, mib: 400 },
    ],
    [
      'two at a time are replaced',
      api({ replicas: 3, rollout: { parallelism: 2 } }),
      all('api', 'replace', 3),
      replicas('api', 3, 100),
      { containers: 5, mib: 500 },
    ],
    [
      'more at a time may be replaced than there are',
      api({ replicas: 2, rollout: { parallelism: 5 } }),
      all('api', 'replace', 2),
      replicas('api', 2, 100),
      { containers: 4, mib: 400 },
    ],
    [
      'the old one goes first',
      api({ singleton: true }),
      all('api', 'replace', 1),
      replicas('api', 1, 100),
      { containers: 1, mib: 100 },
    ],
    [
      'the old one goes first, once a check of the new one has passed beside it',
      api({ singleton: true }),
      [
        { of: 'check', service: 'api', name: 'api-preflight', action: 'update', fields: [] },
        ...all('api', 'replace', 1),
      ],
      replicas('api', 1, 60),
      { containers: 2, mib: 160 },
    ],
    [
      'a check is made where nothing stands',
      api({ singleton: true }),
      [
        { of: 'check', service: 'api', name: 'api-preflight', action: 'create', fields: [] },
        ...all('api', 'create', 1),
      ],
      [],
      { containers: 1, mib: 100 },
    ],
    [
      'new ones have more memory: the last of the old stands beside all the new ones',
      api({ replicas: 3 }),
      all('api', 'replace', 3),
      replicas('api', 3, 60),
      { containers: 4, mib: 360 },
    ],
    [
      'new ones have less memory: the first of the new stands beside all the old ones',
      api({ replicas: 3 }),
      all('api', 'replace', 3),
      replicas('api', 3, 200),
      { containers: 4, mib: 700 },
    ],
    [
      'a limit is lowered in place',
      api({ replicas: 2 }),
      all('api', 'update', 2),
      replicas('api', 2, 150),
      { containers: 2, mib: 300 },
    ],
    [
      'replicas come while others are replaced',
      api({ replicas: 3 }),
      [...all('api', 'replace', 2), container('api', 'create', 3)],
      replicas('api', 2, 100),
      { containers: 4, mib: 400 },
    ],
    [
      'replicas go, at the end, while others are replaced',
      api({ replicas: 2 }),
      [...all('api', 'replace', 2), container('api', 'delete', 3)],
      replicas('api', 3, 100),
      { containers: 4, mib: 400 },
    ],
    [
      'a service goes, at the end',
      { web: service({ limits: { memory: '50m' } }) },
      [container('web', 'create'), ...all('api', 'delete', 2)],
      replicas('api', 2, 100),
      { containers: 3, mib: 250 },
    ],
    [
      'a container is lost and comes back',
      api({}),
      [container('api', 'create')],
      replicas('api', 1, 100),
      { containers: 1, mib: 100 },
    ],
    [
      'one that has given way to a candidate still stands',
      api({}),
      [],
      [...replicas('api', 1, 100), stands('api', { memory: 100 * MIB, leaving: true })],
      { containers: 2, mib: 200 },
    ],
    [
      'services roll side by side',
      { ...api({ replicas: 2 }), web: service({ limits: { memory: '50m' } }) },
      [...all('api', 'replace', 2), container('web', 'replace')],
      [...replicas('api', 2, 100), ...replicas('web', 1, 50)],
      { containers: 5, mib: 400 },
    ],
  ])('where %s', (_, services, touches, standing, { containers, mib }) => {
    const { containers: most, memory } = peakOf(planWith(services), touches, standing);
    expect({ containers: most, mib: memory / MIB }).toEqual({ containers, mib });
  });

  describe('with a job', () => {
    const services = {
      store: service({ limits: { memory: '100m' } }),
      migrate: service({ kind: 'job', limits: { memory: '80m' }, dependsOn: { store: 'healthy' } }),
      api: service({ limits: { memory: '60m' }, dependsOn: { migrate: 'completed' } }),
      web: service({ limits: { memory: '50m' }, dependsOn: { api: 'healthy' } }),
    };
    const run: Touch = { of: 'job', service: 'migrate', name: 'migrate', action: 'create', fields: [] };

    test('counts it beside all that stands', () => {
      const standing = [...replicas('store', 1, 100), ...replicas('api', 1, 60), ...replicas('web', 1, 50)];
      const peak = peakOf(planWith(services), [{ ...run, action: 'update' }], standing);
      expect(peak).toMatchObject({ containers: 4, memory: 290 * MIB, planned: { containers: 3, memory: 210 * MIB } });
    });

    test('knows that what waits for it, also by way of others, is not there yet', () => {
      const touches = [run, ...['store', 'api', 'web'].map((name) => container(name, 'create'))];
      const { containers, memory } = peakOf(planWith(services), touches, []);
      expect({ containers, mib: memory / MIB }).toEqual({ containers: 3, mib: 210 });
    });
  });

  test('says who takes how much over the plan, and how many have no limit', () => {
    const services = { ...api({ replicas: 2, rollout: { parallelism: 2 } }), web: service(), other: service() };
    const touches = [...all('api', 'replace', 2), container('web', 'replace')];
    const standing = [...replicas('api', 2, 100), ...replicas('web', 1), ...replicas('other', 1)];
    expect(peakOf(planWith(services), touches, standing)).toEqual({
      containers: 7,
      memory: 400 * MIB,
      planned: { containers: 4, memory: 200 * MIB },
      over: [
        { service: 'api', containers: 2, memory: 200 * MIB },
        { service: 'web', containers: 1, memory: 0 },
      ],
      unlimited: 3,
    });
  });
});

describe('checkPeak', () => {
  const GIB = 2 ** 30;
  const peak = (memory: number, planned: number): Peak => ({
    containers: 5,
    memory: memory * GIB,
    planned: { containers: 4, memory: planned * GIB },
    over: [
      { service: 'api', containers: 1, memory: (memory - planned) * GIB },
      { service: 'web', containers: 1, memory: 0 },
    ],
    unlimited: 0,
  });

  test('warns where the plan fits the host and the peak does not', () => {
    expect(checkPeak(peak(9, 7), { memory: 8 * GIB })).toEqual([
      {
        path: 'slipway:services',
        message:
          'while this is brought up, the memory limits of all that runs at once add up to as much as 9.0 GiB, 2.0 GiB over ' +
          'the plan, and the host has 8.0 GiB',
        accepted:
          'lower limits, a lower rollout.parallelism, or fewer changes at once (`--only`); the most goes to api 2.0 GiB',
        severity: 'warning',
      },
    ]);
  });

  test.each([
    ['the peak fits', 8, 7],
    ['the plan alone is too much, which is told already', 10, 9],
  ])('says nothing where %s', (_, memory, planned) => {
    expect(checkPeak(peak(memory, planned), { memory: 8 * GIB })).toEqual([]);
  });
});
