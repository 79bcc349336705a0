import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, type ConnectionOptions } from 'node:tls';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { execa } from 'execa';
import { issuedIn } from '../../../cli/export/secrets.ts';
import { secretValues } from '../../../cli/export/values.ts';
import { parseExport } from '../../../cli/pulumi/state.ts';
import type { PlannedCertificate, PlannedCertificates, PlannedSecret } from '../../../config/plan/types.ts';
import { projectFolder } from '../../../tools/setup/layout.mjs';
import { exits } from '../support/answer.ts';
import { ScratchProject } from './scratch-project.ts';

jest.setTimeout(120_000);

/** The components of certificates and secrets alone, on a plan that the test writes. */
const PROGRAM = `
import { readFileSync } from 'node:fs';
import * as pulumi from '@pulumi/pulumi';
import { issueCertificates } from '${projectFolder}/components/certificates.ts';
import { secretValues } from '${projectFolder}/components/secrets.ts';

const shown = {};
const { secrets, certificates } = JSON.parse(readFileSync('plan.json', 'utf8'));
const system = new pulumi.ComponentResource('slipway:components:System', 'shop');
const issued = certificates && issueCertificates(certificates, system);
const values = secretValues(secrets, { issued, provided: () => { throw new Error('nothing is set') } }, system);
for (const [name, value] of values) shown[name] = value;
export default shown;
`;

const DB: PlannedCertificate = {
  name: 'db',
  description: 'Of the database.',
  commonName: 'db',
  names: ['db', 'localhost'],
  usage: 'server',
  validityDays: 90,
  renewalDays: 30,
};
const API: PlannedCertificate = { ...DB, name: 'api', commonName: 'api', names: ['api'], usage: 'client' };

function planOf(...issued: PlannedCertificate[]): { certificates: PlannedCertificates; secrets: PlannedSecret[] } {
  const authority = { commonName: 'shop-dev CA', validityDays: 3650 };
  return { certificates: { authority, issued, provided: [] }, secrets: SECRETS };
}

const secret = (name: string, format: PlannedSecret['format']): PlannedSecret => ({
  ...{ name, format, description: 'A secret.', source: 'issued', services: [] },
});
const SECRETS = [
  secret('CA', { kind: 'ca-certificate' }),
  secret('DB_CERT', { kind: 'certificate', certificate: 'db' }),
  secret('DB_KEY', { kind: 'private-key', certificate: 'db' }),
  secret('API_CERT', { kind: 'certificate', certificate: 'api' }),
  secret('API_KEY', { kind: 'private-key', certificate: 'api' }),
];

type Pems = Record<'CA' | 'DB_CERT' | 'DB_KEY' | 'API_CERT' | 'API_KEY', string>;

const folder = mkdtempSync(join(tmpdir(), 'slipway-certificates-'));
let project: ScratchProject;
let pems: Pems;

async function up(plan: object): Promise<Pems> {
  project.give('plan.json', plan);
  exits(await project.up(), 0);
  return (await project.outputs()) as Pems;
}

beforeAll(async () => {
  project = await ScratchProject.create({
    program: PROGRAM,
    env: { SLIPWAY_EMBEDDED: '1' },
  });
  pems = await up(planOf(DB, API));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  project.dispose();
});

/** What a client makes of a server with the database's certificate: the names of either side, or the error. */
async function shake(client: ConnectionOptions, { DB_CERT, DB_KEY, CA }: Pems): Promise<string> {
  const server = createServer({ cert: DB_CERT, key: DB_KEY, ca: CA, requestCert: true, rejectUnauthorized: true });
  let asked = 'nobody';
  server.on('secureConnection', (socket) => {
    asked = socket.getPeerX509Certificate()?.subject ?? 'nobody';
    socket.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, ...client });
  try {
    await once(socket, 'secureConnect');
    const shown = socket.getPeerX509Certificate()?.subject ?? 'nobody';
    socket.resume();
    await once(socket, 'end');
    return `${asked} asked ${shown}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  } finally {
    socket.destroy();
    server.close();
  }
}

const asApi = ({ CA, API_CERT, API_KEY }: Pems): ConnectionOptions => ({ ca: CA, cert: API_CERT, key: API_KEY });

test('both sides of a connection verify each other by the authority alone', async () => {
  expect(await shake({ ...asApi(pems), servername: 'db' }, pems)).toBe('CN=api asked CN=db');
  expect(await shake({ ...asApi(pems), servername: 'localhost' }, pems)).toBe('CN=api asked CN=db');
});

test.each<[string, (all: Pems) => ConnectionOptions, string]>([
  ['a name that it is not good for', (all) => ({ ...asApi(all), servername: 'api' }), 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['somebody who trusts another authority', (all) => ({ ...asApi(all), ca: [] }), 'SELF_SIGNED_CERT_IN_CHAIN'],
])('a certificate is refused for %s', async (_case, client, code) => {
  expect(await shake({ servername: 'db', ...client(pems) }, pems)).toBe(code);
});

test('a certificate comes with its chain, and its key is in PKCS#8', () => {
  const chain = pems.DB_CERT.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/g) ?? [];
  expect(chain.join('')).toBe(pems.DB_CERT);
  const [leaf, authority] = chain.map((pem) => new X509Certificate(pem));
  expect(chain[1]).toBe(pems.CA);
  expect(authority?.subject).toBe('CN=shop-dev CA');
  expect(leaf?.verify(new X509Certificate(pems.CA).publicKey)).toBe(true);
  expect(leaf?.checkPrivateKey(createPrivateKey(pems.DB_KEY))).toBe(true);
  expect(pems.DB_KEY).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
});

test('OpenSSL agrees, as strict as it can be', async () => {
  const { failed: isMissing } = await execa('openssl', ['version'], { reject: false });
  if (isMissing) return; // Not every machine has it; Node's own is asked above.
  const file = (name: string, pem: string): string => {
    writeFileSync(join(folder, name), pem);
    return join(folder, name);
  };
  const verify = async (host: string, purpose: string, pem: string) => {
    const args = ['-CAfile', file('ca.pem', pems.CA), '-x509_strict', '-purpose', purpose, '-verify_hostname', host];
    const { all, exitCode } = await execa('openssl', ['verify', ...args, file('leaf.pem', pem)], {
      reject: false,
      all: true,
    });
    return { exitCode, all };
  };
  expect(await verify('db', 'sslserver', pems.DB_CERT)).toMatchObject({ exitCode: 0 });
  expect(await verify('api', 'sslclient', pems.API_CERT)).toMatchObject({ exitCode: 0 });
  expect((await verify('api', 'sslserver', pems.DB_CERT)).all).toContain('hostname mismatch');
  expect((await verify('db', 'sslclient', pems.DB_CERT)).all).toMatch(/unsuit|unsupported/);
});

test('keys stand in no state in clear', () => {
  expect(project.state()).not.toContain('PRIVATE KEY');
  expect(project.state()).toContain('BEGIN CERTIFICATE REQUEST');
});

test('an export finds in the state what services get', async () => {
  const { all } = exits(await project.pulumi('stack', 'export', '--show-secrets', '--stack', 'dev'), 0);
  const issued = issuedIn(parseExport(all.slice(all.indexOf('{'))));
  const { values, missing } = secretValues(SECRETS, { generated: new Map(), provided: new Map(), issued });
  expect(Object.fromEntries(values)).toEqual(pems);
  expect(missing).toEqual([]);
});

test('a second up changes nothing', async () => {
  expect(await project.preview()).toEqual([]);
  expect(await up(planOf(DB, API))).toEqual(pems);
});

test('another name replaces the certificate that has it, and nothing else', async () => {
  const renamed = planOf({ ...DB, names: ['db', 'db.shop.example'] }, API);
  project.give('plan.json', renamed);
  expect(await project.preview()).toEqual([
    { op: 'replace', name: 'db' }, // The request.
    { op: 'replace', name: 'db' }, // What is signed for it.
  ]);
  const { DB_CERT: before, ...same } = pems;
  pems = await up(renamed);
  expect(pems).toMatchObject(same);
  expect(pems.DB_CERT).not.toBe(before);
  expect(await shake({ ...asApi(pems), servername: 'db.shop.example' }, pems)).toBe('CN=api asked CN=db');
  expect(await shake({ ...asApi(pems), servername: 'localhost' }, pems)).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
});

test('a certificate whose renewal is due is replaced, its key and the authority stay', async () => {
  const due = planOf({ ...DB, renewalDays: DB.validityDays }, API);
  const { DB_CERT: before, ...same } = await up(planOf(DB, API));
  project.give('plan.json', due);
  // Only when it is to be renewed was changed, yet that is now.
  expect(await project.preview()).toEqual([{ op: 'replace', name: 'db' }]);
  pems = await up(due);
  expect(pems).toMatchObject(same);
  expect(new X509Certificate(pems.DB_CERT).serialNumber).not.toBe(new X509Certificate(before).serialNumber);
});

test('what removes a certificate leaves the authority, which is protected', async () => {
  const rest = await project.pulumi('destroy', '--yes', '--skip-preview', '--exclude-protected', '--stack', 'dev');
  exits(rest, 0);
  const left = [...project.state().matchAll(/"urn":\s*"[^"]*\$(tls:[^"]+)"/g)].map(([, urn]) => urn);
  expect(left.sort()).toEqual(['tls:index/privateKey:PrivateKey::CA', 'tls:index/selfSignedCert:SelfSignedCert::CA']);
  const again = await up(planOf(DB, API));
  expect(again.CA).toBe(pems.CA);
  expect(again.DB_KEY).not.toBe(pems.DB_KEY);
});

test('a system without certificates starts no tls provider', async () => {
  const plain = await ScratchProject.create({ program: PROGRAM, env: { SLIPWAY_EMBEDDED: '1' } });
  try {
    const format = { kind: 'password' as const, length: 16 };
    plain.give('plan.json', { secrets: [{ ...secret('PASSWORD', format), source: 'generated' }] });
    exits(await plain.up(), 0);
    expect(plain.state()).toContain('pulumi:providers:random');
    expect(plain.state()).not.toContain('tls');
  } finally {
    plain.dispose();
  }
});
