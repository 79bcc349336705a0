#!/usr/bin/env node
// Everything that the project checks: format, lint, types and the tests without an engine at once, then the tests that
// deploy. `npm test -- unit` runs one part; what follows the parts goes to jest, such as `npm test -- unit integration
// rollout -t drains`.
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
/** @typedef {Awaited<ReturnType<typeof prepare>>} Machine */

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
  const started = Date.now();
  const result = await work();
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${result.failed === 0 ? '✓' : '✗'} ${title} (${seconds} s)\n`);
  return result;
}

/** A signal ends the whole run, not the part that was running. */
class Interrupted extends Error {}

/**
 * @param {Machine} machine
 * @param {readonly string[]} args of Node
 * @param {NodeJS.ProcessEnv} [extra]
 * @param {(text: Buffer) => void} [onOutput]
 * @returns {Promise<number>}
 */
async function runNode(machine, args, extra = {}, onOutput) {
  const options = { cwd: projectFolder, env: { ...machine.env, ...extra }, ...(onOutput && { onOutput }) };
  const code = await standInFor(machine.node, args, options);
  if (code === 130 || code === 143) throw new Interrupted('interrupted');
  return code;
}

/**
 * Runs one of the checks beside whatever else runs; what it prints comes in one piece, once it has ended.
 * @param {Machine} machine
 * @param {(typeof checks)[number]} check
 * @returns {Promise<Tally>}
 */
function runCheck(machine, check) {
  const [tool = '', ...args] = commands[check];
  const title = `${check}: ${[tool.replace(/^.*\//, '').replace(/\..*$/, ''), ...args].join(' ')}`;
  return timed(title, async () => {
    /** @type {Buffer[]} */
    const printed = [];
    const code = await runNode(machine, [join('node_modules', tool), ...args], {}, (text) => printed.push(text));
    process.stdout.write(Buffer.concat(printed));
    return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  });
}

/**
 * @param {Machine} machine
 * @param {readonly Part[]} folders none: nothing is to be run
 * @param {string} workers how many suites run at once, as jest takes it
 * @returns {Promise<Tally[]>}
 */
async function runSuites(machine, folders, workers) {
  if (folders.length === 0) return [];
  process.stdout.write(`\n── ${folders.join(', ')}\n`);
  return [await timed(folders.join(', '), () => runJest(machine, folders, [`--maxWorkers=${workers}`]))];
}

/**
 * @param {Machine} machine
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
 * @param {Machine} machine
 * @returns {Promise<boolean>} whether all is well
 */
async function runAll(machine) {
  // What needs no engine computes all the time, each check on one core: together they fill two.
  const [quick, ...checked] = await Promise.all([
    runSuites(machine, quickTests.filter(isWanted), '100%'),
    ...checks.filter((part) => selected.parts.includes(part)).map((check) => runCheck(machine, check)),
  ]);
  // Each of these deploys: much of it is waiting for containers, and more at once would wait for the same cores.
  const tests = [...quick, ...(await runSuites(machine, engineTests.filter(isWanted), '3'))];
  const total = sum([...checked, ...tests]);
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
