import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type Docker from 'dockerode';
import { execa } from 'execa';
import { connect, engineHost } from '../../../engine/connect.ts';
import { toolchainEnvironment } from '../../../tools/setup/environment.mjs';
import type { Described } from './described.ts';
import type { Plugin } from './plugins.ts';

const PROJECT = resolve(import.meta.dirname, '../../..');
const PROJECT_FILE = `name: conformance
runtime: {name: nodejs, options: {typescript: false}}
main: program/index.ts
`;
const PROGRAM = join(PROJECT, 'test/conformance/program');

/** What is done to a resource, as a preview tells it. */
export interface Step {
  readonly op: string;
  readonly urn: string;
  readonly detailedDiff?: Readonly<Record<string, unknown>> | null;
}

/** A resource in a stack's state. Secrets are in clear, and named in `secretOutputs`. */
export interface InState {
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly secretOutputs: readonly string[];
}

export interface Answer {
  readonly failed: boolean;
  readonly output: string;
}

/**
 * A stack of a test's own on real CLI and engine: state in a temporary folder, everything it makes labelled or named
 * after it. The plugins are the first on PATH.
 */
export class ConformanceStack {
  readonly name = `conformance-${randomBytes(3).toString('hex')}`;
  readonly docker: Docker = connect(engineHost());
  readonly #folder = mkdtempSync(join(tmpdir(), 'slipway-conformance-'));
  #plugins: readonly Plugin[];

  constructor(plugins: readonly Plugin[]) {
    this.#plugins = plugins;
  }

  /** From here on the stack is worked on with other plugins. */
  use(plugins: readonly Plugin[]): void {
    this.#plugins = plugins;
  }

  /** A folder for files of the test. */
  get folder(): string {
    return this.#folder;
  }

  async init(): Promise<void> {
    mkdirSync(join(this.#folder, 'state'));
    // A project of its own, so that the stack's configuration lands in no checkout; the program may be a link.
    symlinkSync(PROGRAM, join(this.#folder, 'program'));
    writeFileSync(join(this.#folder, 'Pulumi.yaml'), PROJECT_FILE);
    await this.#succeed('stack', 'init', this.name);
  }

  /** Makes the stack be what `resources` describe. */
  async up(resources: readonly Described[]): Promise<void> {
    this.#write(resources);
    await this.#succeed('up', '--yes', '--skip-preview');
  }

  /** The same, expecting nothing of it. */
  async tryUp(resources: readonly Described[]): Promise<Answer> {
    this.#write(resources);
    return this.#run('up', '--yes', '--skip-preview');
  }

  /** What an `up` would do: no steps but `same` if nothing. */
  async preview(resources: readonly Described[]): Promise<readonly Step[]> {
    this.#write(resources);
    const { stdout } = await this.#succeed('preview', '--json');
    const events = stdout.split('\n').filter((line) => line.startsWith('{'));
    return events.flatMap((line) => {
      const { resourcePreEvent } = JSON.parse(line) as { resourcePreEvent?: { metadata: Step } };
      return resourcePreEvent ? [resourcePreEvent.metadata] : [];
    });
  }

  /** Reads everything from the engine into the state. */
  async refresh(): Promise<void> {
    await this.#succeed('refresh', '--yes', '--skip-preview');
  }

  /** The resources in the state by logical name. */
  async state(): Promise<ReadonlyMap<string, InState>> {
    const { stdout } = await this.#succeed('stack', 'export', '--show-secrets');
    const { deployment } = JSON.parse(stdout) as { deployment: { resources: Exported[] } };
    return new Map(
      deployment.resources.map(({ urn, id = '', inputs = {}, outputs = {} }) => [
        logicalName(urn),
        { id, inputs: plain(inputs), outputs: plain(outputs), secretOutputs: secretKeys(outputs) },
      ]),
    );
  }

  /** Writes other outputs, none of them secret, into the state of these resources: what only time would bring about. */
  async rewrite(names: readonly string[], outputs: Readonly<Record<string, unknown>>): Promise<void> {
    const { stdout } = await this.#succeed('stack', 'export', '--show-secrets');
    const exported = JSON.parse(stdout) as { deployment: { resources: Exported[] } };
    const resources = exported.deployment.resources.map((resource) =>
      names.includes(logicalName(resource.urn))
        ? { ...resource, outputs: { ...resource.outputs, ...outputs } }
        : resource,
    );
    const file = join(this.#folder, 'rewritten.json');
    writeFileSync(file, JSON.stringify({ ...exported, deployment: { ...exported.deployment, resources } }));
    await this.#succeed('stack', 'import', '--file', file);
  }

  /** Removes everything that the stack has made, however the test ended. */
  async dispose(): Promise<void> {
    const { failed, output } = await this.#run('destroy', '--yes', '--skip-preview');
    if (!failed) rmSync(this.#folder, { recursive: true, force: true });
    else throw new Error(`the stack in ${this.#folder} could not be destroyed:\n${output}`);
  }

  #write(resources: readonly Described[]): void {
    writeFileSync(join(this.#folder, 'resources.json'), JSON.stringify(resources));
  }

  async #succeed(...args: string[]): Promise<{ stdout: string }> {
    const { failed, output, stdout } = await this.#run(...args);
    if (failed) throw new Error(`pulumi ${args.join(' ')} failed:\n${output}`);
    return { stdout };
  }

  async #run(...args: string[]): Promise<Answer & { stdout: string }> {
    const toolchain = toolchainEnvironment(PROJECT, process.env);
    const path = [...this.#plugins.map(({ folder }) => folder), toolchain['PATH'] ?? process.env['PATH'] ?? ''];
    const { failed, stdout, all } = await execa(
      'pulumi',
      [...args, '--cwd', this.#folder, '--non-interactive', ...(args[0] === 'stack' ? [] : ['--stack', this.name])],
      {
        env: {
          ...toolchain,
          PATH: path.join(':'),
          PULUMI_HOME: join(this.#folder, 'home'),
          PULUMI_BACKEND_URL: `file://${join(this.#folder, 'state')}`,
          PULUMI_CONFIG_PASSPHRASE: 'a passphrase of the test',
          PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
          CONFORMANCE_RESOURCES: join(this.#folder, 'resources.json'),
          CONFORMANCE_HOST: engineHost(),
          // Every step by itself and in its order, not a summary.
          PULUMI_ENABLE_STREAMING_JSON_PREVIEW: 'true',
          NO_COLOR: '1',
        },
        reject: false,
        all: true,
        stdin: 'ignore',
      },
    );
    return { failed, output: all, stdout };
  }
}

interface Exported {
  readonly urn: string;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** The name that the program gave to the resource of that URN. */
export function logicalName(urn: string): string {
  return urn.split('::').slice(3).join('::');
}

const SIGNATURE = '4dabf18193072939515e22adb298388d';

function secretKeys(outputs: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(outputs).filter(
    (key) => !key.startsWith('__') && JSON.stringify(outputs[key]).includes(SIGNATURE),
  );
}

/** Without the plugins' own notes; secrets in clear. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_key, below: unknown) => {
    if (typeof below !== 'object' || below === null || Array.isArray(below)) return below;
    const map = below as Record<string, unknown>;
    if (typeof map['plaintext'] === 'string') return JSON.parse(map['plaintext']) as unknown;
    return Object.fromEntries(Object.entries(map).filter(([key]) => !key.startsWith('__')));
  }) as T;
}
