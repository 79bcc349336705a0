import { existsSync, readFileSync } from 'node:fs';
import { backendFolder, needsCli, projectName, stackPaths } from './backend.ts';
import { pulumi } from './cli.ts';
import { TYPES } from './resource-types.ts';
import { nameOfUrn } from './urn.ts';
import type { Context } from '../context.ts';

/** A resource as the state keeps it: only what commands look at. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  /** URN of the resource it stands under. */
  readonly parent?: string;
  /** URNs of the resources that it was made after. */
  readonly dependencies?: readonly string[];
  readonly id?: string;
  readonly custom?: boolean;
  readonly protect?: boolean;
  /** Replaced, and still to be deleted. */
  readonly delete?: boolean;
  /** When it was made, and last changed: ISO 8601. */
  readonly created?: string;
  readonly modified?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** What the backend knows of a stack. */
export interface StackState {
  /** False: the backend has no such stack. */
  readonly exists: boolean;
  readonly resources: readonly StateResource[];
  /** Operations that a killed run left unfinished. */
  readonly pending: number;
}

const NO_STATE: StackState = { exists: false, resources: [], pending: 0 };

/** Reads the state of `stack`: from the file where the backend is a folder (no process), else through the CLI. */
export async function readState(context: Context, stack: string): Promise<StackState> {
  const folder = backendFolder(context.projectDir, context.env);
  const project = projectName(context.projectDir);
  if (folder !== undefined && !needsCli(folder, project, stack)) {
    const { state } = stackPaths(folder, project, stack);
    return existsSync(state) ? parseCheckpoint(readFileSync(state, 'utf8')) : NO_STATE;
  }
  const result = await pulumi(context, ['stack', 'export', '--stack', stack]);
  if (result.exitCode === 0) return parseExport(result.stdout);
  if (result.stderr.includes('no stack named')) return NO_STATE;
  throw result.failure(`the state of stack "${stack}" can't be read`);
}

interface Deployment {
  readonly resources?: readonly StateResource[];
  readonly pending_operations?: readonly unknown[];
}

/** The state in a folder backend's checkpoint file. */
export function parseCheckpoint(text: string): StackState {
  const file = JSON.parse(text) as { checkpoint?: { latest?: Deployment | null } };
  return fromDeployment(file.checkpoint?.latest ?? {});
}

/** The state in what `pulumi stack export` prints. */
export function parseExport(text: string): StackState {
  const file = JSON.parse(text) as { deployment?: Deployment | null };
  return fromDeployment(file.deployment ?? {});
}

function fromDeployment(deployment: Deployment): StackState {
  return {
    exists: true,
    resources: deployment.resources ?? [],
    pending: deployment.pending_operations?.length ?? 0,
  };
}

/** The outputs of the stack itself, as the last `up` that ended well left them. */
export function stackOutputs(state: StackState): Readonly<Record<string, unknown>> {
  return state.resources.find((resource) => resource.type === 'pulumi:pulumi:Stack')?.outputs ?? {};
}

/**
 * The stack's own id: from its outputs or, after a first `up` that did not end well, from the resource that made it.
 * Undefined: nothing was ever made under this name.
 */
export function instanceOf(state: StackState): string | undefined {
  const output = stackOutputs(state)['instance'];
  if (typeof output === 'string') return output;
  const source = state.resources.find(
    (resource) => resource.type.startsWith('random:') && nameOfUrn(resource.urn) === 'instance',
  );
  const value = source?.outputs?.['hex'] ?? source?.outputs?.['result'] ?? source?.id;
  return typeof value === 'string' ? value : undefined;
}

/** A service that the state has resources of. */
export interface StateService {
  readonly name: string;
  /** Number of its containers, jobs included. */
  readonly containers: number;
}

/** The services that the state has resources of, sorted by name. */
export function servicesIn(state: StackState): StateService[] {
  const runs = state.resources.filter(({ type }) => RUNS.includes(type));
  return state.resources
    .filter(({ type }) => type === TYPES.service)
    .map(({ urn }) => ({ name: nameOfUrn(urn), containers: runs.filter(({ parent }) => parent === urn).length }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** What runs, or has run, in a container. */
const RUNS: readonly string[] = [TYPES.container, TYPES.job];

/** Every id and every text in the outputs of what the state knows: an object on the host that none names is unknown. */
export function knownNames(state: StackState): Set<string> {
  const known = new Set<string>();
  const add = (value: unknown): void => {
    if (typeof value === 'string') known.add(value);
    else if (Array.isArray(value)) value.forEach(add);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(add);
  };
  for (const resource of state.resources) {
    if (resource.custom !== true) continue;
    if (resource.id !== undefined) known.add(resource.id);
    add(resource.outputs);
  }
  return known;
}
