import { describe, expect, test } from '@jest/globals';
import { judgeScale, type Judged } from '../../../../cli/scale/judge.ts';
import type { SystemDescription } from '../../../../config/schema/system.ts';
import { error, service, system } from '../../config/fixture.ts';

const shop: SystemDescription = system({
  api: service({ bounds: { max: 4 } }),
  queue: service({ replicas: 2 }),
  web: service({ ports: { http: { container: 80, published: 8000 } } }),
  timer: service({ singleton: true }),
  night: service({ profiles: ['night'] }),
  migrate: service({ kind: 'job' }),
});

function judge(args: readonly string[], values: Readonly<Record<string, unknown>> = {}): Judged {
  const raw = { stack: 'dev', values: { system: 'shop', environment: 'dev', ...values }, providedSecrets: [] };
  return judgeScale(raw, args, { shop });
}

describe('scaling', () => {
  test('says what changes, and what the plan is then', () => {
    const { plan, issues, changes } = judge(['api=3', 'queue=1']);
    expect(issues).toEqual([]);
    expect(changes).toEqual([
      { service: 'api', from: 1, to: 3 },
      { service: 'queue', from: 2, to: 1 },
    ]);
    const replicas = Object.fromEntries(plan?.services.map(({ name, replicas: number }) => [name, number]) ?? []);
    expect(replicas).toMatchObject({ api: 3, queue: 1, web: 1 });
  });

  test('to what is there changes nothing, whether somebody has written it or the system says so', () => {
    expect(judge(['api=3', 'queue=2'], { services: { api: { replicas: 3 } } }).changes).toEqual([]);
  });

  test('leaves the other settings of a service as they are', () => {
    const { plan } = judge(['api=2'], { services: { api: { env: { A: 'b' } } } });
    expect(plan?.services.find(({ name }) => name === 'api')).toMatchObject({ replicas: 2, environment: { A: 'b' } });
  });

  test('mends a configuration that can’t be deployed for its number of replicas', () => {
    const { issues, changes } = judge(['api=2'], { services: { api: { replicas: 9 } } });
    expect(issues).toEqual([]);
    expect(changes).toEqual([{ service: 'api', to: 2 }]);
  });

  test.each<[string[], ReturnType<typeof error>]>([
    [['api'], error('api', 'names no service with a number', 'service=number, such as api=3')],
    [['=3'], error('=3', 'names no service with a number', 'service=number, such as api=3')],
    [['api='], error('api=', '"" is no number of replicas', 'a whole number, 1 or more')],
    [['api=0'], error('api=0', '"0" is no number of replicas', 'a whole number, 1 or more')],
    [['api=-1'], error('api=-1', '"-1" is no number of replicas', 'a whole number, 1 or more')],
    [['api=1.5'], error('api=1.5', '"1.5" is no number of replicas', 'a whole number, 1 or more')],
    [['api=two'], error('api=two', '"two" is no number of replicas', 'a whole number, 1 or more')],
    [['api=2', 'api=3'], error('api=3', '"api" has been given a number already', 'one number a service')],
    [['ap=3'], error('ap=3', 'no service "ap"', 'did you mean "api"? known: api, migrate, night, queue, timer, web')],
    [['api=5'], error('api=5', '5 replicas of "api" are more than the 4 that shop allows in dev', '1 to 4')],
    [['timer=2'], error('timer=2', '2 replicas of "timer", which can only be one: two at once would do harm', '1')],
    [
      ['web=2'],
      error(
        'web=2',
        '2 replicas of "web" can\'t all be published on port 8000',
        '1, or `slipway:ports: { web: { http: false } }`',
      ),
    ],
    [['migrate=2'], error('migrate=2', '2 replicas of "migrate" are more than the 1 that shop allows in dev', '1')],
    [
      ['night=2'],
      error(
        'night=2',
        '"night" does not run in this stack: its profile is off',
        'one of api, migrate, queue, timer, web',
      ),
    ],
  ])('%j is refused', (args, issue) => {
    expect(judge(args)).toEqual({ issues: [issue], changes: [] });
  });

  test('reports all problems together, those that the configuration had too', () => {
    const { issues } = judge(['api', 'queue=x', 'ap=3', 'timer=2', 'night=2', 'web=1'], { nonsense: '1' });
    expect(issues.map(({ path }) => path).sort()).toEqual(
      ['api', 'ap=3', 'queue=x', 'slipway:nonsense', 'timer=2'].sort(),
    );
  });
});
