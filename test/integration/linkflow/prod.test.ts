import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { execa } from 'execa';
import type Docker from 'dockerode';
import { z } from 'zod';
import { LABELS } from '../../../engine/labels.ts';
import { selfSigned } from '../../../providers/embedded/tls/issue.ts';
import { exits } from '../support/answer.ts';
import { eventually } from '../support/eventually.ts';
import { freePorts } from '../support/free-ports.ts';
import { TestStack } from '../support/test-stack.ts';

/*
 * LinkFlow as it runs in production, on ports of the test's own: what the world sees of it, what the network sees, what
 * whoever may inspect the host sees. The tests go through one stack, in order.
 */

jest.setTimeout(120_000);

const API = 'api.example.com';
const ENGINE = 'engine.example.com';

const stack = new TestStack('prod');
const folder = mkdtempSync(join(tmpdir(), 'slipway-prod-'));
let http = 0;
let https = 0;
/** The stack's own authority, as PEM. */
let authority = '';

beforeAll(async () => {
  [http = 0, https = 0] = await freePorts(2);
  stack.configure({
    system: 'linkflow',
    environment: 'prod',
    allowSmallHost: true,
    parameters: { apiHost: API, engineHost: ENGINE },
    ports: { nginx: { http: `127.0.0.1:${http}`, https: `127.0.0.1:${https}` } },
  });
});

afterAll(async () => {
  await stack.slipway('down', '--volumes', '--yes');
  await stack.dispose();
  rmSync(folder, { recursive: true, force: true });
}, 120_000);

async function inspected(): Promise<[service: string, Docker.ContainerInspectInfo][]> {
  const found = (await stack.containers()).filter(({ State }) => State === 'running');
  return Promise.all(
    found.map(async ({ Id, Labels }): Promise<[string, Docker.ContainerInspectInfo]> => [
      Labels[LABELS.service] ?? '',
      await stack.docker.getContainer(Id).inspect(),
    ]),
  );
}

/** The files of secrets in a container, by name. */
async function secretsIn(container: string): Promise<[name: string, value: string][]> {
  const list = await execa('docker', ['exec', container, 'ls', '/run/secrets'], { env: stack.env });
  const names = list.stdout.split('\n').filter((name) => name !== '');
  return Promise.all(
    names.map(async (name): Promise<[string, string]> => [
      name,
      (await execa('docker', ['exec', container, 'cat', `/run/secrets/${name}`], { env: stack.env })).stdout,
    ]),
  );
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Asks the proxy as a client that trusts the stack's authority and nobody else. */
async function ask(host: string, path: string, body?: unknown): Promise<Answer> {
  const asked = request({
    ...{ host: '127.0.0.1', port: https, servername: host, ca: authority, path, agent: false },
    method: body === undefined ? 'GET' : 'POST',
    headers: { host, 'content-type': 'application/json' },
  });
  asked.end(body === undefined ? undefined : JSON.stringify(body));
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: await text(answer) };
}

/** The protocol that a handshake comes to. @throws what the server has against it */
async function handshake(options: ConnectionOptions): Promise<string | null> {
  const socket: TLSSocket = connectTls({ host: '127.0.0.1', port: https, ca: authority, ...options });
  try {
    await once(socket, 'secureConnect');
    return socket.getProtocol();
  } finally {
    socket.destroy();
  }
}

describe('production', () => {
  test('comes up with the replicas that the guide asks for, and a second look finds nothing to do', async () => {
    const { all } = exits(await stack.slipway('up', '--yes'), 0);
    expect(all).toMatch(/worker +completed/); // Proven by work, through the proxy.
    const counted = Map.groupBy(await inspected(), ([service]) => service);
    const replicas = Object.fromEntries([...counted].map(([service, all]) => [service, all.length]));
    expect(replicas).toMatchObject({ api: 2, queue: 2, worker: 3, frontend: 2, scheduler: 1, timer: 1, nginx: 1 });
    exits(await stack.slipway('preview', '--expect-no-changes'), 0);
    const nginx = (await inspected()).find(([service]) => service === 'nginx')?.[1].Id ?? '';
    const chain = new Map(await secretsIn(nginx)).get('TLS_CERTIFICATE') ?? '';
    authority = /-----BEGIN(?:(?!-----BEGIN)[\s\S])*$/.exec(chain)?.[0] ?? '';
    expect(authority).toContain('-----END CERTIFICATE-----');
  }, 300_000);

  test('does real work through the proxy', async () => {
    const begun = await ask(API, '/api/v1/executions', { input: { message: 'over TLS' } });
    expect(begun.status).toBe(202);
    const { id } = z.object({ id: z.string() }).parse(JSON.parse(begun.body));
    await eventually(async () => {
      const { body } = await ask(API, `/api/v1/executions/${id}`);
      expect(z.looseObject({ state: z.string() }).parse(JSON.parse(body)).state).toBe('completed');
    });
  });
});

describe('the world', () => {
  test('is sent on to HTTPS, but for the health of the proxy', async () => {
    const redirect = { redirect: 'manual', headers: { host: API } } as const;
    const sent = await fetch(`http://127.0.0.1:${http}/api/v1/health?a=b`, redirect);
    expect([sent.status, sent.headers.get('location')]).toEqual([301, `https://127.0.0.1/api/v1/health?a=b`]);
    expect(await (await fetch(`http://127.0.0.1:${http}/health`, redirect)).text()).toBe('ok\n');
  });

  test('speaks TLS 1.2 or 1.3, under one of both names', async () => {
    const older = { ciphers: 'DEFAULT@SECLEVEL=0', servername: API } as const;
    for (const version of ['TLSv1', 'TLSv1.1'] as const) {
      await expect(handshake({ ...older, minVersion: version, maxVersion: version })).rejects.toThrow(
        /protocol version/,
      );
    }
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      for (const servername of [API, ENGINE]) {
        expect(await handshake({ servername, minVersion: version, maxVersion: version })).toBe(version);
      }
    }
    await expect(handshake({ servername: 'other.example.com' })).rejects.toThrow(/unrecognized name/);
  });

  test('gets security headers, and nothing of what is nobody’s', async () => {
    const { headers } = await ask(API, '/health');
    expect(headers).toMatchObject({
      'strict-transport-security': expect.stringContaining('max-age=63072000') as unknown,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
    });
    expect((await ask(ENGINE, '/health')).headers['x-frame-options']).toBe('DENY');
    expect((await ask(API, '/admin')).status).toBe(404);
  });

  test('is slowed down where it tries passwords', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask(API, '/api/v1/auth/login', {})));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(20);
    expect(answers.length - refused.length).toBeGreaterThanOrEqual(10);
  });

  test('finds nothing else published', async () => {
    const published = (await inspected()).flatMap(([service, { HostConfig }]) =>
      Object.keys((HostConfig.PortBindings ?? {}) as object).map((port) => `${service} ${port}`),
    );
    expect(published.sort()).toEqual(['nginx 443/tcp', 'nginx 80/tcp']);
  });
});

describe('the network', () => {
  test('is refused by the database without TLS, whatever it knows', async () => {
    const database = (await inspected()).find(([service]) => service === 'postgres')?.[1];
    const [network] = Object.values(database?.NetworkSettings.Networks ?? {});
    const socket = connectTcp(5432, network?.IPAddress ?? '');
    const parameters = Buffer.from('user\0linkflow\0database\0linkflow\0\0');
    const head = Buffer.alloc(8);
    head.writeInt32BE(head.length + parameters.length, 0);
    head.writeInt32BE(3 << 16, 4); // Protocol 3.0.
    socket.write(Buffer.concat([head, parameters]));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(answer.toString('latin1')).toMatch(/^E[\s\S]*28000[\s\S]*no encryption/);
  });
});

describe('a certificate of the team’s own', () => {
  test('is shown from the next up on, with every container as it was and no connection cut', async () => {
    const key = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
    const pem = key.export({ type: 'pkcs8', format: 'pem' }) as string;
    const { outputs } = await selfSigned({
      ...{ privateKeyPem: pem, subject: { commonName: API, organization: '' }, dnsNames: [API, ENGINE] },
      ...{ allowedUses: ['digital_signature', 'server_auth'], validityPeriodHours: 24 * 90, earlyRenewalHours: 0 },
      ...{ isCaCertificate: false, setSubjectKeyId: false, setAuthorityKeyId: false },
    });
    exits(await stack.secrets(['set', 'NGINX_CERTIFICATE'], outputs['certPem'] as string), 0);
    exits(await stack.secrets(['set', 'NGINX_KEY'], pem), 0);
    const ids = async () => (await inspected()).map(([service, { Id }]) => `${service} ${Id}`).sort();
    const before = await ids();
    const open = connectTls({ host: '127.0.0.1', port: https, ca: authority, servername: API });
    await once(open, 'secureConnect');
    exits(await stack.slipway('up', '--yes', '--skip-smoke'), 0);
    expect(await ids()).toEqual(before);
    open.write(`GET /health HTTP/1.1\r\nHost: ${API}\r\nConnection: close\r\n\r\n`);
    expect(await text(open)).toContain('HTTP/1.1 200');
    await eventually(async () => {
      const socket = connectTls({ host: '127.0.0.1', port: https, servername: API, rejectUnauthorized: false });
      await once(socket, 'secureConnect');
      const { fingerprint256 } = socket.getPeerCertificate();
      socket.destroy();
      expect(fingerprint256).toBe(new X509Certificate(outputs['certPem'] as string).fingerprint256);
    });
    exits(await stack.slipway('preview', '--expect-no-changes'), 0);
  }, 180_000);
});

describe('whoever may look at the host', () => {
  test('finds every container locked down', async () => {
    const all = await inspected();
    expect(all.length).toBeGreaterThanOrEqual(16);
    for (const [service, { HostConfig, Config, Mounts }] of all) {
      const { ReadonlyRootfs, CapDrop, CapAdd, SecurityOpt, PidsLimit, Memory, MemorySwap, Privileged, LogConfig } =
        HostConfig as Readonly<Record<string, unknown>>;
      expect({ service, ReadonlyRootfs, CapDrop, CapAdd: CapAdd ?? [], SecurityOpt, Privileged }).toEqual({
        ...{ service, ReadonlyRootfs: true, CapDrop: ['ALL'], CapAdd: [] },
        ...{ SecurityOpt: ['no-new-privileges:true'], Privileged: false },
      });
      expect([service, PidsLimit]).toEqual([service, service === 'postgres' ? 1024 : 512]);
      expect([service, MemorySwap]).toEqual([service, Memory]);
      expect(Memory).toBeGreaterThan(0);
      expect([service, Config.User]).not.toEqual([service, expect.stringMatching(/^(?:0|root|)(?::|$)/)]);
      expect(Mounts.filter(({ Source }) => Source.includes('docker.sock'))).toEqual([]);
      expect([service, LogConfig]).toEqual([
        service,
        { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
      ]);
    }
  });

  test('finds no secret: not in inspect, logs, images, processes, state, plan, preview or compose.yaml', async () => {
    const all = await inspected();
    const values = new Map<string, string>();
    for (const [service, { Id }] of all) {
      for (const [name, value] of await secretsIn(Id)) {
        // What a certificate says, everybody is shown; of a key, its middle is enough.
        if (name === 'TLS_CERTIFICATE') continue;
        values.set(`${service} ${name}`, value.includes('\n') ? (value.split('\n')[1] ?? '') : value);
      }
    }
    expect(values.size).toBeGreaterThanOrEqual(30);
    exits(await stack.slipway('export', 'compose', '--output', join(folder, 'out')), 0);
    const compose = ['compose', '-f', join(folder, 'out', 'compose.yaml'), 'config', '--quiet'];
    expect((await execa('docker', compose, { env: stack.env, all: true })).all).toBe('');
    const images = [...new Set(all.map(([, { Image }]) => Image))];
    const places: Record<string, string> = {
      inspect: JSON.stringify(all),
      images: JSON.stringify(await Promise.all(images.map((image) => stack.docker.getImage(image).history()))),
      logs: (await Promise.all(all.map(([, { Id }]) => logsOf(Id)))).join('\n'),
      processes: readdirSync('/proc')
        .filter((entry) => /^\d+$/.test(entry))
        .map(commandLine)
        .join('\n'),
      state: readFileSync(stateFile(), 'utf8'),
      plan: exits(await stack.slipway('plan', '--json'), 0).all,
      preview: exits(await stack.slipway('preview', '--json'), 0).all,
      compose: readFileSync(join(folder, 'out', 'compose.yaml'), 'utf8'),
    };
    for (const [place, found] of Object.entries(places)) {
      expect(found.length).toBeGreaterThan(20);
      expect([place, ...[...values].filter(([, value]) => found.includes(value)).map(([name]) => name)]).toEqual([
        place,
      ]);
    }
  });
});

async function logsOf(container: string): Promise<string> {
  return (await execa('docker', ['logs', container], { env: stack.env, all: true })).all;
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // It has ended since the folder was listed.
  }
}

function stateFile(): string {
  const backend = stack.env['PULUMI_BACKEND_URL'] ?? '';
  return join(backend.replace('file://', ''), '.pulumi', 'stacks', 'slipway', `${stack.name}.json`);
}
