import { consoleOn } from './console.mjs';
import { toolchainEnvironment } from './environment.mjs';
import { SetupError } from './errors.mjs';
import { layoutOf } from './layout.mjs';
import { findProblems, gatherFacts, refuse } from './preflight.mjs';
import { ensure } from './runner.mjs';
import { baseImage } from './steps/base-image.mjs';
import { dependencies, workloadDependencies } from './steps/dependencies.mjs';
import { engine, reachableEngine } from './steps/engine.mjs';
import { node } from './steps/node.mjs';
import { plugins } from './steps/plugins.mjs';
import { pulumi } from './steps/pulumi.mjs';
import { state } from './steps/state.mjs';
import { findNode } from './toolchain.mjs';

/** @typedef {import('./runner.mjs').Step} Step */

/** Each list holds what a kind of command takes, in the order in which the steps build on each other. */
const reading = [node, dependencies];
const toolchain = [...reading, pulumi, plugins, state];
const looking = [...toolchain, reachableEngine];
const everything = [node, dependencies, workloadDependencies, pulumi, plugins, state, engine, baseImage];

/** @type {Readonly<Record<string, readonly Step[]>>} */
const stepsByCommand = {
  plan: reading,
  graph: reading,
  help: reading,
  env: toolchain,
  secrets: toolchain,
  status: looking,
  logs: looking,
  exec: looking,
  smoke: looking,
  health: looking,
  run: looking,
  restart: looking,
  export: looking,
  down: looking,
  preview: everything,
  up: everything,
  scale: everything,
};

/**
 * @param {readonly string[]} args of the command line
 * @returns {readonly Step[]} what has to be there before the command runs; a request for help, and a command that is not
 *   known, need only what can say so
 */
export function stepsFor(args) {
  // What comes after -- is for another program.
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  if (own.some((arg) => ['--help', '-h', '--version', '-V'].includes(arg))) return reading;
  const command = own.find((arg) => Object.hasOwn(stepsByCommand, arg));
  return (command === undefined ? undefined : stepsByCommand[command]) ?? reading;
}

/**
 * @param {boolean} withEngine whether some of the tests deploy
 * @returns {readonly Step[]}
 */
export function stepsForTests(withEngine) {
  return withEngine ? everything : [...reading, workloadDependencies];
}

/**
 * Brings the machine to where the steps are done.
 * @param {readonly Step[]} steps
 * @param {string} project
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ node: string, env: NodeJS.ProcessEnv }>} the Node to run the program with, and its environment
 * @throws {SetupError} with everything that is in the way, before anything was changed; or when a step fails
 */
export async function prepare(steps, project, env) {
  const base = { layout: layoutOf(project, env), env };
  await ensure(steps, base, consoleOn(process.stderr), async (missing) => {
    refuse(findProblems(await gatherFacts(missing, base)));
  });
  const file = findNode(base.layout);
  if (file === undefined) throw new SetupError('there is no Node that runs the program');
  return { node: file, env: { ...env, ...toolchainEnvironment(project, env) } };
}
