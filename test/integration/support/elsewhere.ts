import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { toolchainEnvironment } from '../../../tools/setup/environment.mjs';
import { copyCheckout } from './checkout.ts';
import type { Streams, TestStack } from './test-stack.ts';

/**
 * A checkout of its own, as on another machine: the same project with the configuration of `stack` in its repository,
 * the same backend and passphrase, and nothing else that this checkout has made.
 */
export class Elsewhere {
  readonly #stack: TestStack;
  readonly #folder: string;

  constructor(stack: TestStack) {
    this.#stack = stack;
    this.#folder = copyCheckout('elsewhere', stack.configFile);
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
