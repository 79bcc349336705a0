import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { exits } from '../support/answer.ts';
import { freePorts } from '../support/free-ports.ts';
import { TestStack, type Streams } from '../support/test-stack.ts';

/*
 * Everything that a user may get wrong about production, at once: `up` names all of it, shows no value, and has touched
 * nothing.
 */

let stack: TestStack;

beforeEach(() => {
  stack = new TestStack('bad-prod');
});

afterEach(async () => {
  await stack.dispose();
});

async function untouched(): Promise<void> {
  expect([await stack.containers(), await stack.networks(), await stack.volumes()]).toEqual([[], [], []]);
}

const WRONG = [
  ['secrets:NO_SUCH_SECRET', 'no secret "NO_SUCH_SECRET"'],
  ['secrets:PASSPORT_PASSWORD_CLIENT_SECRET', 'stands in clear in the configuration'],
  ['slipway:images.redis', 'redis:latest has the tag latest: nobody can say what would run'],
  ['slipway:ports.postgres', '"postgres" keeps data, and its port 5432 would be published'],
  ['slipway:services.api.replicas', '1'],
  ['slipway:services.worker.cpus', '"worker" may use 4096 CPUs, and the host has'],
] as const;
const SET = [
  ['secrets:JWT_SECRET', 'is not in base64'],
  ['secrets:NGINX_KEY', 'is no private key that can be read'],
  ['secrets:NGINX_CERTIFICATE', 'holds no certificate in PEM'],
] as const;

function names({ stderr, all }: Streams, problems: readonly (readonly [path: string, message: string])[]): void {
  for (const [path, message] of problems) {
    expect(stderr.split('\n').find((line) => line.includes(path) && line.includes(message)) ?? [path, message]).toEqual(
      expect.any(String),
    );
  }
  expect(all).not.toMatch(/n0t base64|not a p3m|s3cret in clear/);
}

test('up names all that is wrong with production: settings, secrets and their values, certificates, the host', async () => {
  const [http, https, database] = await freePorts(3);
  stack.configure({
    ...{ system: 'linkflow', environment: 'prod' },
    images: { redis: 'redis:latest' },
    ports: { listener: { http, https }, postgres: database },
    services: { api: { replicas: 1 }, worker: { cpus: 4096 } },
  });
  // What no command of slipway's would take.
  exits(await stack.pulumi('stack', 'init'), 0);
  const set = async (name: string, value: string, ...how: string[]) => {
    exits(await stack.pulumi('config', 'set', ...how, `secrets:${name}`, value), 0);
  };
  await set('JWT_SECRET', 'n0t base64 at all', '--secret');
  await set('NGINX_KEY', 'not a p3m', '--secret');
  await set('NGINX_CERTIFICATE', 'not a p3m either', '--secret');
  await set('NO_SUCH_SECRET', 's3cret', '--secret');
  await set('PASSPORT_PASSWORD_CLIENT_SECRET', 's3cret in clear');
  const before = readFileSync(stack.configFile, 'utf8');

  const up = await stack.slipway('up', '--yes');
  names(up, [...WRONG, ...SET]);
  exits(up, 2);
  await untouched();

  // Under a wrong passphrase values can't be judged, which is one more thing to say.
  const elsewhere = await stack.slipwayAs({ PULUMI_CONFIG_PASSPHRASE: 'another' }, 'preview');
  names(elsewhere, [...WRONG, ['PULUMI_CONFIG_PASSPHRASE', 'is missing, or not the passphrase of stack']]);
  exits(elsewhere, 2);
  expect(readFileSync(stack.configFile, 'utf8')).toBe(before);

  // Pulumi by itself says the same.
  const plain = await stack.pulumi('preview');
  names({ ...plain, stderr: plain.all }, [...WRONG, ...SET]);
  await untouched();
}, 180_000);
