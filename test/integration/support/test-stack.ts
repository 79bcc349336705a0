import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

/**
 * A stack of a test's own: its name, its configuration file, its state in a temporary folder, its ports. `dispose`
 * removes all of it, and whatever containers, networks and volumes carry its name, however the test ended.
 */
export class TestStack {
  readonly name: string;
  readonly docker: Docker = connect(engineHost());
  readonly #folder: string;
  readonly #configFile: string;

  constructor(purpose: string) {
    this.name = `test-${purpose}-${randomBytes(3).toString('hex')}`;
    this.#folder = mkdtempSync(join(tmpdir(), `slipway-${purpose}-`));
    this.#configFile = join(projectFolder, `Pulumi.${this.name}.yaml`);
  }

  /** Environment of commands that work on this stack. */
  get env(): Record<string, string> {
    return {
      ...toolchainEnvironment(projectFolder, process.env),
      PULUMI_BACKEND_URL: `file://${this.#folder}`,
      PULUMI_CONFIG_PASSPHRASE: 'a passphrase of the test',
      NO_COLOR: '1',
    };
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
      [join(projectFolder, 'cli/main.ts'), command, '--stack', this.name, ...args],
      {
        cwd: projectFolder,
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
      answer: child.then(({ exitCode, stdout, stderr, all }) => ({ exitCode: exitCode ?? -1, stdout, stderr, all })),
    };
  }

  /** Runs `slipway secrets` as a script does that has the value in a pipe; `env` on top of that of other commands. */
  async secrets(args: readonly string[], input = '', env: Record<string, string> = {}): Promise<Streams> {
    const command = [join(projectFolder, 'cli/main.ts'), 'secrets', ...args, '--stack', this.name];
    const { exitCode, stdout, stderr, all } = await execa(process.execPath, command, {
      cwd: projectFolder,
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
      cwd: projectFolder,
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

  /** Removes everything that the test made. */
  async dispose(): Promise<void> {
    for (const container of await this.containers()) {
      await this.docker.getContainer(container.Id).remove({ force: true, v: true });
    }
    for (const network of await this.networks()) await this.docker.getNetwork(network.Id).remove();
    for (const volume of await this.volumes()) await this.docker.getVolume(volume.Name).remove();
    rmSync(this.#folder, { recursive: true, force: true });
    rmSync(this.#configFile, { force: true });
  }
}

/** Kills a process and all that it has started, at once: what a power failure does. */
export function killTree(pid: number): void {
  const parents = readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      // The name in parentheses may hold anything; the parent is the second field after it.
      const fields = readFileSync(`/proc/${entry}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      return [{ pid: Number(entry), parent: Number(fields[1]) }];
    } catch {
      return []; // It has ended since the folder was listed.
    }
  });
  const family = [pid];
  for (const member of family) {
    family.push(...parents.filter(({ parent }) => parent === member).map((child) => child.pid));
  }
  for (const member of family) {
    try {
      process.kill(member, 'SIGKILL');
    } catch {
      // It has ended on its own.
    }
  }
}
