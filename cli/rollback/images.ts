import type Docker from 'dockerode';
import type { KeptRelease } from '../../config/release/refusals.ts';
import type { ImageInputs } from '../../config/release/handover.ts';
import type { ReleasedImage } from '../../config/release/types.ts';
import { isGone } from '../../engine/answers.ts';
import { TYPES } from '../pulumi/resource-types.ts';
import type { StackState, StateResource } from '../pulumi/state.ts';
import { nameOfUrn } from '../pulumi/urn.ts';

/** How long a registry may take to say whether it has an image, in milliseconds. */
const REGISTRY_TIMEOUT_MS = 15_000;

/** The images of a release, as the host and its registries have them. */
export interface FoundImages {
  /** Inputs of the resources that stand for them, by name. */
  readonly inputs: Readonly<Record<string, ImageInputs>>;
  /** Image → why it can't be had. */
  readonly missing: Readonly<Record<string, string>>;
  /** Image → variables that it sets, `NAME=value`; of those that the host has. */
  readonly variables: ReadonlyMap<string, readonly string[]>;
}

/** Looks for the very images that a release has run: none is built again, and none stands in for another. */
export async function findImages(
  docker: Docker,
  { plan, images }: Pick<KeptRelease, 'plan' | 'images'>,
  state: StackState,
): Promise<FoundImages> {
  const used = [...new Set(plan.services.map(({ imageName }) => imageName))];
  const found = await Promise.all(
    used.map(async (name) => {
      const image = images[name];
      const answer = image ? await findImage(docker, image, resourceOf(state, name)) : 'the release does not name it';
      return [name, answer] as const;
    }),
  );
  return {
    inputs: Object.fromEntries(found.flatMap(([name, it]) => (typeof it === 'string' ? [] : [[name, it.inputs]]))),
    missing: Object.fromEntries(found.flatMap(([name, it]) => (typeof it === 'string' ? [[name, it]] : []))),
    variables: new Map(found.flatMap(([name, it]) => (typeof it === 'string' ? [] : [[name, it.variables]]))),
  };
}

interface FoundImage {
  readonly inputs: ImageInputs;
  readonly variables: readonly string[];
}

async function findImage(
  docker: Docker,
  { id, name, digest }: ReleasedImage,
  resource: StateResource | undefined,
): Promise<FoundImage | string> {
  const local = await inspected(docker, id);
  if (local) {
    const variables = (local.Config as { Env?: string[] | null } | undefined)?.Env ?? [];
    const isCalled = async (called: string): Promise<boolean> => (await inspected(docker, called))?.Id === id;
    // What the stack has already stays as it is: other inputs would replace the resource, and look like a change.
    const inputs = resource?.outputs?.['imageId'] === id ? resource.inputs : undefined;
    if (isImageInputs(inputs) && (await isCalled(inputs.name))) {
      return { inputs: withoutDefaults(inputs) as ImageInputs, variables };
    }
    // Somebody may have given the name to another image since.
    return { inputs: { name: (await isCalled(name)) ? name : id, keepLocally: true }, variables };
  }
  const short = id.replace(/^sha256:/, '').slice(0, 12);
  if (digest === undefined) return `it was built here, and the host has it no more (id ${short})`;
  try {
    await docker.getImage(digest).distribution({ abortSignal: AbortSignal.timeout(REGISTRY_TIMEOUT_MS) });
    return { inputs: { name: digest, keepLocally: true }, variables: [] };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `the host has it no more (id ${short}), and its registry does not give ${digest}: ${reason}`;
  }
}

async function inspected(docker: Docker, name: string): Promise<Docker.ImageInspectInfo | undefined> {
  try {
    return await docker.getImage(name).inspect();
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

function resourceOf({ resources }: StackState, name: string): StateResource | undefined {
  return resources.find(
    (resource) => resource.type === TYPES.image && resource.delete !== true && nameOfUrn(resource.urn) === name,
  );
}

function isImageInputs(inputs: StateResource['inputs']): inputs is ImageInputs {
  return typeof inputs?.['name'] === 'string';
}

/** Without what Pulumi's bridge has written for itself. */
function withoutDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDefaults);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => (key === '__defaults' ? [] : [[key, withoutDefaults(each)]])),
  );
}

/** Major version of the PostgreSQL in an image, by the variables that it sets; undefined: they tell of none. Pure. */
export function postgresMajor(variables: readonly string[]): string | undefined {
  // The official images say so; Debian's packages have a folder for each version, which ours has on its PATH.
  const told = variables.map((line) => /^PG_MAJOR=(\d+)|^PATH=.*\/postgresql\/(\d+)\/bin/.exec(line)).find(Boolean);
  return told?.[1] ?? told?.[2];
}
