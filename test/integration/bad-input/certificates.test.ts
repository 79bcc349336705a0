import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { selfSigned } from '../../../providers/embedded/tls/issue.ts';
import { exits } from '../support/answer.ts';
import { freePorts } from '../support/free-ports.ts';
import { TestStack } from '../support/test-stack.ts';

/*
 * Certificates of a team's own that can't serve: `up` names all that is wrong with them, shows nothing of them, and has
 * touched nothing.
 */

let stack: TestStack;

beforeEach(() => {
  stack = new TestStack('certs');
});

afterEach(async () => {
  await stack.dispose();
});

const newKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;

async function certificateFor(key: string, name: string, days: number): Promise<string> {
  const { outputs } = await selfSigned({
    privateKeyPem: key,
    subject: { commonName: name, organization: '' },
    dnsNames: [name],
    allowedUses: ['digital_signature', 'server_auth'],
    validityPeriodHours: days * 24,
    ...{ earlyRenewalHours: 0, isCaCertificate: false, setSubjectKeyId: false, setAuthorityKeyId: false },
  });
  return outputs['certPem'] as string;
}

async function set(name: string, value: string): Promise<void> {
  exits(await stack.secrets(['set', name], value), 0);
}

test('up refuses a certificate for other names, one that has expired and the key of another, all at once', async () => {
  const [http, https] = await freePorts(2);
  const ports = { listener: { http, https } };
  stack.configure({ system: 'linkflow', environment: 'prod', allowSmallHost: true, ports });
  const [proxy, foreign, database] = [newKey(), newKey(), newKey()];
  await set('MAIL_PASSWORD', 'of the mail server');
  await set('NGINX_CERTIFICATE', await certificateFor(proxy, 'www.example.com', 90));
  await set('NGINX_KEY', foreign);
  await set('POSTGRES_CERTIFICATE', await certificateFor(database, 'postgres', 0));
  await set('POSTGRES_KEY', database);

  const up = await stack.slipway('up');
  expect(up.exitCode).not.toBe(0);
  expect(up.all).toContain(
    'secrets:NGINX_CERTIFICATE: is not good for api.linkflow.io, engine.linkflow.io, but for www.example.com',
  );
  expect(up.all).toContain('secrets:NGINX_KEY: is not the key of NGINX_CERTIFICATE');
  expect(up.all).toMatch(/secrets:POSTGRES_CERTIFICATE: the certificate expired on \d{4}-\d\d-\d\d/);
  expect(up.all).not.toContain('BEGIN');
  expect([await stack.containers(), await stack.networks(), await stack.volumes()]).toEqual([[], [], []]);
}, 120_000);
