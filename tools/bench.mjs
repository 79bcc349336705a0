#!/usr/bin/env node
// Runs one of the benchmarks in `bench/`: `npm run bench -- gate`. What follows the name goes to the benchmark.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { standInFor } from './setup/child.mjs';
import { projectFolder } from './setup/layout.mjs';
import { renderError } from './setup/runner.mjs';
import { prepare, stepsForTests } from './setup/setup.mjs';

const [name = '', ...args] = process.argv.slice(2);
const folder = join(projectFolder, 'bench');
const known = readdirSync(folder).flatMap((file) => (file.endsWith('.bench.ts') ? [file.slice(0, -9)] : []));
const file = join(folder, `${name}.bench.ts`);

if (!known.includes(name) || !existsSync(file)) {
  process.stderr.write(
    `bench: ${name === '' ? 'name a benchmark' : `no benchmark "${name}"`}; known: ${known.join(', ')}\n`,
  );
  process.exitCode = 2;
} else {
  try {
    const { node, env } = await prepare(stepsForTests(true), projectFolder, process.env);
    process.exitCode = await standInFor(node, [file, ...args], { cwd: projectFolder, env });
  } catch (error) {
    process.stderr.write(`${renderError(error)}\n`);
    process.exitCode = 1;
  }
}
