import { expect, test } from '@jest/globals';
import { renderPlan } from '../../../../config/plan/render.ts';
import { error, planOf, resolveShop, service, system } from '../fixture.ts';

const key = { description: 'A key.', format: { kind: 'password' as const } };

test('what keeps a rollback from going back stands in the plan, and in its text', () => {
  const services = { app: service(), migrate: service({ kind: 'job', irreversible: true }) };
  const plan = planOf(resolveShop(system(services, { secrets: { KEY: { ...key, revokes: true }, PLAIN: key } })));
  expect(plan.services.map(({ name, irreversible }) => [name, irreversible])).toEqual([
    ['app', undefined],
    ['migrate', true],
  ]);
  expect(plan.secrets.map(({ name, revokes }) => [name, revokes])).toEqual([
    ['KEY', true],
    ['PLAIN', undefined],
  ]);
  const text = renderPlan(plan);
  expect(text.match(/no rollback goes behind a release in which it ran/g)).toHaveLength(1);
  expect(text.match(/a new one revokes the one before/g)).toHaveLength(1);
});

test('it is refused where it would mean nothing', () => {
  const url = {
    description: 'An address.',
    format: { kind: 'template' as const, template: 'x://${KEY}' },
    revokes: true,
  };
  const { issues } = resolveShop(system({ app: service({ irreversible: true }) }, { secrets: { KEY: key, URL: url } }));
  expect(issues).toEqual(
    expect.arrayContaining([
      error('shop:services.app.irreversible', 'it is no job', 'a service of kind job'),
      error(
        'shop:secrets.URL.revokes',
        'a secret that is built from others changes with them',
        'revokes of what it is built from',
      ),
    ]),
  );
});
