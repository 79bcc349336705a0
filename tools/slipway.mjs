#!/usr/bin/env node
// Prepares the machine as far as the command needs it, then lets the program itself take over.
import module from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { standInFor } from './setup/child.mjs';
import { projectFolder } from './setup/layout.mjs';
import { renderError } from './setup/runner.mjs';
import { prepare, stepsFor } from './setup/setup.mjs';

const main = join(projectFolder, 'cli', 'main.ts');
const args = process.argv.slice(2);
let isAtHome = false;
try {
  const { node, env } = await prepare(stepsFor(args), projectFolder, process.env);
  // A Node that runs the program need not start another; an older one can't do more than start it.
  isAtHome = node === process.execPath;
  if (isAtHome) Object.assign(process.env, env);
  else process.exitCode = await standInFor(node, [main, ...args], { env });
} catch (error) {
  process.stderr.write(`${renderError(error)}\n`);
  // As the command itself says that a prerequisite is missing.
  process.exitCode = 3;
}
if (isAtHome) {
  module.enableCompileCache(process.env['NODE_COMPILE_CACHE']);
  await import(pathToFileURL(main).href);
}
