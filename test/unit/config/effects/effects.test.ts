import { describe, expect, test } from '@jest/globals';
import { effectsOf } from '../../../../config/effects/effects.ts';
import type { Outage, Standing, Touch } from '../../../../config/effects/types.ts';
import type { SystemInput } from '../../../../config/schema/system.ts';
import { service } from '../fixture.ts';
import { container, planWith, stands } from './touches.ts';

/** An outage of a service of which each container is replaced. */
function outage(
  services: SystemInput['services'],
  touches: readonly Touch[] = [container('api', 'replace')],
  standing = [stands('api')],
): Outage | undefined {
  return effectsOf(planWith(services), touches, standing).find((effect) => effect.service === 'api')?.outage;
}

describe('effectsOf', () => {
  const nothing = { created: 0, replaced: 0, updated: 0, removed: 0, isChecked: false, readsAgain: false, runs: false };
  const three = { api: service({ replicas: 3, rollout: { parallelism: 2 } }) };
  const gate = (...fields: string[]): Touch => ({
    of: 'gate',
    service: 'api',
    name: 'api-1',
    action: 'update',
    fields,
  });
  const files = (...fields: string[]): Touch => ({
    of: 'files',
    service: 'api',
    name: 'api-secrets',
    action: 'update',
    fields,
  });

  test.each<[string, SystemInput['services'], Touch[], object]>([
    [
      'what rolls, how many at a time',
      three,
      [container('api', 'replace', 1), container('api', 'replace', 2), container('api', 'replace', 3)],
      { replicas: 3, replaced: 3, rollout: { order: 'createFirst', parallelism: 2 } },
    ],
    ['a replica more', three, [container('api', 'create', 3)], { replicas: 3, created: 1 }],
    ['a replica less', { api: service() }, [container('api', 'delete', 2)], { replicas: 1, removed: 1 }],
    ['a limit that changes in place', { api: service() }, [container('api', 'update')], { replicas: 1, updated: 1 }],
    ['a limit that its gate sets', { api: service() }, [gate('pidsLimit')], { replicas: 1, updated: 1 }],
    [
      'a limit that its gate sets in a container that is made',
      { api: service() },
      [container('api', 'replace'), gate('container', 'pidsLimit')],
      { replicas: 1, replaced: 1, rollout: { order: 'createFirst', parallelism: 1 } },
    ],
    ['a gate alone', { api: service() }, [gate('drainMs')], { replicas: 1 }],
    [
      'a check of what is to replace it',
      { api: service({ singleton: true }) },
      [{ of: 'check', service: 'api', name: 'api-preflight', action: 'update', fields: ['image'] }],
      { replicas: 1, isChecked: true },
    ],
    ['files that are read again', { api: service() }, [files('files')], { replicas: 1, readsAgain: true }],
    ['how files are read again', { api: service() }, [files('reload')], { replicas: 1 }],
    ['a service that goes', {}, [container('api', 'delete')], { replicas: 0, removed: 1 }],
    [
      'a job that runs',
      { api: service({ kind: 'job' }) },
      [{ of: 'job', service: 'api', name: 'api', action: 'update', fields: ['command'] }],
      { kind: 'job', replicas: 0, runs: true },
    ],
  ])('tells %s', (_, services, touches, expected) => {
    const found = effectsOf(planWith({ ...services, other: service() }), touches, [stands('api'), stands('other')]);
    expect(found).toEqual([{ service: 'api', kind: 'service', ...nothing, ...expected }]);
  });
});

describe('an outage', () => {
  const caller = { web: service({ calls: ['api'] }), batch: service({ calls: ['api'] }) };

  test.each<[string, Parameters<typeof service>[0]]>([
    ['it publishes a port (http)', { ports: { http: { container: 80, published: 8088 } } }],
    [
      'it publishes a port (http)',
      { ports: { http: { container: 80, published: 8088 } }, volumes: { sockets: '/sockets' } },
    ],
    ['it keeps data in a volume (data)', { volumes: { data: '/data' } }],
    ['there can only be one of it', { singleton: true }],
    ['its rollout is described as delete-first', { rollout: { order: 'deleteFirst' } }],
    [
      'it keeps data in a volume (data), there can only be one of it',
      { volumes: { data: '/data', shared: { path: '/s', readOnly: true } }, singleton: true },
    ],
  ])('there is, because %s', (why, input) => {
    expect(outage({ api: service(input), ...caller })).toMatchObject({ why: [why], callers: ['batch', 'web'] });
  });

  test.each<[string, SystemInput['services'], Touch[]]>([
    ['rolls create-first', { api: service() }, [container('api', 'replace')]],
    ['is not replaced', { api: service({ singleton: true }) }, [container('api', 'update')]],
    ['is new', { api: service({ singleton: true }), web: service() }, [container('web', 'create')]],
    ['goes, and is called by nobody', {}, [container('api', 'delete')]],
    [
      'is a job',
      { api: service({ kind: 'job' }) },
      [{ of: 'job', service: 'api', name: 'api', action: 'update', fields: [] }],
    ],
  ])('there is none where the service %s', (_, services, touches) => {
    expect(outage(services, touches)).toBeUndefined();
  });

  test('there is none while another replica serves, and one where all go at once', () => {
    const touches = [container('api', 'replace', 1), container('api', 'replace', 2)];
    const two = (parallelism: number) =>
      outage({ api: service({ replicas: 2, rollout: { order: 'deleteFirst', parallelism } }) }, touches, [
        stands('api', {}, 1),
        stands('api', {}, 2),
      ]);
    expect(two(1)).toBeUndefined();
    expect(two(2)).toBeDefined();
  });

  test('lasts as long as the last start took and the exchange, at most the grace and the health timeout', () => {
    const api = service({ singleton: true, rollout: { stopGrace: '10s', healthTimeout: '90s' } });
    const times = (standing = stands('api')) => outage({ api }, [container('api', 'replace')], [standing]);
    expect(times(stands('api', { healthyAfterMs: 2100 }))).toMatchObject({ aboutMs: 3600, atMostMs: 100_000 });
    expect(times(stands('api', { healthyAfterMs: 2100, exchangeMs: 600 }))).toMatchObject({ aboutMs: 2700 });
    expect(times()).toMatchObject({ aboutMs: 2500 });
  });

  test('takes a first start, which may have made the data, for longer than the next one', () => {
    const api = service({ volumes: { data: '/data' } });
    const volumes = { volumes: { data: { description: 'Rows.' } } };
    const plan = planWith({ api }, volumes);
    const about = (more: Partial<Standing>) =>
      effectsOf(plan, [container('api', 'replace')], [stands('api', more)])[0]?.outage?.aboutMs;
    expect(about({ healthyAfterMs: 5000 })).toBe((5000 + 1000) / 2 + 1500);
    expect(about({ healthyAfterMs: 5000, exchangeMs: 800 })).toBe(5800);
  });

  test('is for good where a service goes that others call or that holds a port of the host', () => {
    const touches = [container('api', 'delete')];
    expect(outage({ web: service() }, touches, [stands('api', { published: [8088] })])).toEqual({
      why: ['the plan has it no more'],
      callers: [],
      ports: [8088],
    });
  });

  test('there is for those who still look for it under its first name', () => {
    const services = { api: service(), web: service({ calls: ['api'] }) };
    const touches = [container('api', 'replace'), container('web', 'replace')];
    expect(outage(services, touches, [stands('api'), stands('web')])).toBeUndefined();
    expect(outage(services, touches, [stands('api', { isNamed: true }), stands('web')])).toMatchObject({
      why: ['it rolls create-first from now on, and is found in another way, until those who call it are replaced too'],
      callers: ['web'],
    });
  });

  test('there is where a network is made anew, until its callers are on it', () => {
    const services = { api: service(), web: service({ calls: ['api'], rollout: { minReady: '4s', drain: '1s' } }) };
    const network: Touch = { of: 'network', name: 'shop-dev-door-api', action: 'replace', fields: ['ipamConfigs'] };
    const touches = [network, container('api', 'replace'), container('web', 'replace')];
    expect(outage(services, touches, [stands('api'), stands('web', { healthyAfterMs: 1000 })])).toMatchObject({
      why: ['its network is made anew (door-api), until those who call it are replaced too'],
      aboutMs: 1000 + 1500 + 4000 + 1000,
    });
  });

  test('there is where a database forgets a password, for those who log in with it, by a URL too', () => {
    const plan = planWith(
      {
        api: service({ singleton: true, secrets: { PASSWORD: 'PASSWORD' } }),
        web: service({ secrets: { URL: 'URL' } }),
        // Calls the database, and logs in otherwise.
        other: service({ calls: ['api'] }),
      },
      {
        secrets: {
          PASSWORD: {
            description: 'Of a role.',
            format: { kind: 'password' },
            rotation: { postgresRole: { service: 'api', role: 'app' } },
          },
          URL: { description: 'To log in.', format: { kind: 'template', template: 'pg://app:${PASSWORD|url}@api' } },
        },
      },
    );
    const role = (...fields: string[]): Touch => ({
      of: 'role',
      service: 'api',
      name: 'api-app',
      action: 'update',
      fields,
    });
    const standing = [stands('api'), stands('web'), stands('other')];
    const of = (touch: Touch) => effectsOf(plan, [touch], standing)[0]?.outage;
    expect(of(role('password'))).toMatchObject({
      why: ['it turns the former password away (PASSWORD), until those who log in with it are replaced'],
      callers: ['web'],
    });
    expect(of(role('container'))).toBeUndefined();
  });
});
