import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { toolchainEnvironment } from '../../../tools/setup/environment.mjs';
import { projectFolder } from '../../../tools/setup/layout.mjs';
import type { Answer } from '../support/answer.ts';

/** Declares every resource of `resources.json`: `{name, type, args}`; `$name.output` as a text refers to an output. */
const PROGRAM = `
import { readFileSync } from 'node:fs';
import * as slipway from '${projectFolder}/providers/slipway/sdk.ts';

const made = new Map();
const resolve = (value) => {
  if (typeof value === 'string' && value.startsWith('$')) {
    return value.slice(1).split('.').reduce((from, key) => (from instanceof Map ? from.get(key) : from[key]), made);
  }
  if (Array.isArray(value)) return value.map(resolve);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolve(each)]));
};
for (const { name, type, args } of JSON.parse(readFileSync('resources.json', 'utf8'))) {
  made.set(name, new slipway[type](name, resolve(args)));
}
`;

export interface Declared {
  readonly name: string;
  readonly type: string;
  readonly args: object;
}

/** What a step of a preview or an `up` is about. */
export interface Step {
  readonly op: string;
  readonly name: string;
}

/** What a scratch project is made of, where it is not what `resources.json` declares. */
export interface ScratchOptions {
  /** Source of the program. */
  readonly program?: string;
  /** Variables beside our own. */
  readonly env?: NodeJS.ProcessEnv;
}

/** A Pulumi project in a temporary folder that uses our provider through the real CLI, with a state of its own. */
export class ScratchProject {
  readonly #folder = mkdtempSync(join(tmpdir(), 'slipway-provider-'));
  readonly #env: NodeJS.ProcessEnv;

  private constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  static async create({ program = PROGRAM, env = {} }: ScratchOptions = {}): Promise<ScratchProject> {
    const project = new ScratchProject(env);
    project.#write('Pulumi.yaml', [
      'name: scratch',
      'runtime: {name: nodejs, options: {typescript: false}}',
      'main: index.ts',
      `plugins: {providers: [{name: slipway, path: '${projectFolder}/providers/slipway'}]}`,
    ]);
    project.#write('package.json', ['{"name": "scratch", "type": "module"}']);
    project.#write('index.ts', [program]);
    symlinkSync(join(projectFolder, 'node_modules'), join(project.#folder, 'node_modules'));
    mkdirSync(join(project.#folder, 'state'));
    const { exitCode, all } = await project.pulumi('stack', 'init', 'dev');
    if (exitCode !== 0) throw new Error(all);
    return project;
  }

  /** What the program declares from here on. */
  declare(...resources: readonly Declared[]): void {
    this.give('resources.json', resources);
  }

  /** What the program finds as JSON in a file of its folder from here on. */
  give(file: string, value: unknown): void {
    this.#write(file, [JSON.stringify(value)]);
  }

  /** Starts the CLI; `signal` sends it signals, as Ctrl-C does. */
  start(...args: string[]): { answer: Promise<Answer>; signal: (name: NodeJS.Signals) => void; printed: () => string } {
    const child = execa('pulumi', [...args, '--non-interactive', '--color', 'never'], {
      cwd: this.#folder,
      env: {
        ...this.#env,
        ...toolchainEnvironment(projectFolder, { ...process.env, ...this.#env }),
        PULUMI_BACKEND_URL: `file://${this.#folder}/state`,
        PULUMI_CONFIG_PASSPHRASE: 'of the test',
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
      },
      reject: false,
      all: true,
      stdin: 'ignore',
    });
    let printed = '';
    child.all.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    return {
      answer: child.then(({ exitCode, all }) => ({ exitCode: exitCode ?? -1, all })),
      signal: (name) => child.kill(name),
      printed: () => printed,
    };
  }

  pulumi(...args: string[]): Promise<Answer> {
    return this.start(...args).answer;
  }

  up(): Promise<Answer> {
    return this.pulumi('up', '--yes', '--skip-preview', '--stack', 'dev');
  }

  /** What a preview says will be done, without what stays the same. */
  async preview(): Promise<Step[]> {
    const { exitCode, all } = await this.pulumi('preview', '--json', '--stack', 'dev');
    if (exitCode !== 0) throw new Error(all);
    const { steps } = JSON.parse(all.slice(all.indexOf('{'))) as { steps: { op: string; urn: string }[] };
    return steps
      .map(({ op, urn }) => ({ op, name: urn.split('::').at(-1) ?? '' }))
      .filter(({ op, name }) => op !== 'same' && name !== 'scratch-dev');
  }

  /** The outputs of the stack, secrets in clear. */
  async outputs(): Promise<Record<string, unknown>> {
    const { exitCode, all } = await this.pulumi('stack', 'output', '--json', '--show-secrets', '--stack', 'dev');
    if (exitCode !== 0) throw new Error(all);
    return JSON.parse(all.slice(all.indexOf('{'))) as Record<string, unknown>;
  }

  /** The state as it stands on the disk. */
  state(): string {
    return readFileSync(join(this.#folder, 'state/.pulumi/stacks/scratch/dev.json'), 'utf8');
  }

  /** What the state holds of a resource; undefined if nothing. */
  resource(name: string): { inputs: Record<string, unknown>; outputs: Record<string, unknown> } | undefined {
    const { checkpoint } = JSON.parse(this.state()) as {
      checkpoint: { latest: { resources?: { urn: string; inputs?: object; outputs?: object }[] } };
    };
    const found = checkpoint.latest.resources?.find(({ urn }) => urn.endsWith(`::${name}`));
    return found && { inputs: { ...found.inputs }, outputs: { ...found.outputs } };
  }

  /** Forgets it all. What it has made on the engine goes with the scratch whose name it carries, at a fraction of a destroy. */
  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #write(file: string, lines: readonly string[]): void {
    writeFileSync(join(this.#folder, file), `${lines.join('\n')}\n`);
  }
}
