import { describe, expect, test } from '@jest/globals';
import { resolvePlan } from '../../../../config/resolve.ts';
import { planOf, resolveShop, service, system } from '../fixture.ts';

const key = { description: 'Of a third party.', format: { kind: 'password' as const }, provided: true };
const url = { description: 'With the key.', format: { kind: 'template' as const, template: 'x://:${KEY|url}@x' } };
const shop = system(
  { api: service(), mail: service({ profiles: ['mail'], secrets: { URL: 'URL' } }) },
  { secrets: { KEY: key, URL: url } },
);
const sources = (...provided: string[]) =>
  planOf(resolveShop(shop, { providedSecrets: provided })).secrets.map(({ name, source }) => [name, source]);

describe("a third party's secret", () => {
  test('is missing, and what is built from it too, as long as nobody who runs gets it', () => {
    expect(sources()).toEqual([
      ['KEY', 'missing'],
      ['URL', 'missing'],
    ]);
  });

  test('is provided once it is set', () => {
    expect(sources('KEY')).toEqual([
      ['KEY', 'provided'],
      ['URL', 'derived'],
    ]);
  });

  test('is not missed by what is set as a whole', () => {
    expect(sources('URL')).toEqual([
      ['KEY', 'missing'],
      ['URL', 'provided'],
    ]);
  });

  test('keeps the stack from being planned once a service that runs gets it', () => {
    const values = { profiles: ['mail'] };
    expect(resolveShop(shop, { values }).issues).toMatchObject([{ path: 'secrets:KEY', severity: 'error' }]);
    expect(resolveShop(shop, { values, providedSecrets: ['URL'] }).issues).toEqual([]);
  });
});

test('the role that a password belongs to is in the plan, its parameters filled in', () => {
  const rotation = { postgresRole: { service: 'db', role: '${user}' } };
  const described = system(
    { db: service({ singleton: true }) },
    { parameters: { user: 'shop' }, secrets: { PASS: { ...key, provided: false, rotation } } },
  );
  expect(planOf(resolveShop(described)).secrets).toMatchObject([
    { name: 'PASS', source: 'generated', postgresRole: { service: 'db', role: 'shop' } },
  ]);
});

describe('a secret that stands in clear', () => {
  const described = system({ api: service() }, { secrets: { KEY: { ...key, provided: false } } });
  const clear = { providedSecrets: ['KEY'], clearSecrets: ['KEY'] };
  const issue = { path: 'secrets:KEY', message: 'stands in clear in the configuration' };

  test('is no base for production', () => {
    const resolved = resolveShop(described, { ...clear, stack: 'live', values: { environment: 'prod' } });
    expect(resolved.issues.filter(({ severity }) => severity === 'error')).toEqual([
      { ...issue, accepted: '`slipway secrets set KEY --stack live`', severity: 'error' },
    ]);
  });

  test('is worth knowing elsewhere', () => {
    const { plan, issues } = resolveShop(described, clear);
    expect(issues).toEqual([{ ...issue, accepted: '`slipway secrets set KEY`', severity: 'warning' }]);
    expect(plan).toBeDefined();
  });
});

test('a command that sets secrets is in the way of none that is still to be set', () => {
  const pair = (kind: 'certificate' | 'private-key') => ({
    description: 'One half.',
    format: { kind, certificate: 'web' },
  });
  const described = system(
    { mail: service({ secrets: { KEY: 'KEY' } }) },
    {
      secrets: { KEY: key, WEB_CERT: pair('certificate'), WEB_KEY: pair('private-key') },
      certificates: { web: { description: 'Of the web.', names: ['web'] } },
    },
  );
  const raw = { stack: 'dev', values: { system: 'shop', environment: 'dev' }, providedSecrets: ['WEB_CERT'] };
  const paths = ({ issues }: ReturnType<typeof resolvePlan>) => issues.map(({ path }) => path);
  expect(paths(resolvePlan(raw, { shop: described }))).toEqual(['secrets:KEY', 'secrets:WEB_KEY']);
  expect(paths(resolvePlan({ ...raw, acceptsMissingSecrets: true }, { shop: described }))).toEqual([]);
});
