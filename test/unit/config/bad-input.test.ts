import { describe, expect, test } from '@jest/globals';
import type { Issue } from '../../../config/plan/types.ts';
import { systems } from '../../../config/systems/index.ts';
import { error, outcome, resolveLinkflow, type Stack } from './fixture.ts';

/** Systems, as a message lists them. */
const KNOWN = `known: ${Object.keys(systems).sort().join(', ')}`;

/** Services of LinkFlow, as a message lists them. */
const SERVICES =
  'api, blackbox-exporter, control-plane, edge, fluent-bit, frontend, grafana, history, loki, matching, migrate, nginx, node-exporter, postgres, postgres-exporter, prometheus, queue, redis, redis-exporter, scheduler, timer, visibility, worker';

const PARAMETERS =
  'apiHost, apiRate, authRate, connectionsPerAddress, database, engineHost, logLevel, partitions, secretDays, sslmode, user';

/** What somebody may get wrong in a stack's configuration, and the one issue that says so. */
const cases: readonly [obligation: string, stack: Stack, issue: Issue][] = [
  [
    'an unknown system',
    { values: { system: 'linkflwo' } },
    error('slipway:system', 'no system "linkflwo"', `did you mean "linkflow"? ${KNOWN}`),
  ],
  [
    'a system of the wrong type',
    { values: { system: ['linkflow'] } },
    error('slipway:system', 'a list is not valid', 'the name of a system'),
  ],
  [
    'an unknown environment',
    { values: { environment: 'production' } },
    error('slipway:environment', '"production" is not valid', 'dev, test or prod'),
  ],
  [
    'an environment left out where the name of the stack is none',
    { stack: 'alice' },
    error(
      'slipway:environment',
      'is missing, and the stack\'s name "alice" is none',
      '`pulumi config set slipway:environment <name>`; known: dev, test, prod',
    ),
  ],
  [
    'an unknown service',
    { values: { services: { apy: { replicas: 1 } } } },
    error('slipway:services.apy', 'no service "apy"', `did you mean "api"? known: ${SERVICES}`),
  ],
  [
    'an unknown parameter',
    { values: { parameters: { apiHots: 'api.example.com' } } },
    error('slipway:parameters.apiHots', 'no parameter "apiHots"', `did you mean "apiHost"? known: ${PARAMETERS}`),
  ],
  [
    'an unknown service that resembles none',
    { values: { services: { mailer: {} } } },
    error('slipway:services.mailer', 'no service "mailer"', `known: ${SERVICES}`),
  ],
  [
    'a system whose name every object knows',
    { values: { system: 'constructor' } },
    error('slipway:system', 'no system "constructor"', KNOWN),
  ],
  [
    'a service whose name every object knows',
    { values: { services: { constructor: {} } } },
    error('slipway:services.constructor', 'no service "constructor"', `known: ${SERVICES}`),
  ],
  [
    'ports of an unknown service',
    { values: { ports: { postgers: 15432 } } },
    error('slipway:ports.postgers', 'no service "postgers"', `did you mean "postgres"? known: ${SERVICES}`),
  ],
  [
    'an unknown port',
    { values: { ports: { frontend: { htp: 18080 } } } },
    error('slipway:ports.frontend.htp', 'no port "htp" of "frontend"', 'did you mean "http"? known: grpc, http'),
  ],
  [
    'one port for a service with several',
    { values: { ports: { frontend: 18080 } } },
    error('slipway:ports.frontend', '"frontend" has several ports', 'a map of them: grpc, http'),
  ],
  [
    'a port for a service that listens on none',
    { values: { ports: { migrate: 18080 } } },
    error('slipway:ports.migrate', '"migrate" listens on no port'),
  ],
  [
    'a port out of range',
    { values: { ports: { api: 70000 } } },
    error(
      'slipway:ports.api',
      '70000 is not valid',
      'a port such as 18000, "0.0.0.0:18000", free, false, or a map of them by the name of the port',
    ),
  ],
  [
    'a named port out of range',
    { values: { ports: { api: { http: '0.0.0.0:' } } } },
    error(
      'slipway:ports.api.http',
      '"0.0.0.0:" is not valid',
      'a port such as 18000, with an address such as "0.0.0.0:18000", free, or false for not published',
    ),
  ],
  [
    'an unknown profile',
    { values: { profiles: ['migrate', 'schedular'] } },
    error(
      'slipway:profiles[1]',
      'no profile "schedular"',
      'did you mean "scheduler"? known: control, edge, logs, migrate, monitoring, production, prometheus, scheduler',
    ),
  ],
  [
    'profiles of the wrong type',
    { values: { profiles: 'migrate' } },
    error('slipway:profiles', '"migrate" is not valid', 'a list of profiles such as [migrate]'),
  ],
  [
    'an unknown image',
    { values: { images: { postgress: 'postgres:16-alpine' } } },
    error(
      'slipway:images.postgress',
      'no image "postgress"',
      'did you mean "postgres"? known: fluent-bit, grafana, loki, nginx, postgres, prometheus, redis, workload',
    ),
  ],
  [
    'an image that is no reference',
    { values: { images: { postgres: 'not an image' } } },
    error(
      'slipway:images.postgres',
      '"not an image" is not valid',
      'an image reference such as postgres:16-alpine, or {reference, uid, gid}',
    ),
  ],
  [
    'an image without its reference',
    { values: { images: { postgres: { uid: 70 } } } },
    error('slipway:images.postgres.reference', 'is missing', 'an image reference such as postgres:16-alpine'),
  ],
  [
    'an unknown key',
    { values: { profile: ['migrate'] } },
    error(
      'slipway:profile',
      'unknown key "profile"',
      'did you mean "profiles"? known: allowSmallHost, environment, host, images, network, parameters, ports, profiles, services, sources, system, variants',
    ),
  ],
  [
    'an unknown key of a service',
    { values: { services: { api: { memroy: '1g' } } } },
    error(
      'slipway:services.api.memroy',
      'unknown key "memroy"',
      'did you mean "memory"? known: cpus, env, external, image, memory, replicas, rollout',
    ),
  ],
  [
    'an unknown key of the network',
    { values: { network: { pol: '10.0.0.0/16' } } },
    error('slipway:network.pol', 'unknown key "pol"', 'did you mean "pool"? known: pool'),
  ],
  [
    'services of the wrong type',
    { values: { services: 'api' } },
    error('slipway:services', '"api" is not valid', 'a map of services'),
  ],
  [
    'replicas of the wrong type',
    { values: { services: { worker: { replicas: 'three' } } } },
    error('slipway:services.worker.replicas', '"three" is not valid', 'a whole number, 1 or more'),
  ],
  [
    'half a replica',
    { values: { services: { worker: { replicas: 1.5 } } } },
    error('slipway:services.worker.replicas', '1.5 is not valid', 'a whole number, 1 or more'),
  ],
  [
    'zero replicas',
    { values: { services: { worker: { replicas: 0 } } } },
    error('slipway:services.worker.replicas', '0 is not valid', 'a whole number, 1 or more'),
  ],
  [
    'negative replicas',
    { values: { services: { worker: { replicas: -1 } } } },
    error('slipway:services.worker.replicas', '-1 is not valid', 'a whole number, 1 or more'),
  ],
  [
    'several replicas on one published port',
    { values: { services: { api: { replicas: 2 } } } },
    error(
      'slipway:services.api.replicas',
      '2 replicas of "api" can\'t all be published on port 8000',
      '1, or `slipway:ports: { api: { http: false } }`',
    ),
  ],
  [
    'two of a singleton',
    { values: { services: { timer: { replicas: 2 } } } },
    error(
      'slipway:services.timer.replicas',
      '2 replicas of "timer", which can only be one: two at once would do harm',
      '1',
    ),
  ],
  [
    'more replicas than the maximum',
    { values: { services: { worker: { replicas: 17 } } } },
    error(
      'slipway:services.worker.replicas',
      '17 replicas of "worker" are more than the 16 that linkflow allows in dev',
      '1 to 16',
    ),
  ],
  [
    'fewer replicas than the minimum of production',
    { stack: 'prod', values: { services: { worker: { replicas: 2 } } } },
    error(
      'slipway:services.worker.replicas',
      '2 replicas of "worker" are fewer than the 3 that linkflow allows in prod',
      '3 to 16',
    ),
  ],
  [
    'a database that is published in production',
    { stack: 'prod', values: { ports: { postgres: 15432 } } },
    error(
      'slipway:ports.postgres',
      '"postgres" keeps data, and its port 5432 would be published as 15432 in prod',
      'false for not published: `slipway run` and `slipway exec` reach it all the same',
    ),
  ],
  [
    'an image in production that may be any',
    { stack: 'prod', values: { services: { api: { image: 'registry.example.com/api:latest' } } } },
    error(
      'slipway:services.api.image',
      'registry.example.com/api:latest has the tag latest: nobody can say what would run',
      'a version, best with its digest',
    ),
  ],
  [
    'an image in production without a tag',
    { stack: 'prod', values: { images: { postgres: 'registry.example.com:5000/postgres' } } },
    error(
      'slipway:images.postgres',
      'registry.example.com:5000/postgres has no tag, which means latest: nobody can say what would run',
      'a version, best with its digest',
    ),
  ],
  [
    'a memory limit below the reservation',
    { stack: 'prod', values: { services: { api: { memory: '128m' } } } },
    error(
      'slipway:services.api.memory',
      '"api" is limited to 128m of memory, below the 256m that are reserved for it',
      '256m or more',
    ),
  ],
  [
    'a CPU limit below the reservation',
    { stack: 'prod', values: { services: { api: { cpus: 0.25 } } } },
    error(
      'slipway:services.api.cpus',
      '"api" is limited to 0.25 of cpus, below the 0.5 that are reserved for it',
      '0.5 or more',
    ),
  ],
  [
    'memory that is no size',
    { values: { services: { api: { memory: 'lots' } } } },
    error('slipway:services.api.memory', '"lots" is not valid', 'a size such as 512m or 1g, or a number of bytes'),
  ],
  [
    'no memory at all',
    { values: { services: { api: { memory: 0 } } } },
    error('slipway:services.api.memory', '0 is not valid', 'a size such as 512m or 1g, or a number of bytes'),
  ],
  [
    'CPUs that are no number',
    { values: { services: { api: { cpus: 'two' } } } },
    error('slipway:services.api.cpus', '"two" is not valid', 'a number of cores such as 0.5 or 2'),
  ],
  [
    'a variable that is a map',
    { values: { services: { api: { env: { APP_NAME: { secure: 'v1:abc' } } } } } },
    error('slipway:services.api.env.APP_NAME', 'a map is not valid', 'text, a number, true or false'),
  ],
  [
    'a secret in clear',
    { values: { services: { api: { env: { DB_PASSWORD: 'hunter2' } } } } },
    error(
      'slipway:services.api.env.DB_PASSWORD',
      '"api" gets DB_PASSWORD as a secret file; a variable would show its value to whoever may inspect the container',
      '`pulumi config set --secret secrets:POSTGRES_PASSWORD`',
    ),
  ],
  [
    'an unknown secret',
    { providedSecrets: ['POSTGRES_PASWORD'] },
    error(
      'secrets:POSTGRES_PASWORD',
      'no secret "POSTGRES_PASWORD"',
      'did you mean "POSTGRES_PASSWORD"? known: APP_KEY, DATABASE_URL, GRAFANA_PASSWORD, JWT_SECRET, LINKFLOW_SECRET, MAIL_PASSWORD, PASSPORT_PASSWORD_CLIENT_SECRET, POSTGRES_MONITORING_PASSWORD, POSTGRES_PASSWORD, REDIS_ACL, REDIS_EXPORTER_PASSWORDS, REDIS_PASSWORD, REDIS_URL',
    ),
  ],
  [
    'a published port used twice',
    { values: { ports: { api: 8080 } } },
    error(
      'slipway:ports.api',
      'port 8080 on 127.0.0.1 is published twice: for frontend (http) and api (http)',
      'a port that is free, or false for not published',
    ),
  ],
  [
    'a published port used twice on overlapping addresses',
    { values: { ports: { frontend: { grpc: '0.0.0.0:6379' } } } },
    error(
      'slipway:ports.frontend.grpc',
      'port 6379 on 0.0.0.0 is published twice: for redis (redis) and frontend (grpc)',
      'a port that is free, or false for not published',
    ),
  ],
  [
    'a pool that is no block of addresses',
    { values: { network: { pool: '10.0.0.0/40' } } },
    error('slipway:network.pool', '"10.0.0.0/40" is not valid', 'a block of IPv4 addresses such as 10.213.0.0/16'),
  ],
  [
    'a pool that is too small',
    { values: { network: { pool: '10.99.0.0/24' } } },
    error(
      'slipway:network.pool',
      '10.99.0.0/24 is too small: 5 networks need 416 addresses',
      'a block of /23 or larger, such as 10.213.0.0/16',
    ),
  ],
  [
    'a host that is no address',
    { values: { host: 'my-server' } },
    error('slipway:host', '"my-server" is not valid', 'unix:///path or tcp://host:port'),
  ],
  [
    'a stack whose name no host can have',
    { stack: 'my_stack', values: { environment: 'dev' } },
    error(
      'stack',
      '"my_stack" can\'t be part of a host name',
      'a name of lower-case letters, digits and hyphens that begins and ends with a letter or digit',
    ),
  ],
];

describe('a stack is refused, saying what is wrong and what would do, for', () => {
  test.each(cases)('%s', (_, stack, issue) => {
    expect(outcome(resolveLinkflow(stack))).toEqual({ issues: [issue] });
  });

  test('no system at all', () => {
    expect(outcome(resolveLinkflow({ values: { system: undefined } }))).toEqual({
      issues: [error('slipway:system', 'is missing', `\`pulumi config set slipway:system <name>\`; ${KNOWN}`)],
    });
  });

  test('a secret among the settings, whatever its value', () => {
    const values = { services: { api: { env: { TOKEN: 'decrypted' } } } };
    expect(outcome(resolveLinkflow({ values, encrypted: ['services'] }))).toEqual({
      issues: [
        error(
          'slipway:services',
          'holds a secret, and settings can be read by whoever may inspect a container',
          'a value in clear here, and secrets in their own namespace: `pulumi config set --secret secrets:NAME`',
        ),
      ],
    });
  });

  test('a name so long that containers could not be host names', () => {
    const stack = 'a'.repeat(32);
    const longest = `linkflow-${stack}-blackbox-exporter-1-0123456`;
    expect(outcome(resolveLinkflow({ stack, values: { environment: 'dev' } }))).toEqual({
      issues: [
        error(
          'stack',
          `a container would be called ${longest}: 69 characters, and host names end at 63`,
          `a name of the stack that is 6 characters shorter than "${stack}"`,
        ),
      ],
    });
  });
});

test('all problems are reported together, whatever finds them', () => {
  const { plan, issues } = resolveLinkflow({
    values: {
      profile: [],
      profiles: [3, 'migrat'],
      services: { apy: {}, worker: { replicas: 0, memory: 'lots' }, queue: { replicas: 9 } },
      ports: { redis: 5432 },
    },
    providedSecrets: ['FOO'],
  });
  expect(plan).toBeUndefined();
  expect(issues.map(({ path }) => path).sort()).toEqual([
    'secrets:FOO',
    'slipway:ports.redis',
    'slipway:profile',
    'slipway:profiles[0]',
    'slipway:profiles[1]',
    'slipway:services.apy',
    'slipway:services.queue.replicas',
    'slipway:services.worker.memory',
    'slipway:services.worker.replicas',
  ]);
});

test('a problem that makes the system unknown does not hide the others', () => {
  const { issues } = resolveLinkflow({ values: { system: 'shop', environment: 'x', profiles: 1 } });
  expect(issues.map(({ path }) => path).sort()).toEqual(['slipway:environment', 'slipway:profiles', 'slipway:system']);
});
