import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { connect as dial, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type Docker from 'dockerode';
import { execa } from 'execa';
import { connect } from '../../../engine/connect.ts';
import { eventually } from './eventually.ts';
import { freePorts } from './free-ports.ts';
import { pass } from './line.ts';
import { familyOf, signalAll } from './test-stack.ts';

/** The programs that it is made of, all of which a machine with a Docker Engine and root has. */
const PROGRAMS = ['dockerd', 'containerd', 'runc', 'unshare', 'nsenter', 'mount', 'perl'];

/** Brings up the loopback interface, without iproute2: SIOCSIFFLAGS with IFF_UP and IFF_RUNNING. */
const LOOPBACK = `use Socket; socket(my $s, PF_INET, SOCK_DGRAM, 0) or die $!;
my $r = pack('a16 s x14', 'lo', 0x41); ioctl($s, 0x8914, $r) or die $!;`;

/** The first process: it does nothing but take note of those that nobody else waits for. */
const FIRST = `set -e
mount -t tmpfs tmpfs /run
perl -e "$0"
sleep infinity &
echo up
while :; do wait; done`;

/** Hands connections to a socket on to a port of the network that it runs in: what people outside reach it by. */
const BRIDGE = `const { connect, createServer } = require('node:net');
const [socket, port] = process.argv.slice(1);
createServer((from) => {
  const to = connect(Number(port), '127.0.0.1');
  from.pipe(to).pipe(from);
  for (const [one, other] of [[from, to], [to, from]]) one.on('error', () => other.destroy()).on('close', () => other.destroy());
}).listen(socket);`;

/** Why no engine of a test's own can run here; undefined: it can. */
export function whyNoEngine(): string | undefined {
  if (process.getuid?.() !== 0) return 'it takes root';
  const missing = PROGRAMS.filter((program) => !searchPath().some((folder) => existsSync(join(folder, program))));
  return missing.length === 0 ? undefined : `there is no ${missing.join(', ')} on this machine`;
}

function searchPath(): string[] {
  return [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
}

/**
 * A Docker Engine of a test's own, as on a machine of its own: in namespaces of its own for processes, mounts and network,
 * with everything that outlives it in a temporary folder. What ends its first process takes everything that runs on it
 * along, as when the power fails.
 */
export class OwnEngine {
  /** Path of the socket that the engine listens on. */
  readonly socket: string;
  /** Address of the engine. */
  readonly host: string;
  readonly docker: Docker;
  /** Port on that machine for a system to publish itself at, and the one of this machine that leads there. */
  readonly port: { readonly inside: number; readonly outside: number };
  readonly #folder: string;
  readonly #door: Server;
  /** What leads out of this machine's namespaces; its child is the first process there. */
  #machine: ChildProcess | undefined;
  #daemon: ChildProcess | undefined;

  private constructor(folder: string, [inside = 0, outside = 0]: number[]) {
    this.#folder = folder;
    this.socket = join(folder, 'docker.sock');
    this.host = `unix://${this.socket}`;
    this.docker = connect(this.host);
    this.port = { inside, outside };
    this.#door = createServer((from) => {
      pass(from, dial(join(folder, 'door.sock')));
    }).listen(outside, '127.0.0.1');
  }

  /**
   * Starts an engine that has images of the shared one.
   *
   * @param images names of them
   * @throws Error with the end of the engine's log if it does not come up
   */
  static async start(images: readonly string[]): Promise<OwnEngine> {
    const engine = new OwnEngine(mkdtempSync(join(tmpdir(), 'slipway-engine-')), await freePorts(2));
    try {
      await engine.powerOn();
      await execa('docker', ['save', ...images], { buffer: false }).pipe('docker', ['--host', engine.host, 'load']);
      return engine;
    } catch (error) {
      await engine.dispose();
      throw error;
    }
  }

  /** Boots the machine, and starts the engine on it. */
  async powerOn(): Promise<void> {
    const namespaces = [
      '--net',
      '--mount',
      '--pid',
      '--mount-proc',
      '--fork',
      '--kill-child',
      '--propagation',
      'private',
    ];
    this.#machine = spawn('unshare', [...namespaces, 'sh', '-c', FIRST, LOOPBACK], {
      stdio: ['ignore', 'pipe', this.#log()],
    });
    const isUp = once(this.#machine.stdout ?? this.#machine, 'data');
    await Promise.race([isUp, once(this.#machine, 'exit').then(() => Promise.reject(this.#failure('no machine')))]);
    rmSync(join(this.#folder, 'door.sock'), { force: true });
    const bridge = [process.execPath, '-e', BRIDGE, join(this.#folder, 'door.sock'), String(this.port.inside)];
    this.#inside(['--net', '--pid'], bridge);
    await this.startDaemon();
  }

  /** Starts the engine, and waits until it answers. */
  async startDaemon(): Promise<void> {
    mkdirSync(join(this.#folder, 'data'), { recursive: true });
    this.#daemon = this.#inside(
      ['--net', '--pid', '--mount'],
      [
        ...['dockerd', '--host', this.host, '--data-root', join(this.#folder, 'data')],
        // The folder is of this machine: no service manager to ask for groups of processes.
        ...['--exec-opt', 'native.cgroupdriver=cgroupfs', '--cgroup-parent', this.#group],
      ],
    );
    await eventually(async () => {
      if (!this.#daemon || hasEnded(this.#daemon)) throw this.#failure('the engine has ended');
      await this.docker.ping();
    }).catch((error: unknown) => {
      throw this.#failure(error instanceof Error ? error.message : String(error));
    });
  }

  /** Ends the engine and nothing else: asks it to (SIGTERM), or does it at once (SIGKILL); resolves when it has ended. */
  async stopDaemon(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const daemon = this.#daemon;
    if (daemon?.pid === undefined || hasEnded(daemon)) return;
    const ended = once(daemon, 'exit');
    signalAll(
      familyOf(daemon.pid).filter(({ command }) => command.startsWith('dockerd ')),
      signal,
    );
    await ended;
  }

  /** Ends everything at once, containers too; resolves when nothing is left of it but what is on the disk. */
  async powerOff(): Promise<void> {
    const machine = this.#machine;
    this.#machine = undefined;
    if (machine?.pid === undefined || hasEnded(machine)) return;
    const ended = once(machine, 'exit');
    const [, ...inside] = familyOf(machine.pid);
    // The kernel ends all processes of a first one's namespace with it.
    signalAll(inside.slice(0, 1), 'SIGKILL');
    await ended;
  }

  async dispose(): Promise<void> {
    await this.powerOff();
    this.#door.close();
    rmSync(this.#folder, { recursive: true, force: true });
    const groups = ['/sys/fs/cgroup', '-depth', '-type', 'd', '-path', `*${this.#group}*`, '-exec', 'rmdir', '{}', ';'];
    await execa('find', groups, { reject: false });
  }

  get #group(): string {
    return `/${this.#folder.split('/').at(-1) ?? ''}`;
  }

  #inside(namespaces: readonly string[], command: readonly string[]): ChildProcess {
    const [, first] = familyOf(this.#machine?.pid ?? 0);
    if (!first) throw this.#failure('the machine has ended');
    const PATH = [...new Set(searchPath())].join(delimiter);
    return spawn('nsenter', ['--target', String(first.pid), ...namespaces, '--', ...command], {
      env: { PATH, HOME: this.#folder },
      stdio: ['ignore', this.#log(), this.#log()],
    });
  }

  #log(): number {
    const file = openSync(join(this.#folder, 'log'), 'a');
    // Whoever is started now has it by then.
    setImmediate(() => {
      closeSync(file);
    });
    return file;
  }

  #failure(what: string): Error {
    const log = readFileSync(join(this.#folder, 'log'), 'utf8').trimEnd().split('\n').slice(-20);
    return new Error(`${what}; the log of the test's own engine ends so:\n${log.join('\n')}`);
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
