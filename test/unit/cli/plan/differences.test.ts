import { describe, expect, test } from '@jest/globals';
import { differences, differencesText, type Layers } from '../../../../cli/plan/differences.ts';
import { unpainted } from '../../../../cli/context.ts';
import { comparePlans } from '../../../../config/plan/compare.ts';
import type { Plan } from '../../../../config/plan/types.ts';

/** As much of a plan as is compared. */
function plan(stack: string, api: object, more: object = {}): Plan {
  const environment = stack === 'prod' ? 'prod' : 'dev';
  return {
    system: 'shop',
    environment,
    stack,
    prefix: `shop-${stack}`,
    services: [{ name: 'api', ...api }],
    ...more,
  } as unknown as Plan;
}

const BASE = { replicas: 1, command: ['serve'], limits: {}, files: [{ path: '/a.conf', content: 'a\nb\n' }] };

function layers(stack: string, environment: object, file: object): Layers {
  return {
    base: plan(stack, BASE),
    environment: plan(stack, { ...BASE, ...environment }),
    plan: plan(stack, { ...BASE, ...environment, ...file }),
  };
}

describe('two plans', () => {
  test('that differ by their stacks’ names alone are the same', () => {
    expect(comparePlans(plan('dev', BASE), plan('prod', BASE))).toEqual([]);
  });

  test('are compared by names, wherever things have them, and lists of values as a whole', () => {
    const other = {
      ...BASE,
      command: ['serve', '--all'],
      files: [
        { path: '/b.conf', content: '' },
        { path: '/a.conf', content: 'a\nc\n' },
      ],
    };
    expect(comparePlans(plan('dev', BASE), plan('dev', other))).toEqual([
      { path: 'services.api.command', before: ['serve'], after: ['serve', '--all'] },
      { path: 'services.api.files./b.conf.path', before: undefined, after: '/b.conf' },
      { path: 'services.api.files./b.conf.content', before: undefined, after: '' },
      { path: 'services.api.files./a.conf.content', before: 'a\nb\n', after: 'a\nc\n' },
    ]);
  });
});

describe('a difference', () => {
  const dev = layers('dev', { debug: true }, { verbose: true });
  const prod = layers('prod', { replicas: 2, limits: { memory: 2 ** 30 } }, { replicas: 3 });
  const found = differences(dev, prod);

  test('is told with who says so: the stack’s own file, its environment, or those of the other', () => {
    expect(found).toEqual([
      { path: 'services.api.replicas', before: 1, after: 3, by: 'Pulumi.prod.yaml' },
      { path: 'services.api.limits.memory', before: undefined, after: 2 ** 30, by: 'environment prod' },
      { path: 'services.api.debug', before: true, after: undefined, by: 'environment dev' },
      { path: 'services.api.verbose', before: true, after: undefined, by: 'Pulumi.dev.yaml' },
    ]);
  });

  test('is shown under what it belongs to, in units that people read', () => {
    expect(differencesText(dev.plan, prod.plan, found, unpainted).split('\n').slice(0, 5)).toEqual([
      'dev → prod, where they differ',
      '',
      'services api',
      '  replicas       1 → 3     Pulumi.prod.yaml',
      '  limits.memory  - → 1g    environment prod',
    ]);
  });

  test('of a list is what went and what came; of a text, how long it is', () => {
    const [command, text] = differences(
      dev,
      layers(
        'dev',
        { debug: true, command: ['serve', '-q'] },
        {
          verbose: true,
          files: [{ path: '/a.conf', content: 'a\n' }],
        },
      ),
    );
    const shown = differencesText(
      dev.plan,
      dev.plan,
      [command, text].flatMap((one) => one ?? []),
      unpainted,
    );
    expect(shown).toMatch(/command +\+-q/);
    expect(shown).toContain('2 lines → 1 lines');
  });

  test('that is not there is said', () => {
    expect(differencesText(dev.plan, prod.plan, [], unpainted)).toBe('prod is planned as dev is');
  });
});
