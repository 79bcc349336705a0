import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { execa } from 'execa';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { connect, engineHost } from '../../../engine/connect.ts';
import { LABELS } from '../../../engine/labels.ts';
import { toolchainEnvironment } from '../../../tools/setup/environment.mjs';
import { projectFolder } from '../../../tools/setup/layout.mjs';
import type { Answer } from './answer.ts';

/** What a command answered, stream by stream. */
export interface Streams extends Answer {
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that is still running. */
export interface Running {
  readonly pid: number;
  /** What it has printed so far. */
  printed(): string;
  readonly answer: Promise<Streams>;
}

/** What Pulumi keeps in a stack's configuration file. */
const configuration = z.looseObject({ config: z.record(z.string(), z.unknown()).optional() });

/** Settings of a stack, without their namespace. */
export type Settings = Readonly<Record<string, unknown>>;

/** Where a stack is, if not where the other tests have theirs. */
export interface Place {
  /** Folder of the checkout whose command is run. */
  readonly project?: string;
  /** Address of the engine. */
  readonly host?: string;
}

/**
 * A stack of a test's own: its name, its configuration file, its state in a temporary folder, its ports. `dispose`
 * removes all of it, and whatever containers, networks and volumes carry its name, however the test ended.
 */
export class TestStack {
  readonly name: string;
  readonly docker: Docker;
  readonly #folder: string;
  readonly #configFile: string;
  readonly #project: string;
  readonly #host: string | undefined;

  constructor(purpose: string, { project = projectFolder, host }: Place = {}) {
    this.name = `test-${purpose}-${randomBytes(3).toString('hex')}`;
    this.docker = connect(host ?? engineHost());
    this.#host = host;
    this.#project = project;
    this.#folder = mkdtempSync(join(tmpdir(), `slipway-${purpose}-`));
    this.#configFile = join(project, `Pulumi.${this.name}.yaml`);
  }

  /** Environment of commands that work on this stack. */
  get env(): Record<string, string> {
    const own = {
      PULUMI_BACKEND_URL: `file://${this.#folder}`,
      PULUMI_CONFIG_PASSPHRASE: 'a passphrase of the test',
      ...(this.#host !== undefined && { DOCKER_HOST: this.#host }),
    };
    return { ...toolchainEnvironment(this.#project, { ...process.env, ...own }), ...own, NO_COLOR: '1' };
  }

  /** Writes the stack's settings anew; the rest of the file (Pulumi's salt, secrets that were set) stays. */
  configure(settings: Settings): void {
    const before = existsSync(this.#configFile)
      ? configuration.parse(parse(readFileSync(this.#configFile, 'utf8')))
      : {};
    const kept = Object.entries(before.config ?? {}).filter(([key]) => !key.startsWith('slipway:'));
    const config = Object.entries(settings).map(([key, value]) => [`slipway:${key}`, value] as const);
    writeFileSync(this.#configFile, stringify({ ...before, config: Object.fromEntries([...kept, ...config]) }));
  }

  /** Folder with the stack's state. */
  get stateFolder(): string {
    return this.#folder;
  }

  /** Path of the stack's configuration file. */
  get configFile(): string {
    return this.#configFile;
  }

  /** Runs `slipway` as a user does and waits for its answer, whatever the exit code. */
  async slipway(command: string, ...args: string[]): Promise<Streams> {
    return this.start(command, ...args).answer;
  }

  /** The same, with variables on top of those of other commands. */
  async slipwayAs(env: Record<string, string>, command: string, ...args: string[]): Promise<Streams> {
    return this.#start(env, command, args).answer;
  }

  /** Starts `slipway` and returns at once. */
  start(command: string, ...args: string[]): Running {
    return this.#start({}, command, args);
  }

  #start(env: Record<string, string>, command: string, args: readonly string[]): Running {
    const child = execa(
      process.execPath,
      [join(this.#project, 'cli/main.ts'), command, '--stack', this.name, ...args],
      {
        cwd: this.#project,
        env: { ...this.env, ...env },
        reject: false,
        all: true,
        stdin: 'ignore',
      },
    );
    let printed = '';
    child.all.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    if (child.pid === undefined) throw new Error('slipway did not start');
    return {
      pid: child.pid,
      printed: () => printed,
      answer: child.then(({ exitCode, signal, stdout, stderr, all }) => ({
        // As a shell tells of it.
        exitCode: exitCode ?? (signal === undefined ? -1 : 128 + constants.signals[signal]),
        ...{ stdout, stderr, all },
      })),
    };
  }

  /** Runs `slipway secrets` as a script does that has the value in a pipe; `env` on top of that of other commands. */
  async secrets(args: readonly string[], input = '', env: Record<string, string> = {}): Promise<Streams> {
    const command = [join(this.#project, 'cli/main.ts'), 'secrets', ...args, '--stack', this.name];
    const { exitCode, stdout, stderr, all } = await execa(process.execPath, command, {
      cwd: this.#project,
      env: { ...this.env, ...env },
      reject: false,
      all: true,
      input,
      stripFinalNewline: false,
    });
    return { exitCode: exitCode ?? -1, stdout, stderr, all };
  }

  /** Runs the Pulumi CLI itself on this stack. */
  async pulumi(...args: string[]): Promise<Streams> {
    const { exitCode, stdout, stderr, all } = await execa('pulumi', [...args, '--stack', this.name], {
      cwd: this.#project,
      env: { ...this.env, PATH: this.env['PATH'] ?? '' },
      reject: false,
      all: true,
      stdin: 'ignore',
    });
    return { exitCode: exitCode ?? -1, stdout, stderr, all };
  }

  /** Containers of this stack on the engine, stopped ones too, sorted by service and replica. */
  async containers(service?: string): Promise<Docker.ContainerInfo[]> {
    const found = await this.docker.listContainers({ all: true, filters: { label: this.#labels(service) } });
    const key = ({ Labels }: Docker.ContainerInfo): string =>
      `${Labels[LABELS.service] ?? ''}-${Labels[LABELS.replica] ?? ''}-${Labels[LABELS.kind] ?? ''}`;
    return found.sort((a, b) => key(a).localeCompare(key(b)));
  }

  /** Networks of this stack on the engine. */
  async networks(): Promise<Docker.NetworkInspectInfo[]> {
    return this.docker.listNetworks({ filters: { label: this.#labels() } });
  }

  /** Volumes of this stack on the engine. */
  async volumes(): Promise<Docker.VolumeInspectInfo[]> {
    return (await this.docker.listVolumes({ filters: { label: this.#labels() } })).Volumes;
  }

  #labels(service?: string): string[] {
    return [`${LABELS.stack}=${this.name}`, ...(service === undefined ? [] : [`${LABELS.service}=${service}`])];
  }

  /** Removes everything that the test made, without a `down`, which stops each in peace and takes two CPU seconds and more. */
  async dispose(): Promise<void> {
    const containers = await this.containers();
    await Promise.all(containers.map(({ Id }) => this.docker.getContainer(Id).remove({ force: true, v: true })));
    for (const network of await this.networks()) await this.docker.getNetwork(network.Id).remove();
    for (const volume of await this.volumes()) await this.docker.getVolume(volume.Name).remove();
    rmSync(this.#folder, { recursive: true, force: true });
    rmSync(this.#configFile, { force: true });
  }
}

/** A process, as far as it matters to whoever signals it. */
interface Member {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** Its command line. */
  readonly command: string;
}

/** A process and all that it has started and that still runs, itself first. */
export function familyOf(pid: number): Member[] {
  const all = readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      // The name in parentheses may hold anything; state, parent and process group follow it.
      const fields = readFileSync(`/proc/${entry}/stat`, 'utf8').replace(/^.*\) /s, '');
      const [, parent = 0, group = 0] = fields.split(' ').map(Number);
      const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return [{ pid: Number(entry), parent, group, command }];
    } catch {
      return []; // It has ended since the folder was listed.
    }
  });
  const family = all.filter((each) => each.pid === pid);
  for (const member of family) family.push(...all.filter(({ parent }) => parent === member.pid));
  return family;
}

/** Sends a signal to processes, of which some may have ended on their own. */
export function signalAll(members: readonly Pick<Member, 'pid'>[], signal: NodeJS.Signals): void {
  for (const { pid } of members) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended on its own.
    }
  }
}

/** Kills a process and all that it has started, at once: what a power failure does. */
export function killTree(pid: number): void {
  signalAll(familyOf(pid), 'SIGKILL');
}
