import { describe, expect, test } from '@jest/globals';
import type { Issue } from '../../../../config/plan/types.ts';
import type { SystemDescription } from '../../../../config/schema/system.ts';
import { error, outcome, planOf, resolveShop, service, system, type Stack } from '../fixture.ts';

const secret = { description: 'A secret.', format: { kind: 'password' as const } };
const rotated = (name: string, role = 'app') => ({ ...secret, rotation: { postgresRole: { service: name, role } } });
const template = (text: string): NonNullable<SystemDescription['secrets']>[string] => ({
  description: 'Built.',
  format: { kind: 'template', template: text },
});

/** What may be wrong with the description of a system, and the one issue that says so. */
const cases: readonly [obligation: string, description: SystemDescription, issue: Issue][] = [
  [
    'an image that it does not have',
    system({ api: service({ image: 'ap' }) }),
    error('shop:services.api.image', 'no image "ap"', 'did you mean "app"? known: app'),
  ],
  [
    'a service to wait for that it does not have',
    system({ api: service({ dependsOn: { db: 'healthy' } }) }),
    error('shop:services.api.dependsOn', 'no service "db"', 'known: api'),
  ],
  [
    'nothing about the environment of the stack',
    system({ api: service() }, { environments: { test: {}, prod: {} } as never }),
    error('shop:environments.dev', 'is missing', 'a map of what dev changes; {} for nothing'),
  ],
  [
    'a condition to wait for that there is not',
    system({ api: service(), web: service({ dependsOn: { api: 'started' as never } }) }),
    error(
      'shop:services.web.dependsOn.api',
      '"started" is not valid',
      'healthy, completed (of a job), or {condition, required}',
    ),
  ],
  [
    'a mount that is no path',
    system({ api: service({ volumes: { data: 'data' } }) }, { volumes: { data: { description: 'Data.' } } }),
    error(
      'shop:services.api.volumes.data',
      '"data" is not valid',
      'an absolute path such as /data, or {path, readOnly}',
    ),
  ],
  [
    'a use of a secret that is no name',
    system({ api: service({ secrets: { PASSWORD: 'my secret' } }) }),
    error(
      'shop:services.api.secrets.PASSWORD',
      '"my secret" is not valid',
      'the name of a secret, or {secret, env, deliver}',
    ),
  ],
  [
    'a service to call that it does not have',
    system({ api: service({ calls: ['apx'] }) }),
    error('shop:services.api.calls', 'no service "apx"', 'did you mean "api"? known: api'),
  ],
  [
    'a volume that it does not have',
    system({ api: service({ volumes: { data: '/data' } }) }),
    error('shop:services.api.volumes', 'no volume "data"', 'there are none'),
  ],
  [
    'a secret that it does not have',
    system({ api: service({ secrets: { DB_PASSWORD: 'PASSWORD' } }) }),
    error('shop:services.api.secrets.DB_PASSWORD', 'no secret "PASSWORD"', 'there are none'),
  ],
  [
    'a parameter that it does not have',
    system({ api: service({ command: ['serve', '${databse}'] }) }, { parameters: { database: 'shop' } }),
    error('shop:services.api.command[1]', 'no parameter "databse"', 'database'),
  ],
  [
    'a secret in a template that it does not have',
    system({ api: service() }, { secrets: { URL: template('redis://:${PASS|url}@redis') } }),
    error('shop:secrets.URL.format.template', 'no secret "PASS"', 'known: URL'),
  ],
  [
    'a filter in a template that there is not',
    system({ api: service() }, { secrets: { PASS: secret, URL: template('${PASS|urll}') } }),
    error('shop:secrets.URL.format.template', 'no filter "urll"', 'did you mean "url"? known: json, sha256, url'),
  ],
  [
    'a secret that is built from itself',
    system({ api: service() }, { secrets: { A: template('${B}'), B: template('${A}') } }),
    error('shop:secrets.A', 'is built from itself: A → B → A'),
  ],
  [
    "a third party's secret without a value, with all who miss it",
    system(
      { api: service({ secrets: { URL: 'URL' } }), mail: service({ secrets: { KEY: 'KEY' } }) },
      { secrets: { KEY: { ...secret, provided: true }, URL: template('smtp://:${KEY|url}@mail') } },
    ),
    error('secrets:KEY', 'has no value, and none is generated for it; api, mail get it', '`slipway secrets set KEY`'),
  ],
  [
    'the password of a role in a service that it does not have',
    system({ db: service() }, { secrets: { PASS: rotated('bd') } }),
    error('shop:secrets.PASS.rotation.postgresRole.service', 'no service "bd"', 'did you mean "db"? known: db'),
  ],
  [
    'the password of a role in a database of which there may be several',
    system({ db: service() }, { secrets: { PASS: rotated('db') } }),
    error(
      'shop:secrets.PASS.rotation.postgresRole.service',
      '"db" may have several replicas',
      'a service that is a singleton',
    ),
  ],
  [
    'a parameter in the name of a role that it does not have',
    system({ db: service({ singleton: true }) }, { secrets: { PASS: rotated('db', '${user}') } }),
    error('shop:secrets.PASS.rotation.postgresRole', 'no parameter "user"', 'the system has none'),
  ],
  [
    'a cycle in dependsOn, with its path',
    system({
      a: service({ dependsOn: { b: 'healthy' } }),
      b: service({ dependsOn: { c: 'healthy' } }),
      c: service({ dependsOn: { a: 'healthy' } }),
    }),
    error(
      'shop:services.a.dependsOn',
      'waits for itself: a → b → c → a',
      'dependencies without a cycle; a service may call another without waiting for it (`calls`)',
    ),
  ],
  [
    'a service that waits for itself alone',
    system({ a: service({ dependsOn: { a: 'healthy' } }) }),
    error(
      'shop:services.a.dependsOn',
      'waits for itself: a → a',
      'dependencies without a cycle; a service may call another without waiting for it (`calls`)',
    ),
  ],
  [
    'a required dependency whose profile is off',
    system({ api: service({ dependsOn: { mail: 'healthy' } }), mail: service({ profiles: ['mail', 'all'] }) }),
    error('slipway:profiles', '"api" waits for "mail", whose profile is off', 'all or mail among the profiles'),
  ],
  [
    'waiting for a job to become healthy',
    system({ api: service({ dependsOn: { seed: 'healthy' } }), seed: service({ kind: 'job' }) }),
    error('shop:services.api.dependsOn.seed', '"seed" is a job and is never healthy', 'completed'),
  ],
  [
    'several replicas that write one volume',
    system(
      { api: service({ replicas: 2, volumes: { data: '/data' } }) },
      { volumes: { data: { description: 'Data.' } } },
    ),
    error('shop:services.api.replicas', '2 replicas of "api" can\'t all write volume "data"', '1'),
  ],
  [
    'a port inside the container used twice',
    system({ api: service({ ports: { http: { container: 80 }, admin: { container: 80 } } }) }),
    error(
      'shop:services.api.ports.admin.container',
      'port 80 is that of "http" already',
      'a port that the service uses once',
    ),
  ],
  [
    'two things mounted at one path',
    system(
      { api: service({ volumes: { data: '/data' }, tmpfs: { '/data': {} } }) },
      { volumes: { data: { description: 'Data.' } } },
    ),
    error('shop:services.api', 'mounts two things at /data', 'one volume, tmpfs, folder of files or of sources a path'),
  ],
  [
    'a duration that is none',
    system({ api: service({ rollout: { drain: '5 minutes' } }) }),
    error('shop:services.api.rollout.drain', '"5 minutes" is not valid', 'a duration such as 500ms, 30s or 1m30s'),
  ],
  [
    'a name that no host can have',
    system({ api_v2: service() }),
    error(
      'shop:services.api_v2',
      'is not a valid name',
      'a name of at most 32 lower-case letters, digits and hyphens that begins with a letter',
    ),
  ],
  [
    'an image that is neither built nor had from a registry',
    system({ api: service() }, { images: { app: { uid: 0, gid: 0 } } }),
    error('shop:images.app', 'needs either build or reference'),
  ],
  [
    'a smoke test of a service that it does not have',
    system(
      { api: service() },
      {
        smoke: {
          service: 'web',
          port: 'http',
          start: { method: 'POST', path: '/', body: {} },
          poll: { path: '/', done: 'done', failed: [] },
        },
      },
    ),
    error('shop:smoke.service', 'no service "web"', 'known: api'),
  ],
];

describe('a description is refused, saying what is wrong and what would do, for', () => {
  test.each(cases)('%s', (_, description, issue) => {
    expect(outcome(resolveShop(description))).toEqual({ issues: [issue] });
  });
});

const optional = system({
  api: service({ dependsOn: { seed: { condition: 'completed', required: false } } }),
  seed: service({ kind: 'job', profiles: ['seed'] }),
});

test.each<[string, Stack, readonly unknown[]]>([
  ['is left out while its profile is off', {}, []],
  [
    'is waited for while its profile is on',
    { values: { profiles: ['seed'] } },
    [{ service: 'seed', condition: 'completed' }],
  ],
])('a dependency that is not required %s', (_, stack, dependsOn) => {
  const plan = planOf(resolveShop(optional, stack));
  expect(plan.services.find(({ name }) => name === 'api')?.dependsOn).toEqual(dependsOn);
});
