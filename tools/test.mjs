#!/usr/bin/env node
// Everything that the project checks: format, lint and types, then the tests. `npm test -- unit` runs one part; what
// follows the parts goes to jest, such as `npm test -- unit integration rollout -t drains`.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { standInFor } from './setup/child.mjs';
import { readJson } from './setup/files.mjs';
import { layoutOf, projectFolder } from './setup/layout.mjs';
import { renderError } from './setup/runner.mjs';
import { prepare, stepsForTests } from './setup/setup.mjs';
import { checks, closingLine, engineTests, quickTests, select, sum, tally } from './test-parts.mjs';

/** @typedef {import('./test-parts.mjs').Part} Part */
/** @typedef {import('./test-parts.mjs').Tally} Tally */

const { local } = layoutOf(projectFolder, process.env);
const selected = select(process.argv.slice(2));

/** @type {Readonly<Record<(typeof checks)[number], readonly string[]>>} */
const commands = {
  format: ['prettier/bin/prettier.cjs', '--check', '.', '--log-level', 'warn'],
  lint: ['eslint/bin/eslint.js', '.', '--max-warnings', '0'],
  types: ['typescript/bin/tsc', '--noEmit'],
};

/**
 * @param {Part} part
 * @returns {boolean} whether the folder of that name holds a test, or the part was asked for by name
 */
function isWanted(part) {
  if (!selected.parts.includes(part)) return false;
  if (selected.named) return true;
  try {
    const names = readdirSync(join(projectFolder, 'test', part), { recursive: true, encoding: 'utf8' });
    return names.some((name) => name.endsWith('.test.ts'));
  } catch {
    return false;
  }
}

/**
 * @param {string} title
 * @param {() => Promise<Tally>} work
 * @returns {Promise<Tally>}
 */
async function timed(title, work) {
  process.stdout.write(`\n── ${title}\n`);
  const started = Date.now();
  const result = await work();
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${result.failed === 0 ? '✓' : '✗'} ${title} (${seconds} s)\n`);
  return result;
}

/** A signal ends the whole run, not the part that was running. */
class Interrupted extends Error {}

/**
 * @param {Awaited<ReturnType<typeof prepare>>} machine
 * @param {readonly string[]} args of Node
 * @param {NodeJS.ProcessEnv} [extra]
 * @returns {Promise<number>}
 */
async function runNode(machine, args, extra = {}) {
  const code = await standInFor(machine.node, args, { cwd: projectFolder, env: { ...machine.env, ...extra } });
  if (code === 130 || code === 143) throw new Interrupted('interrupted');
  return code;
}

/**
 * @param {Awaited<ReturnType<typeof prepare>>} machine
 * @param {readonly Part[]} folders
 * @param {readonly string[]} options
 * @returns {Promise<Tally>}
 */
async function runJest(machine, folders, options) {
  const report = join(local, `jest-${folders.join('-')}.json`);
  rmSync(report, { force: true });
  const roots = folders.map((folder) => `--roots=${join(projectFolder, 'test', folder)}`);
  const args = ['node_modules/jest/bin/jest.js', ...roots, '--json', `--outputFile=${report}`, ...options];
  const nodeOptions = `${machine.env['NODE_OPTIONS'] ?? ''} --experimental-vm-modules --no-warnings`.trim();
  const code = await runNode(machine, [...args, ...selected.jest], { NODE_OPTIONS: nodeOptions });
  return tally(readJson(report), code);
}

/**
 * @param {Awaited<ReturnType<typeof prepare>>} machine
 * @returns {Promise<boolean>} whether all is well
 */
async function runAll(machine) {
  /** @type {Tally[]} */
  const tallies = [];
  for (const check of checks.filter((part) => selected.parts.includes(part))) {
    const [tool = '', ...args] = commands[check];
    const title = `${check}: ${[tool.replace(/^.*\//, '').replace(/\..*$/, ''), ...args].join(' ')}`;
    const outcome = await timed(title, async () => {
      const code = await runNode(machine, [join('node_modules', tool), ...args]);
      return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
    });
    tallies.push(outcome);
  }
  const quick = quickTests.filter(isWanted);
  const withEngine = engineTests.filter(isWanted);
  /** @type {Tally[]} */
  const tests = [];
  if (quick.length > 0) tests.push(await timed(quick.join(', '), () => runJest(machine, quick, [])));
  // Each of these deploys: much of it is waiting for containers, and more at once would wait for the same cores.
  const few = ['--maxWorkers=3'];
  if (withEngine.length > 0) tests.push(await timed(withEngine.join(', '), () => runJest(machine, withEngine, few)));
  const total = sum([...tallies, ...tests]);
  const ranNone = (tests.length > 0 || !selected.named) && sum(tests).passed + sum(tests).failed === 0;
  process.stdout.write(`${ranNone ? '\n✗ no test ran\n' : ''}\n${closingLine(total)}\n`);
  return total.failed === 0 && !ranNone;
}

try {
  mkdirSync(local, { recursive: true });
  const machine = await prepare(
    stepsForTests(selected.parts.some((part) => engineTests.some((name) => name === part))),
    projectFolder,
    process.env,
  );
  process.exitCode = (await runAll(machine)) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${renderError(error)}\n`);
  process.exitCode = error instanceof Interrupted ? 130 : 1;
}
