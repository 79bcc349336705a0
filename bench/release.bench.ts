import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { freePorts } from '../test/integration/support/free-ports.ts';
import { EVERY_KIND, startLoad, type Load } from '../test/integration/support/http-load.ts';
import { TestStack } from '../test/integration/support/test-stack.ts';
import { machineText, thisMachine } from './machine.ts';
import { addUp, markdown, type Phase, type Rolls } from './release/summary.ts';

/*
 * Releases of api × 3 and frontend × 2 under load, through slipway and through Docker Compose on the exported files, one after
 * the other: every request that is not answered as it should be is counted.
 * Usage: npm run bench -- release [rolls=10] [--parallelism 1] [--json]
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, parallelism: { type: 'string', default: '1' } },
});
const rolls = Number((positionals[0] ?? '10').replace(/^rolls=/, ''));
const parallelism = Number(values.parallelism);
if (![rolls, parallelism].every((number) => Number.isInteger(number) && number >= 1)) {
  process.stderr.write('release: the number of rolls and the parallelism are whole numbers, 1 or more\n');
  process.exit(2);
}

/** Before each series, in ms: what is measured against. */
const STEADY_MS = 20_000;
/** After the last roll: for what comes late. */
const AFTER_MS = 10_000;

const interrupt = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    interrupt.abort(new Error('interrupted'));
  });
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

async function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<void> {
  const { exitCode, all } = await execa(command, args, {
    ...{ env, all: true, reject: false, stdin: 'ignore', timeout: 300_000, cancelSignal: interrupt.signal },
  });
  if (exitCode !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${exitCode ?? 'a signal'}\n${all}`);
}

/** One series: a steady load, releases under it, what comes after. */
async function series(name: string, origin: string, release: (number: number) => Promise<void>): Promise<Rolls> {
  const load: Load = startLoad(origin, {
    ...{ kinds: EVERY_KIND, socket: '/engine/live', executions: true },
    grpc: '/linkflow.engine.v1.Frontend/CountExecutions',
  });
  try {
    await sleep(3000, undefined, { signal: interrupt.signal }); // Connections are made, code is warm.
    load.take();
    await sleep(STEADY_MS, undefined, { signal: interrupt.signal });
    const before = load.take();
    const phases: Phase[] = [];
    for (let number = 1; number <= rolls; number++) {
      const startedMs = performance.now();
      await release(number);
      const seconds = (performance.now() - startedMs) / 1000;
      phases.push({ seconds, tallies: load.take() });
      say(
        `  ${name.padEnd(8)} release ${number} of ${rolls}: ${seconds.toFixed(1)} s, ${addUp([phases.at(-1)]).failed} failed`,
      );
    }
    await sleep(AFTER_MS, undefined, { signal: interrupt.signal });
    await load.stop();
    phases.push({ seconds: 0, tallies: load.take() });
    return { before, phases };
  } finally {
    await load.stop();
  }
}

/** What there is of a stack on the engine, and the memory of its proxy in MiB. */
async function inventory(stack: TestStack): Promise<Record<string, number>> {
  const [nginx] = await stack.containers('nginx');
  const stats = await stack.docker.getContainer(nginx?.Id ?? '').stats({ stream: false });
  return {
    containers: (await stack.containers()).length,
    networks: (await stack.networks()).length,
    volumes: (await stack.volumes()).length,
    'MiB of nginx': Math.round((stats.memory_stats.usage - stats.memory_stats.stats.inactive_file) / 2 ** 20),
  };
}

const [port = 0] = await freePorts(1);
const origin = `http://127.0.0.1:${port}`;
const folder = mkdtempSync(join(tmpdir(), 'slipway-release-'));
const stack = new TestStack('release');

function configure(release: number): void {
  const changed = (replicas: number) => ({
    ...{ replicas, rollout: { parallelism }, env: { RELEASE_BENCH: String(release) } },
  });
  stack.configure({
    ...{ system: 'linkflow', environment: 'dev', profiles: ['migrate', 'production'] },
    ports: { nginx: { http: port }, api: false, frontend: { http: false, grpc: false }, postgres: false, redis: false },
    services: { api: changed(3), frontend: changed(2), queue: changed(1), worker: changed(1) },
  });
}

async function slipway(): Promise<{ rolls: Rolls; leaks: Record<string, string> }> {
  const command = async (...args: string[]): Promise<void> => {
    await run(process.execPath, ['tools/slipway.mjs', ...args, '--stack', stack.name], stack.env);
  };
  configure(0);
  await command('up', '--skip-smoke');
  await command('export', 'compose', '--output', join(folder, 'out'));
  const before = await inventory(stack);
  const measured = await series('slipway', origin, async (number) => {
    configure(number);
    await command('up', '--skip-smoke');
  });
  const after = await inventory(stack);
  const leaks = Object.fromEntries(
    Object.entries(before).map(([what, count]) => [what, `${count} → ${after[what] ?? 0}`]),
  );
  await command('down', '--volumes', '--yes');
  return { rolls: measured, leaks };
}

async function compose(): Promise<Rolls> {
  const change = join(folder, 'change.yaml');
  const args = ['compose', '-f', join(folder, 'out', 'compose.yaml'), '-f', change];
  const up = async (number: number): Promise<void> => {
    const environment = { RELEASE_BENCH: String(number) };
    const services = Object.fromEntries(['api', 'frontend', 'queue', 'worker'].map((name) => [name, { environment }]));
    writeFileSync(change, stringify({ services }));
    await run('/usr/bin/docker', [...args, 'up', '-d', '--wait']);
  };
  try {
    await up(0);
    return await series('compose', origin, up);
  } finally {
    await execa('/usr/bin/docker', [...args, 'down', '--volumes', '--timeout', '10'], { reject: false });
  }
}

try {
  say(`slipway, ${parallelism} at once`);
  const ours = await slipway();
  say('compose');
  const theirs = await compose();
  const machine = await thisMachine();
  process.stdout.write(
    values.json === true
      ? `${JSON.stringify({ machine, rolls, parallelism, slipway: ours, compose: theirs })}\n`
      : `${rolls} releases each; ${machineText(machine)}\n\n${markdown(ours.rolls, theirs)}\n\n` +
          `after ${rolls} releases: ${Object.entries(ours.leaks)
            .map(([what, change]) => `${what} ${change}`)
            .join(', ')}\n`,
  );
} catch (error) {
  say(`release: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = interrupt.signal.aborted ? 130 : 1;
} finally {
  await stack.slipway('down', '--volumes', '--yes');
  await stack.dispose();
  rmSync(folder, { recursive: true, force: true });
}
