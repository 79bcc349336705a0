import { describe, expect, test } from '@jest/globals';
import type { SystemDescription } from '../../../../config/schema/system.ts';
import { planOf, resolveShop, service, system, type Stack } from '../fixture.ts';

const SECRETS: NonNullable<SystemDescription['secrets']> = {
  EDGE_CERT: { description: 'Shown to browsers.', format: { kind: 'certificate', certificate: 'edge' } },
  EDGE_KEY: { description: 'Proves it.', format: { kind: 'private-key', certificate: 'edge' } },
  CA: { description: 'Verifies what the stack signs.', format: { kind: 'ca-certificate' } },
};

const CERTIFICATES: NonNullable<SystemDescription['certificates']> = {
  edge: { description: 'Shown by the edge to browsers.', names: ['${host}', 'edge', 'localhost', 'edge'] },
};

function shop(changes: Partial<SystemDescription> = {}): SystemDescription {
  return system(
    {
      edge: service({ secrets: { EDGE_CERT: 'EDGE_CERT', EDGE_KEY: 'EDGE_KEY' } }),
      api: service({ secrets: { CA: 'CA' } }),
    },
    { parameters: { host: 'shop.example' }, secrets: SECRETS, certificates: CERTIFICATES, ...changes },
  );
}

const plan = (description: SystemDescription, stack?: Stack) => planOf(resolveShop(description, stack));

describe('the certificates of a plan', () => {
  test('are what the stack’s own authority signs, with the parameters of their names filled in', () => {
    expect(plan(shop()).certificates).toEqual({
      authority: { commonName: 'shop-dev CA', validityDays: 3650 },
      issued: [
        {
          name: 'edge',
          description: 'Shown by the edge to browsers.',
          commonName: 'shop.example',
          names: ['edge', 'localhost', 'shop.example'],
          usage: 'server',
          validityDays: 365,
          renewalDays: 121,
        },
      ],
      provided: [],
    });
  });

  test('have secrets that are issued', () => {
    expect(plan(shop()).secrets.map(({ name, source }) => [name, source])).toEqual([
      ['CA', 'issued'],
      ['EDGE_CERT', 'issued'],
      ['EDGE_KEY', 'issued'],
    ]);
  });

  test('are not there where the system declares none', () => {
    expect(plan(system({ api: service() }))).not.toHaveProperty('certificates');
  });

  test('leave out what somebody has set; the authority stays, since it can’t go once it is made', () => {
    const { certificates, secrets } = plan(shop(), { providedSecrets: ['EDGE_CERT', 'EDGE_KEY'] });
    expect(certificates).toEqual({
      authority: { commonName: 'shop-dev CA', validityDays: 3650 },
      issued: [],
      provided: [{ name: 'edge', names: ['edge', 'localhost', 'shop.example'] }],
    });
    expect(secrets.map(({ source }) => source)).toEqual(['issued', 'provided', 'provided']);
  });

  test('have a common name of 64 characters at most', () => {
    const long = `${'a'.repeat(60)}.example`;
    const names = (all: string[]) =>
      plan(shop({ certificates: { edge: { description: 'Long.', names: all } } })).certificates?.issued[0]?.commonName;
    expect(names([long, 'edge'])).toBe('edge');
    expect(names([long])).toBe('edge');
    expect(names(['shop.example', 'edge'])).toBe('shop.example');
  });
});
