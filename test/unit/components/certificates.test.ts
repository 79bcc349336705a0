import { beforeAll, expect, test } from '@jest/globals';
import * as pulumi from '@pulumi/pulumi';
import { System } from '../../../components/system.ts';
import type { Plan, PlannedSecret } from '../../../config/plan/types.ts';
import { plannedService } from './planned-service.ts';

const secret = (name: string, source: PlannedSecret['source'], format: PlannedSecret['format']): PlannedSecret => ({
  ...{ name, source, format, description: 'A secret.', services: ['edge'] },
});

const PLAN: Plan = {
  system: 'shop',
  environment: 'prod',
  stack: 'prod',
  prefix: 'shop-prod',
  profiles: [],
  pool: '10.213.0.0/16',
  services: [plannedService({ name: 'edge' })],
  images: [],
  networks: [],
  volumes: [],
  tasks: [],
  secrets: [
    secret('CA', 'issued', { kind: 'ca-certificate' }),
    secret('EDGE_CERT', 'issued', { kind: 'certificate', certificate: 'edge' }),
    secret('EDGE_KEY', 'issued', { kind: 'private-key', certificate: 'edge' }),
    secret('OWN_CERT', 'provided', { kind: 'certificate', certificate: 'own' }),
    secret('BUNDLE', 'derived', { kind: 'template', template: '${EDGE_KEY}${EDGE_CERT}' }),
  ],
  certificates: {
    authority: { commonName: 'shop-prod CA', validityDays: 3650 },
    issued: [
      {
        name: 'edge',
        description: 'Of the edge.',
        commonName: 'shop.example',
        names: ['edge', 'shop.example'],
        usage: 'server',
        validityDays: 365,
        renewalDays: 121,
      },
    ],
    provided: [{ name: 'own', names: ['own.example'] }],
  },
};

const made = new Map<string, Record<string, unknown>>();
const delivered: Record<string, string> = {};

const OUTPUTS: Readonly<Record<string, (name: string) => object>> = {
  'random:index/randomId:RandomId': () => ({ hex: 'cafe0123' }),
  'tls:index/privateKey:PrivateKey': (name) => ({
    privateKeyPem: `<sec1 ${name}>`,
    privateKeyPemPkcs8: `<pkcs8 ${name}>`,
  }),
  'tls:index/selfSignedCert:SelfSignedCert': (name) => ({ certPem: `<cert ${name}>` }),
  'tls:index/certRequest:CertRequest': (name) => ({ certRequestPem: `<request ${name}>` }),
  'tls:index/locallySignedCert:LocallySignedCert': (name) => ({ certPem: `<cert ${name}>` }),
};

beforeAll(async () => {
  await pulumi.runtime.setMocks(
    {
      call: () => ({}),
      newResource: ({ type, name, inputs }) => {
        made.set(`${type.split(':').at(-1) ?? ''} ${name}`, inputs as Record<string, unknown>);
        return { id: `${name}-id`, state: { ...(inputs as object), ...OUTPUTS[type]?.(name) } };
      },
    },
    'slipway',
    'prod',
  );
  const system = new System('shop', {
    plan: PLAN,
    running: new Set(),
    provided: (name) => pulumi.output(`set ${name}`),
    engine: () => ({
      service: (_planned, { secrets }) => {
        for (const [name, value] of secrets) value.apply((text) => (delivered[name] = text));
        return { ready: [] };
      },
      chosenPort: () => pulumi.output(0),
      release: () => undefined,
    }),
    note: { by: 'tester@here' },
    version: '1.2.3',
  });
  system.urls.apply(() => undefined);
  await pulumi.runtime.disconnect();
});

test('a system makes its authority and what that signs, and no more', () => {
  expect([...made.keys()].filter((key) => !key.startsWith('System') && !key.startsWith('RandomId')).sort()).toEqual([
    'CertRequest edge',
    'LocallySignedCert edge',
    'PrivateKey CA',
    'PrivateKey edge',
    'SelfSignedCert CA',
  ]);
});

test('a certificate is asked for with its own key, and signed with that of the authority', () => {
  expect(made.get('SelfSignedCert CA')).toMatchObject({
    subject: { commonName: 'shop-prod CA' },
    isCaCertificate: true,
    validityPeriodHours: 87_600,
  });
  expect(made.get('CertRequest edge')).toMatchObject({
    subject: { commonName: 'shop.example' },
    dnsNames: ['edge', 'shop.example'],
  });
  expect(made.get('LocallySignedCert edge')).toMatchObject({
    certRequestPem: '<request edge>',
    caCertPem: '<cert CA>',
    validityPeriodHours: 8760,
    earlyRenewalHours: 2904,
    allowedUses: ['digital_signature', 'server_auth'],
  });
  expect(JSON.stringify(made.get('CertRequest edge'))).toContain('<sec1 edge>');
  expect(JSON.stringify(made.get('LocallySignedCert edge'))).toContain('<sec1 CA>');
});

test('services get what was issued under the names of secrets, what somebody has set instead, and what is built of either', () => {
  expect(delivered).toEqual({
    CA: '<cert CA>',
    EDGE_CERT: '<cert edge><cert CA>',
    EDGE_KEY: '<pkcs8 edge>',
    OWN_CERT: 'set OWN_CERT',
    BUNDLE: '<pkcs8 edge><cert edge><cert CA>',
  });
});
