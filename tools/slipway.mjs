#!/usr/bin/env node
// Prepares the machine as far as the command needs it, then lets the program itself take over.
import { join } from 'node:path';
import { standInFor } from './setup/child.mjs';
import { projectFolder } from './setup/layout.mjs';
import { renderError } from './setup/runner.mjs';
import { prepare, stepsFor } from './setup/setup.mjs';

const args = process.argv.slice(2);
try {
  const { node, env } = await prepare(stepsFor(args), projectFolder, process.env);
  process.exitCode = await standInFor(node, [join(projectFolder, 'cli', 'main.ts'), ...args], { env });
} catch (error) {
  process.stderr.write(`${renderError(error)}\n`);
  // As the command itself says that a prerequisite is missing.
  process.exitCode = 3;
}
