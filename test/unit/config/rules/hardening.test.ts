import { describe, expect, test } from '@jest/globals';
import { renderPlan } from '../../../../config/plan/render.ts';
import type { SystemInput } from '../../../../config/schema/system.ts';
import { error, planOf, resolveShop, service, system } from '../fixture.ts';

type Changes = Partial<SystemInput['services'][string]>;

const described = (changes: Changes) => system({ api: service(changes) });
const resolve = (changes: Changes) => resolveShop(described(changes));
const why = 'It has to be.';
const reasonFor = (name: string) => ({ [name]: why }) as Changes['reasons'];

/** Switch, how it is off, what its service does then, what is accepted. */
const SWITCHES: [string, Changes, string, string][] = [
  ['readOnly', { readOnly: false }, 'writes to its root file system', 'readOnly: true'],
  ['capDrop', { capDrop: ['NET_RAW'] }, 'keeps capabilities of the engine', 'capDrop: [ALL]'],
  ['noNewPrivileges', { noNewPrivileges: false }, 'may gain privileges', 'noNewPrivileges: true'],
  ['user', { user: '0:1000' }, 'runs as root', 'a user other than 0'],
  ['pidsLimit', { pidsLimit: -1 }, 'may start any number of processes', 'a pidsLimit'],
  ['swap', { swap: '64m', limits: { memory: '64m' } }, 'may swap', 'no swap'],
  [
    'logging',
    { logging: { driver: 'journald', options: {} } },
    'has a log that nothing here bounds',
    'driver local, or json-file with max-size',
  ],
  [
    'logging',
    { logging: { driver: 'json-file', options: {} } },
    'has a log that nothing here bounds',
    'driver local, or json-file with max-size',
  ],
];

describe.each(SWITCHES)('%s', (name, off, what, kept) => {
  const path = `shop:services.api.reasons.${name}`;

  test('is not off without a reason', () => {
    expect(resolve(off).issues).toEqual([
      error(path, `"api" ${what}, and no reason is given`, `a reason in a sentence, or ${kept}`),
    ]);
  });

  test('may be off with one, which the plan shows', () => {
    const plan = planOf(resolve({ ...off, reasons: reasonFor(name) }));
    expect(plan.services[0]?.departures).toEqual([{ name, what, reason: why }]);
    expect(renderPlan(plan)).toContain(`  hardening, ${name}: it ${what}. It has to be.\n`);
  });

  test('has no reason while it is on', () => {
    expect(resolve({ reasons: reasonFor(name) }).issues).toEqual([
      expect.objectContaining({ path, severity: 'error', accepted: 'no reason (null)' }),
    ]);
  });
});

test.each([
  ['local', {}],
  ['none', {}],
  ['json-file', { 'max-size': '1m' }],
])('a log of driver %s with %j is bounded', (driver, options) => {
  expect(resolve({ logging: { driver, options } }).issues).toEqual([]);
});

test('each capability has a reason of its own', () => {
  const changes = { capAdd: ['CHOWN', 'KILL'], reasons: { capAdd: { KILL: why, SETUID: why } } };
  expect(resolve(changes).issues).toEqual([
    error(
      'shop:services.api.reasons.capAdd.CHOWN',
      '"api" has capability CHOWN, and no reason is given',
      'a reason in a sentence, or no CHOWN in capAdd',
    ),
    error(
      'shop:services.api.reasons.capAdd.SETUID',
      '"api" has no capability SETUID: there is nothing to give a reason for',
      'no reason (null)',
    ),
  ]);
});

test('nothing departs without a word', () => {
  expect(planOf(resolve({})).services[0]?.departures).toEqual([]);
});

test('a reason is a text', () => {
  expect(resolve({ readOnly: false, reasons: { readOnly: ' ' } }).issues).toEqual([
    expect.objectContaining({ path: 'shop:services.api.reasons.readOnly', accepted: 'a reason in a sentence' }),
  ]);
});

test('an image that a stack has chosen does not make a service root', () => {
  const images = { app: { reference: 'app:1', uid: 0, gid: 0 } };
  expect(resolveShop(described({}), { values: { images } }).issues).toEqual([
    error('slipway:images.app.uid', '"api" would run as root', 'a user other than 0'),
  ]);
});

test('swap comes on top of a limit', () => {
  expect(resolve({ swap: '64m', reasons: { swap: why } }).issues).toEqual([
    error(
      'shop:services.api.swap',
      '"api" has no limit of memory that swap could come on top of',
      'limits.memory, or no swap',
    ),
  ]);
});

describe('sources that are mounted', () => {
  const source = (mount?: string) =>
    system(
      { api: service() },
      {
        sources: {
          api: { description: 'Sources.', uid: 1000, gid: 1000, ...(mount && { mount }), services: { api: {} } },
        },
      },
    );
  const issues = (folder: string, mount?: string) =>
    resolveShop(source(mount), { values: { sources: { api: folder } } }).issues;

  test.each([
    '/',
    '/usr',
    '/etc/',
    '/etc/nginx',
    '/run/x',
    '/var/run/docker.sock',
    '/var/lib/docker/volumes',
    '/x/docker.sock',
  ])('are not %s', (folder) => {
    expect(issues(folder, '/app')).toEqual([
      error(
        'slipway:sources.api',
        `${folder} would be mounted into "api": whoever is in the container would have the host`,
        'a folder with nothing but sources',
      ),
    ]);
    expect(issues(folder)).toEqual([]);
  });

  test.each(['../app', '/srv/app', '/usr/local/src/app', '/home/me/app'])('may be %s', (folder) => {
    expect(issues(folder, '/app')).toEqual([]);
  });
});

describe('in prod', () => {
  const prod = (changes: Changes, values: Readonly<Record<string, unknown>> = {}) =>
    resolveShop(described(changes), { stack: 'prod', values: { environment: 'prod', ...values } }).issues;
  const healthcheck = { test: ['CMD', 'true'], interval: '10s', timeout: '5s', retries: 3 } as Changes['healthcheck'];
  const good: Changes = { healthcheck, limits: { memory: '64m', cpus: 1 } };

  test('what has a health check and limits is passed over', () => {
    expect(prod(good)).toEqual([]);
  });

  test('what has none is worth a warning', () => {
    const message = 'nothing checks the health of "api": a release is let in as soon as it keeps running';
    const limit = (what: string) => `a limit here, or slipway:services.api.${what}`;
    expect(prod({})).toEqual([
      { path: 'shop:services.api.healthcheck', message, accepted: 'a health check', severity: 'warning' },
      {
        path: 'shop:services.api.limits.memory',
        message: '"api" may take all memory of the host',
        accepted: limit('memory'),
        severity: 'warning',
      },
      {
        path: 'shop:services.api.limits.cpus',
        message: '"api" may take all CPUs of the host',
        accepted: limit('cpus'),
        severity: 'warning',
      },
    ]);
  });

  test('a port of the host below 1024 is, unless it is one of the web', () => {
    const ports = (published: number): Changes => ({ ...good, ports: { http: { container: 8000, published } } });
    expect(prod(ports(443))).toEqual([]);
    expect(prod(ports(25))).toEqual([
      {
        path: 'shop:services.api.ports.http.published',
        message: 'port 25 is one of those that the host keeps for its own services',
        accepted: 'a port from 1024 on, or 80 or 443',
        severity: 'warning',
      },
    ]);
    expect(prod(ports(8000), { ports: { api: 22 } })).toMatchObject([{ path: 'slipway:ports.api' }]);
  });
});
