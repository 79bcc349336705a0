#!/usr/bin/env node
// Runs the benchmarks in `bench/`: `npm run bench -- gate`, or all of them. What follows a name goes to that benchmark.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { standInFor } from './setup/child.mjs';
import { projectFolder } from './setup/layout.mjs';
import { renderError } from './setup/runner.mjs';
import { prepare, stepsForTests } from './setup/setup.mjs';

const folder = join(projectFolder, 'bench');
const known = readdirSync(folder)
  .flatMap((file) => (file.endsWith('.bench.ts') ? [file.slice(0, -'.bench.ts'.length)] : []))
  .sort();

/**
 * Runs benchmarks one after the other; one that fails does not keep the others from running.
 * @param {readonly string[]} names
 * @param {readonly string[]} args for each of them
 * @returns {Promise<number>} exit code: that of the last one that failed
 */
async function run(names, args) {
  const { node, env } = await prepare(stepsForTests(true), projectFolder, process.env);
  let exitCode = 0;
  for (const name of names) {
    if (names.length > 1) process.stdout.write(`\n${name}\n\n`);
    const code = await standInFor(node, [join(folder, `${name}.bench.ts`), ...args], { cwd: projectFolder, env });
    if (code !== 0) exitCode = code;
    if (code === 130) break;
  }
  return exitCode;
}

/**
 * @param {readonly string[]} args of the command line
 * @returns {Promise<number>} exit code
 */
async function main(args) {
  const [name, ...rest] = args;
  if (name === '--list') {
    process.stdout.write(`${known.join('\n')}\n`);
    return 0;
  }
  if (name === undefined) return run(known, []);
  if (known.includes(name)) return run([name], rest);
  process.stderr.write(
    `bench: no benchmark "${name}"; known: ${known.join(', ')}; without a name, all of them run; --list lists them\n`,
  );
  return 2;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${renderError(error)}\n`);
  process.exitCode = 1;
}
