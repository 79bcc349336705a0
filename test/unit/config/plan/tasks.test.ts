import { describe, expect, test } from '@jest/globals';
import { renderPlan } from '../../../../config/plan/render.ts';
import { error, planOf, resolveLinkflow, resolveShop, service, system } from '../fixture.ts';

const shell = { description: 'Opens a shell.', service: 'api', command: ['sh'] };

describe('the tasks of a plan', () => {
  test('are those whose service runs, sorted, with every open question answered', () => {
    const shop = system(
      { api: service(), batch: service({ profiles: ['night'] }) },
      { tasks: { shell, night: { ...shell, service: 'batch' }, reset: { ...shell, destructive: true } } },
    );
    expect(planOf(resolveShop(shop)).tasks).toEqual([
      { name: 'reset', ...shell, destructive: true, interactive: false },
      { name: 'shell', ...shell, destructive: false, interactive: false },
    ]);
    const all = planOf(resolveShop(shop, { values: { profiles: ['night'] } }));
    expect(all.tasks.map(({ name }) => name)).toEqual(['night', 'reset', 'shell']);
  });

  test('have the parameters of the system filled in', () => {
    const shop = system(
      { api: service() },
      { parameters: { user: 'joe' }, tasks: { who: { ...shell, command: ['id', '${user}'] } } },
    );
    expect(planOf(resolveShop(shop)).tasks[0]?.command).toEqual(['id', 'joe']);
  });

  test('name a service that there is', () => {
    const shop = system({ api: service() }, { tasks: { shell: { ...shell, service: 'apo' } } });
    expect(resolveShop(shop).issues).toEqual([
      error('shop:tasks.shell.service', 'no service "apo"', 'did you mean "api"? known: api'),
    ]);
  });

  test('are followed by others that run, and by none that asks, is typed into or is followed itself', () => {
    const tasks = { seed: { ...shell, then: ['pages', 'night'] }, pages: shell, night: { ...shell, service: 'batch' } };
    const services = { api: service(), batch: service({ profiles: ['night'] }) };
    expect(planOf(resolveShop(system(services, { tasks }))).tasks.map(({ then }) => then)).toEqual([
      undefined,
      ['pages'],
    ]);
    const wrong = { ...tasks, night: { ...shell, then: ['seed'] }, pages: { ...shell, destructive: true } };
    const again = { ...shell, then: ['pags', 'night', 'pages'] };
    const problem = (name: string): string => `"${name}" destroys data, is typed into or is followed by tasks itself`;
    expect(resolveShop(system(services, { tasks: { ...wrong, seed: again } })).issues).toEqual([
      error('shop:tasks.seed.then', 'no task "pags"', 'did you mean "pages"? known: night, pages, seed'),
      error('shop:tasks.seed.then', problem('night'), 'tasks that only do what they do'),
      error('shop:tasks.seed.then', problem('pages'), 'tasks that only do what they do'),
      error('shop:tasks.night.then', problem('seed'), 'tasks that only do what they do'),
    ]);
  });

  test('are shown with where they run, what they do, and their command', () => {
    const tasks = { shell: { ...shell, interactive: true }, reset: { ...shell, destructive: true, command: ['a b'] } };
    const text = renderPlan(planOf(resolveShop(system({ api: service() }, { tasks }))));
    expect(text).toContain(
      [
        'tasks',
        '  reset: in api, destroys data. Opens a shell.',
        "  reset: 'a b'",
        '  shell: in api, interactive. Opens a shell.',
        '  shell: sh',
        '',
      ].join('\n'),
    );
  });
});

describe.each(['dev', 'test', 'prod'])('the tasks of LinkFlow in %s', (stack) => {
  const { tasks, services } = planOf(resolveLinkflow({ stack }));

  test('are those of its Makefile', () => {
    expect(tasks.map(({ name }) => name)).toEqual([
      'api-cache',
      'migrate',
      'migrate-fresh',
      'seed',
      'shell-api',
      'shell-db',
      'shell-redis',
    ]);
    expect(tasks.filter(({ destructive }) => destructive).map(({ name }) => name)).toEqual(['migrate-fresh']);
  });

  test('read passwords only from files that their service has', () => {
    for (const { service, command } of tasks) {
      const files = services.find(({ name }) => name === service)?.secrets.map(({ path }) => path);
      const read = [...command.join(' ').matchAll(/\/run\/secrets\/\w+/g)].map(([path]) => path);
      expect(files).toEqual(expect.arrayContaining(read));
    }
  });
});
