import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { toolchainEnvironment } from '../../../tools/setup/environment.mjs';
import { projectFolder } from '../../../tools/setup/layout.mjs';
import type { Streams, TestStack } from './test-stack.ts';

/** What of this checkout no other one has. */
const OWN = new Set(['.git', '.slipway', 'node_modules']);

/**
 * A checkout of its own, as on another machine: the same project with the configuration of `stack` in its repository,
 * the same backend and passphrase, and nothing else that this checkout has made.
 */
export class Elsewhere {
  readonly #stack: TestStack;
  readonly #folder = mkdtempSync(join(tmpdir(), 'slipway-elsewhere-'));

  constructor(stack: TestStack) {
    this.#stack = stack;
    const isShared = (path: string): boolean => {
      const name = basename(path);
      return !OWN.has(name) && (!name.startsWith('Pulumi.test-') || path === stack.configFile);
    };
    cpSync(projectFolder, this.#folder, { recursive: true, filter: isShared });
    symlinkSync(join(projectFolder, 'node_modules'), join(this.#folder, 'node_modules'));
  }

  /** Runs `slipway` there and waits for its answer, whatever the exit code. */
  async slipway(command: string, ...args: string[]): Promise<Streams> {
    const { PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE, PULUMI_HOME, NO_COLOR } = this.#stack.env;
    const own = { PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE, PULUMI_HOME, NO_COLOR };
    const { exitCode, stdout, stderr, all } = await execa(
      process.execPath,
      [join(this.#folder, 'cli/main.ts'), command, '--stack', this.#stack.name, ...args],
      {
        cwd: this.#folder,
        env: { ...toolchainEnvironment(this.#folder, { ...process.env, ...own }), ...own },
        reject: false,
        all: true,
        stdin: 'ignore',
      },
    );
    return { exitCode: exitCode ?? -1, stdout, stderr, all };
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
