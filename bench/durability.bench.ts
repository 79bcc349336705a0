import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { machineBuildArgs } from '../components/image-context.ts';
import { connect, engineHost } from '../engine/connect.ts';
import { Disk, mounted } from './durability/disk.ts';
import { assess, Load, lostOf, type Acknowledged, type Loss } from './durability/load.ts';
import { Server } from './durability/server.ts';
import { postgres, redis, type Store } from './durability/stores.ts';

/*
 * What acknowledged writes are worth: how many are gone after a power failure, and after the store was killed. Beside
 * LinkFlow's own settings stand such as promise more or less, to show that the method sees a loss where there is one.
 * Needs root and an engine on this machine. Usage: npm run bench -- durability [runs]
 */

/** Power failures and kills for LinkFlow's own settings; the others get two. */
const runs = Number(process.argv[2] ?? 5);
const OTHERS = 2;
/** No further run begins after this time, in milliseconds. */
const BUDGET = 300_000;
/** How long the writers write before the failure, in milliseconds: at random between the two. */
const WRITING = [1000, 2500] as const;
/** Free space below which it is not begun, in bytes. */
const SPACE = 2 ** 30;

const PREFIX = 'slipway-durability-';
const name = `${PREFIX}${process.pid}`;
const folder = join(tmpdir(), name);
const docker = connect(engineHost());

/** How a store failed. */
type Failure = 'power failure' | 'SIGKILL';

/** What one store lost by one kind of failure; undefined: it did not start again. */
interface Row {
  readonly store: string;
  readonly failure: Failure;
  readonly losses: readonly (Loss | undefined)[];
}

/** Removes all that a run with this name has made, however far it got. */
function cleanUp(of: string): void {
  const ids = execFileSync('docker', ['ps', '-aq', '--filter', `label=slipway.bench=${of}`], { encoding: 'utf8' });
  const containers = ids.split('\n').filter((id) => id !== '');
  if (containers.length > 0) execFileSync('docker', ['rm', '-fv', ...containers], { stdio: 'ignore' });
  for (const image of ['postgres', 'redis']) {
    try {
      execFileSync('docker', ['rmi', `${of}-${image}`], { stdio: 'ignore' });
    } catch {
      // It was not built.
    }
  }
  for (const place of mounted(join(tmpdir(), of))) execFileSync('umount', ['-l', place]);
  rmSync(join(tmpdir(), of), { recursive: true, force: true });
}

/** Clears away what runs have left that were killed. */
function sweep(): void {
  for (const entry of readdirSync(tmpdir())) {
    if (!entry.startsWith(PREFIX)) continue;
    try {
      process.kill(Number(entry.slice(PREFIX.length)), 0);
    } catch {
      cleanUp(entry);
    }
  }
}

async function build(image: Store['image']): Promise<string> {
  const args = Object.entries(machineBuildArgs(process.env)).flatMap(([key, value]) => [
    '--build-arg',
    `${key}=${value}`,
  ]);
  await execa('docker', ['build', '-q', '-t', `${name}-${image}`, ...args, join('images', image)]);
  return `${name}-${image}`;
}

/** Starts writing and waits for as long as it shall go on. */
async function write(server: Server, acknowledged: Acknowledged): Promise<Load> {
  const last = [...acknowledged.keys()].reduce((a, b) => Math.max(a, b), 0);
  // What was written and not acknowledged lies between: it must not be taken for what is written now.
  const load = new Load(server.client, last + 1000, acknowledged);
  await delay(WRITING[0] + Math.random() * (WRITING[1] - WRITING[0]));
  return load;
}

/** What a store that is started on `data` still has of what was acknowledged; undefined: it does not start. */
async function lossOn(
  data: string,
  image: string,
  store: Store,
  acknowledged: Acknowledged,
): Promise<Loss | undefined> {
  let server: Server;
  try {
    server = await Server.start(docker, image, name, store, data);
  } catch (error) {
    process.stderr.write(`  ${String(error)}\n`);
    return undefined;
  }
  try {
    return assess(acknowledged, await server.client.read());
  } finally {
    await server.remove();
  }
}

/** A store at work, and all that it has acknowledged so far. */
interface Bench {
  readonly store: Store;
  readonly image: string;
  readonly disk: Disk;
  readonly acknowledged: Acknowledged;
  server: Server;
}

/** Freezes the store in the middle of its work, and looks at what is on the disk at that moment. */
async function failPower({ server, disk, image, store, acknowledged }: Bench): Promise<Loss | undefined> {
  const load = await write(server, acknowledged);
  await server.freeze();
  const remains = await disk.fail();
  // Answers that were under way have come by now, and the store gives no more.
  const before: Acknowledged = new Map(acknowledged);
  server.thaw();
  await load.stop();
  try {
    return await lossOn(remains.data, image, store, before);
  } finally {
    await remains.dispose();
  }
}

/** Kills the store in the middle of its work, and looks at what it has after it was started again. */
async function kill(bench: Bench): Promise<Loss> {
  const load = await write(bench.server, bench.acknowledged);
  await bench.server.kill();
  await load.stop();
  bench.server = await bench.server.restart(bench.store);
  const present = await bench.server.client.read();
  const loss = assess(bench.acknowledged, present);
  // It goes on with the same data: what is gone is gone, and no loss of the next failure.
  for (const [number] of lostOf(bench.acknowledged, present)) bench.acknowledged.delete(number);
  return loss;
}

const failures = { 'power failure': failPower, SIGKILL: kill } as const;

/** Lets a store fail again and again, on a disk of its own; gives a row for each kind of failure. */
async function measure(store: Store, counts: Readonly<Record<Failure, number>>, until: number): Promise<Row[]> {
  const image = `${name}-${store.image}`;
  const disk = await Disk.make(folder);
  const server = await Server.start(docker, image, name, store, disk.data);
  const bench: Bench = { store, image, disk, acknowledged: new Map(), server };
  const rows: Row[] = [];
  try {
    // What it had to write before its first acknowledgement is no part of this.
    await disk.settle();
    for (const failure of ['power failure', 'SIGKILL'] as const) {
      const losses: (Loss | undefined)[] = [];
      while (losses.length < counts[failure] && performance.now() < until) {
        const loss = await failures[failure](bench);
        losses.push(loss);
        const said = loss === undefined ? 'does not start again' : `${loss.lost} of ${loss.acknowledged} lost`;
        process.stderr.write(`${store.name}, ${failure} ${losses.length} of ${counts[failure]}: ${said}\n`);
      }
      rows.push({ store: store.name, failure, losses });
    }
  } finally {
    await bench.server.remove();
    await disk.dispose();
  }
  return rows;
}

/** A row as text: the worst of all runs. */
function line({ store, failure, losses }: Row): string {
  const worst = (of: (loss: Loss) => number): string =>
    losses.length === 0 || losses.includes(undefined)
      ? '-'
      : Math.round(Math.max(...losses.map((loss) => (loss === undefined ? 0 : of(loss))))).toString();
  const dead = losses.filter((loss) => loss === undefined).length;
  return [
    store.padEnd(34),
    failure.padEnd(14),
    losses.length.toString().padStart(5),
    worst(({ acknowledged }) => acknowledged).padStart(13),
    worst(({ lost }) => lost).padStart(12),
    worst(({ spanMs }) => spanMs).padStart(10),
    dead === 0 ? '' : `  ${dead} did not start again`,
  ]
    .join(' ')
    .trimEnd();
}

function check(): void {
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`durability: ${process.argv[2] ?? ''} is no number of runs`);
  if (process.getuid?.() !== 0) throw new Error('durability: needs root, for it mounts file systems on loop devices');
  const { bavail, bsize } = statfsSync(tmpdir());
  if (bavail * bsize < SPACE) throw new Error(`durability: needs 1 GiB of free space in ${tmpdir()}`);
}

check();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    cleanUp(name);
    process.exit(130);
  });
}
sweep();
mkdirSync(folder);
try {
  for (const image of ['postgres', 'redis'] as const) await build(image);
  const until = performance.now() + BUDGET;
  const ours = { 'power failure': runs, SIGKILL: runs };
  const others = { 'power failure': OTHERS, SIGKILL: 0 };
  const rows = [
    ...(await measure(redis('redis, appendfsync everysec (ours)'), ours, until)),
    ...(await measure(redis('redis, appendfsync always', 'always'), others, until)),
    ...(await measure(redis('redis, appendfsync no', 'no'), others, until)),
    ...(await measure(postgres('postgres (ours)'), ours, until)),
    ...(await measure(postgres('postgres, synchronous_commit off', { synchronous_commit: 'off' }), others, until)),
    ...(await measure(postgres('postgres, fsync off', { fsync: 'off' }), others, until)),
  ].filter(({ losses }) => losses.length > 0);
  process.stdout.write(`${'store'.padEnd(34)} ${'failure'.padEnd(14)}  runs  acknowledged  lost, most  within ms\n`);
  for (const row of rows) process.stdout.write(`${line(row)}\n`);
} finally {
  cleanUp(name);
}
