import { describe, expect, test } from '@jest/globals';
import type { Issue } from '../../../../config/plan/types.ts';
import type { SystemDescription } from '../../../../config/schema/system.ts';
import { error, resolveShop, service, system, type Stack } from '../fixture.ts';

type Certificates = NonNullable<SystemDescription['certificates']>;

const secret = (kind: 'certificate' | 'private-key', certificate = 'edge') => ({
  description: 'A secret.',
  format: { kind, certificate },
});
const certificate = (changes: Partial<Certificates[string]> = {}): Certificates => ({
  edge: { description: 'Of the edge.', names: ['edge'], ...changes },
});

function issuesOf(changes: Partial<SystemDescription>, stack?: Stack): readonly Issue[] {
  const secrets = { CERT: secret('certificate'), KEY: secret('private-key') };
  const description = system({ edge: service() }, { secrets, certificates: certificate(), ...changes });
  return resolveShop(description, stack).issues;
}

describe('the rules of certificates', () => {
  test('find nothing wrong with a good one', () => {
    expect(issuesOf({})).toEqual([]);
  });

  test('say of a secret that its certificate does not exist', () => {
    const secrets = { CERT: secret('certificate'), KEY: secret('private-key', 'egde') };
    expect(issuesOf({ secrets })).toEqual([
      error('shop:secrets.KEY.format.certificate', 'no certificate "egde"', 'did you mean "edge"? known: edge'),
    ]);
  });

  test.each([
    'edge',
    'localhost',
    'api.shop.example',
    '*.shop.example',
    '*.localhost',
    'xn--bcher-kva.example',
    '9gag.example',
    'a-b',
    `${'a'.repeat(63)}.example`,
  ])('take %s for a DNS name', (name) => {
    expect(issuesOf({ certificates: certificate({ names: [name] }) })).toEqual([]);
  });

  test.each([
    '127.0.0.1',
    '::1',
    '',
    'Edge',
    'the edge',
    'edge_1',
    '-edge',
    'edge-.example',
    'edge..example',
    'edge.',
    '*',
    '*.example',
    'a.*.example',
    'https://shop.example',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(127)}ab`,
  ])('take %j for none', (name) => {
    expect(issuesOf({ certificates: certificate({ names: ['edge', name] }) })).toEqual([
      error(
        'shop:certificates.edge.names[1]',
        `"${name}" is no DNS name`,
        'a name such as postgres, localhost, api.example.com or *.example.com, in lower case',
      ),
    ]);
  });

  test('say that a certificate has no names, and what a life can be', () => {
    expect(issuesOf({ certificates: certificate({ names: [], validityDays: 0 }) })).toEqual([
      error('shop:certificates.edge.names', 'a list is not valid', 'a list of DNS names, one at least'),
      error('shop:certificates.edge.validityDays', '0 is not valid', 'a whole number of days, 1 to 825'),
    ]);
  });

  test('refuse a renewal that would come with every up', () => {
    expect(issuesOf({ certificates: certificate({ validityDays: 90, renewalDays: 90 }) })).toEqual([
      error('shop:certificates.edge.renewalDays', '90 days before the end of 90 days would be every `up`', '1 to 89'),
    ]);
  });

  test('warn of a certificate that nobody gets', () => {
    const secrets = { CA: { description: 'A secret.', format: { kind: 'ca-certificate' as const } } };
    expect(issuesOf({ secrets })).toEqual([
      {
        ...error(
          'shop:certificates.edge',
          'no secret is made of it, so nobody gets it',
          "a secret whose format is { kind: 'certificate', certificate: 'edge' }",
        ),
        severity: 'warning',
      },
    ]);
  });

  test('refuse a certificate of somebody’s own that clients would verify with our authority', () => {
    const authority = (of: string) => ({ description: 'A.', format: { kind: 'ca-certificate', of } as const });
    const secrets = { CERT: secret('certificate'), KEY: secret('private-key'), CA: authority('edge') };
    expect(issuesOf({ secrets }, { providedSecrets: ['CERT', 'KEY'] })).toEqual([
      error(
        'secrets:CA',
        'is not set, and CERT, KEY of the same certificate "edge" is: one that the stack makes can\'t fit',
        '`slipway secrets set CA`, or none of them set',
      ),
    ]);
    expect(issuesOf({ secrets }, { providedSecrets: ['CERT', 'KEY', 'CA'] })).toEqual([]);
    expect(issuesOf({ secrets: { ...secrets, CA: authority('egde') } })).toEqual([
      error('shop:secrets.CA.format.of', 'no certificate "egde"', 'did you mean "edge"? known: edge'),
    ]);
  });

  test('refuse a certificate of somebody’s own with a key of ours', () => {
    expect(issuesOf({}, { providedSecrets: ['CERT'] })).toEqual([
      error(
        'secrets:KEY',
        'is not set, and CERT of the same certificate "edge" is: one that the stack makes can\'t fit',
        '`slipway secrets set KEY`, or none of them set',
      ),
    ]);
    expect(issuesOf({}, { providedSecrets: ['CERT', 'KEY'] })).toEqual([]);
  });
});
