import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePorts } from '../test/integration/support/free-ports.ts';
import { composeIn, slipwayOn, type Contestant, type Ports } from './lifecycle/contestants.ts';
import { ACTS, compare, markdown, NO_SAMPLES, type Act, type Samples } from './lifecycle/summary.ts';
import { machineText, thisMachine } from './machine.ts';

/*
 * Whole lives of LinkFlow in dev (every profile on) or prod, through slipway and through Docker Compose, in turn, so that both
 * feel whatever the machine does: up from nothing but images, up again, with one service changed, scaled, down.
 * Usage: npm run bench -- lifecycle [runs=5] [--environment prod] [--json]
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, environment: { type: 'string', default: 'dev' } },
});
const environment = values.environment === 'prod' ? 'prod' : 'dev';
if (environment !== values.environment) {
  process.stderr.write(`lifecycle: "${values.environment}" is no environment; accepted: dev, prod\n`);
  process.exit(2);
}
const runs = Number((positionals[0] ?? '5').replace(/^runs=/, ''));
if (!Number.isInteger(runs) || runs < 1) {
  process.stderr.write(`lifecycle: "${positionals[0] ?? ''}" is no number of runs; accepted: 1 or more\n`);
  process.exit(2);
}

const interrupt = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    interrupt.abort(new Error('interrupted'));
  });
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** One life; what was begun is cleaned up however it ends. */
async function live(name: string, contestant: Contestant): Promise<Map<Act, number>> {
  const took = new Map<Act, number>();
  try {
    for (const act of ACTS) {
      interrupt.signal.throwIfAborted();
      const startedMs = performance.now();
      await contestant.act(act);
      took.set(act, (performance.now() - startedMs) / 1000);
      say(`  ${name.padEnd(8)} ${act.padEnd(20)} ${(took.get(act) ?? 0).toFixed(1)} s`);
    }
    return took;
  } finally {
    await contestant.clean();
  }
}

function withLife(samples: Samples, life: ReadonlyMap<Act, number>): Samples {
  const added = ACTS.map((act): [Act, number[]] => [act, [...samples[act], ...[life.get(act) ?? []].flat()]]);
  return { ...samples, ...Object.fromEntries(added) };
}

/** Brings LinkFlow up once: its images are there from then on, and what Compose runs on is exported. */
async function prepare(ports: Ports, folder: string): Promise<void> {
  const first = slipwayOn(ports, environment, interrupt.signal);
  try {
    await first.act('cold up');
    await first.export(folder);
  } finally {
    await first.clean();
  }
}

async function measure(folder: string): Promise<{ slipway: Samples; compose: Samples }> {
  const [nginx = 0, api = 0, http = 0, grpc = 0, postgres = 0, redis = 0, https = 0] = await freePorts(7);
  const ports = { nginx, https, api, http, grpc, postgres, redis };
  say('making sure of the images, and exporting the stack for Compose');
  await prepare(ports, folder);
  let [slipway, compose] = [NO_SAMPLES, NO_SAMPLES];
  for (let number = 1; number <= runs; number++) {
    say(`run ${number} of ${runs}`);
    slipway = withLife(slipway, await live('slipway', slipwayOn(ports, environment, interrupt.signal)));
    compose = withLife(compose, await live('compose', composeIn(folder, interrupt.signal)));
  }
  return { slipway, compose };
}

const folder = mkdtempSync(join(tmpdir(), 'slipway-lifecycle-export-'));
try {
  const { slipway, compose } = await measure(folder);
  const results = compare(slipway, compose);
  const machine = await thisMachine();
  if (values.json === true) process.stdout.write(`${JSON.stringify({ machine, runs, results }, undefined, 2)}\n`);
  else process.stdout.write(`${runs} runs of each in turn; ${machineText(machine)}\n\n${markdown(results)}\n`);
} catch (error) {
  say(`lifecycle: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = interrupt.signal.aborted ? 130 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
