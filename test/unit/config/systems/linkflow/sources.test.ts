import { describe, expect, test } from '@jest/globals';
import type { Plan, PlannedService } from '../../../../../config/plan/types.ts';
import { withSecrets } from '../../../../../config/systems/secret-environment.ts';
import { planOf, resolveLinkflow } from '../../fixture.ts';

const sources = { api: '../lnkflow-ai/apps/api', engine: '../lnkflow-ai/apps/engine' };
const profiles = ['migrate', 'scheduler', 'edge', 'control'];
const STACKS = ['dev', 'test', 'prod'] as const;
const PHP = ['api', 'queue', 'scheduler'];
const GO = ['control-plane', 'edge', 'frontend', 'history', 'matching', 'migrate', 'timer', 'visibility', 'worker'];

function planned(stack: (typeof STACKS)[number]): Plan {
  return planOf(resolveLinkflow({ stack, values: { sources, profiles } }));
}

function serviceOf(plan: Plan, name: string): PlannedService {
  const found = plan.services.find((service) => service.name === name);
  if (!found) throw new Error(`no service ${name}`);
  return found;
}

describe.each(STACKS)('LinkFlow built from its own sources, in %s', (stack) => {
  const plan = planned(stack);

  test('runs one image of the api in three services, and one a service of the engine', () => {
    for (const name of PHP) expect(serviceOf(plan, name).imageName).toBe('api');
    for (const name of GO) expect(serviceOf(plan, name).imageName).toBe(`engine-${name}`);
    const images = plan.images.filter(({ source }) => source?.name === 'engine');
    const args = images.map(({ build }) => build?.args['SERVICE']);
    // There is no program to migrate with but the worker's.
    expect(args).toEqual(GO.map((name) => (name === 'migrate' ? 'worker' : name)));
    expect(plan.images.map(({ name }) => name)).not.toContain('workload');
  });

  test('hands secrets over in the environment of each process, and in no variable of its container', () => {
    for (const name of [...PHP, ...GO]) {
      const { entrypoint, environment, secrets } = serviceOf(plan, name);
      expect(entrypoint).toEqual(withSecrets());
      expect(secrets.length).toBeGreaterThan(0);
      for (const secret of secrets) expect(environment).not.toHaveProperty(secret.name);
    }
  });

  test('keeps the root file system read-only, and the health of every service checked by what its image has', () => {
    for (const name of [...PHP, ...GO]) {
      const { readOnly, capDrop, healthcheck, kind, user } = serviceOf(plan, name);
      expect({ readOnly, capDrop }).toEqual({ readOnly: true, capDrop: ['ALL'] });
      if (kind === 'service')
        expect(healthcheck?.test.join(' ')).toMatch(/ (?:curl|wget|php artisan|\S+find \/tmp\/ran) ?/);
      expect(user).toBe(GO.includes(name) ? '1000:1000' : stack === 'dev' ? '0:0' : '82:82');
    }
  });

  test('runs what its guides run', () => {
    expect(serviceOf(plan, 'queue').command.join(' ')).toBe(
      'php artisan queue:work redis --queue=workflows-high,workflows-default,workflows-low,default --sleep=3 --tries=3 ' +
        '--max-time=3600 --max-jobs=1000',
    );
    expect(serviceOf(plan, 'migrate').command).toEqual(['/app/service', '--migrate-only']);
    expect(serviceOf(plan, 'frontend').command).toEqual(['/app/service', '--port=9090']);
  });

  test('runs tasks with the tools of the application, which have its secrets', () => {
    const commands = Object.fromEntries(plan.tasks.map(({ name, command }) => [name, command]));
    expect(commands).toMatchObject({
      migrate: withSecrets(['php', 'artisan', 'migrate', '--force']),
      'migrate-fresh': withSecrets(['php', 'artisan', 'migrate:fresh', '--force']),
      seed: withSecrets(['php', 'artisan', 'db:seed', '--force']),
      'api-cache': withSecrets(['php', 'artisan', 'optimize:clear']),
    });
    expect(Object.keys(commands)).toEqual(planOf(resolveLinkflow({ stack })).tasks.map(({ name }) => name));
  });

  test('claims no smoke test of the reference workload', () => {
    expect(plan).not.toHaveProperty('smoke');
  });
});

test('in dev the code of the api is mounted and built for development', () => {
  const plan = planned('dev');
  for (const name of PHP) {
    expect(serviceOf(plan, name).binds).toEqual([{ source: sources.api, path: '/var/www/html', readOnly: false }]);
    // Nothing in memory hides a part of it.
    expect(serviceOf(plan, name).tmpfs.filter(({ path }) => path.startsWith('/var/www/html'))).toEqual([]);
    expect(serviceOf(plan, name).capAdd).toEqual(['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'KILL', 'SETGID', 'SETUID']);
  }
  for (const name of GO) expect(serviceOf(plan, name)).toMatchObject({ binds: [], capAdd: [] });
  expect(plan.images.find(({ name }) => name === 'api')).toMatchObject({
    source: { rebuildOn: ['.dockerignore', 'Dockerfile', 'Dockerfile.dockerignore', 'docker'] },
    build: { target: 'development' },
  });
});

test.each(['test', 'prod'] as const)('in %s the code is in the images, and all capabilities are dropped', (stack) => {
  const plan = planned(stack);
  for (const name of [...PHP, ...GO]) expect(serviceOf(plan, name)).toMatchObject({ binds: [], capAdd: [] });
  expect(plan.images.find(({ name }) => name === 'api')?.build).toMatchObject({ target: 'production' });
  expect(serviceOf(plan, 'api').tmpfs.map(({ path }) => path)).toEqual([
    '/run',
    '/run/nginx',
    '/tmp',
    '/var/lib/nginx/tmp',
    '/var/log/nginx',
    '/var/www/html/storage/app',
    '/var/www/html/storage/framework/cache',
    '/var/www/html/storage/logs',
  ]);
});
