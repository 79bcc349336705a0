import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { connect, engineHost } from '../engine/connect.ts';
import type { Operation } from '../providers/rpc/index.ts';
import { slipwayProvider } from '../providers/slipway/provider.ts';

/*
 * What a health gate costs: from the moment at which Docker reports a container healthy until the gate has opened, and
 * beside it until `docker compose up --wait` returns for the same container. Usage: npm run bench -- gate [runs]
 */

const IMAGE = 'debian:trixie-slim';
/** Healthy about a second after its start. */
const COMMAND = ['sh', '-c', 'sleep 1; touch /tmp/ready; exec sleep 120'];
const TEST = ['CMD', 'test', '-f', '/tmp/ready'];

const docker = connect(engineHost());
const runs = Number(process.argv[2] ?? 10);

/** The moment, by the engine's clock in milliseconds, at which a container with this label becomes healthy. */
async function healthyMoment(label: string): Promise<{ moment: Promise<number>; stop: () => void }> {
  const events = await docker.getEvents({ filters: { label: [label], event: ['health_status: healthy'] } });
  const moment = new Promise<number>((resolve) => {
    events.once('data', (line: Buffer) => {
      resolve((JSON.parse(line.toString()) as { timeNano: number }).timeNano / 1e6);
    });
  });
  return {
    moment,
    stop: () => {
      (events as NodeJS.ReadableStream & { destroy(): void }).destroy();
    },
  };
}

async function started(name: string): Promise<Docker.Container> {
  const container = await docker.createContainer({
    name,
    Image: IMAGE,
    Cmd: COMMAND,
    Labels: { 'slipway.bench': name },
    Healthcheck: {
      Test: TEST,
      Interval: 1e9,
      Timeout: 1e9,
      Retries: 5,
      StartPeriod: 10e9,
      StartInterval: 5e8,
    },
  });
  await container.start();
  return container;
}

/** From Docker's health event until our gate has opened, in milliseconds. */
async function gateLag(name: string): Promise<number> {
  const resources = await slipwayProvider.configure({});
  const replica = resources.find((resource) => resource.token === 'slipway:index:Replica');
  if (!replica) throw new Error('no replica resource');
  const { moment, stop } = await healthyMoment(`slipway.bench=${name}`);
  const container = await started(name);
  try {
    const operation: Operation = {
      urn: `urn:pulumi:bench::bench::slipway:index:Replica::${name}`,
      preview: false,
      signal: new AbortController().signal,
      log: () => undefined,
    };
    const inputs = { service: name, replica: 1, container: container.id, networks: {}, hasHealthcheck: true };
    await replica.create(operation, { ...inputs, healthTimeoutMs: 60_000, drainMs: 0, stopGraceMs: 0 });
    return Date.now() - (await moment);
  } finally {
    stop();
    await container.remove({ force: true });
  }
}

/** From Docker's health event until `docker compose up --wait` has returned, in milliseconds. */
async function composeLag(name: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
  const file = join(folder, 'compose.yaml');
  const healthcheck = {
    test: TEST,
    interval: '1s',
    timeout: '1s',
    retries: 5,
    start_period: '10s',
    start_interval: '500ms',
  };
  const service = {
    image: IMAGE,
    command: COMMAND,
    labels: { 'slipway.bench': name },
    network_mode: 'none',
    healthcheck,
  };
  writeFileSync(file, stringify({ name, services: { app: service } }));
  const compose = (...args: string[]) => execa('/usr/bin/docker', ['compose', '-f', file, ...args]);
  const { moment, stop } = await healthyMoment(`slipway.bench=${name}`);
  try {
    await compose('up', '--wait');
    return Date.now() - (await moment);
  } finally {
    stop();
    await compose('down', '--timeout', '0');
    rmSync(folder, { recursive: true });
  }
}

function summary(lags: readonly number[]): string {
  const sorted = [...lags].sort((a, b) => a - b);
  const at = (part: number): string => `${Math.round(sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN)} ms`;
  return `minimum ${at(0)}, median ${at(0.5)}, maximum ${at(1)}`;
}

const gate: number[] = [];
const compose: number[] = [];
for (let run = 0; run < runs; run++) {
  const name = `slipway-bench-${randomBytes(3).toString('hex')}`;
  gate.push(await gateLag(`${name}-a`));
  compose.push(await composeLag(`${name}-b`));
  process.stderr.write(
    `run ${run + 1} of ${runs}: ${Math.round(gate.at(-1) ?? 0)} ms, Compose ${Math.round(compose.at(-1) ?? 0)} ms\n`,
  );
}
process.stdout.write(`slipway's gate             ${summary(gate)}\n`);
process.stdout.write(`docker compose up --wait   ${summary(compose)}\n`);
