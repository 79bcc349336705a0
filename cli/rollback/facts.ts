import type Docker from 'dockerode';
import type { Plan } from '../../config/plan/types.ts';
import { unpackPlan } from '../../config/release/pack.ts';
import type { KeptRelease, RollbackFacts } from '../../config/release/refusals.ts';
import type { ReleaseRecord, ReleaseState } from '../../config/release/types.ts';
import type { Context } from '../context.ts';
import { CommandFailure } from '../exit-codes.ts';
import { readProvided } from '../export/secrets.ts';
import { expectedOf } from '../pulumi/expected.ts';
import { TYPES } from '../pulumi/resource-types.ts';
import type { StackState } from '../pulumi/state.ts';
import { nameOfUrn } from '../pulumi/urn.ts';
import { readReleasedValues, type Releases } from '../release/read.ts';
import { loadPlan } from '../stack-plan.ts';
import { findImages, postgresMajor, type FoundImages } from './images.ts';

/** What a rollback is judged by, and carried out from. */
export interface Gathered {
  readonly facts: RollbackFacts;
  readonly images: FoundImages;
}

/** Where to gather it. */
export interface Sources {
  readonly docker: Docker;
  readonly stack: string;
  readonly state: StackState;
  readonly releases: Releases;
  readonly target: ReleaseRecord;
}

/**
 * Gathers what decides whether a stack can go back to a release. Changes nothing.
 * @throws CommandFailure if its secrets can't be decrypted
 */
export async function gatherRollback(context: Context, sources: Sources): Promise<Gathered> {
  const { docker, stack, state, releases, target } = sources;
  const [values, set, described] = await Promise.all([
    readReleasedValues(context, stack),
    readProvided(context, stack),
    describedPlan(context, stack),
  ]);
  const since = releases.records.filter(({ number }) => number > target.number).reverse();
  const first = keptRelease(target, releases, values);
  const later = since.map((record) => keptRelease(record, releases, values));
  const images = await findImages(docker, first, state);
  const facts: RollbackFacts = {
    releases: [first, ...later],
    set,
    described,
    attempted: attemptedJobs(later.at(-1) ?? first, state),
    missingImages: images.missing,
    formats: await dataFormats(docker, first, { state, images, now: (later.at(-1) ?? first).plan }),
  };
  return { facts, images };
}

function keptRelease(record: ReleaseRecord, { plans }: Releases, values: ReleaseState['values']): KeptRelease {
  const { number, format, images } = record;
  const packed = plans[number];
  if (packed === undefined) throw new Error(`release ${number} is listed as kept, and its plan is not there`);
  return { number, format, images, plan: unpackPlan(packed), values: values[number] ?? {} };
}

/** A description that is wrong at the moment must not stand in the way of going back. */
async function describedPlan({ projectDir }: Context, stack: string): Promise<Plan | undefined> {
  try {
    return (await loadPlan(projectDir, stack)).plan;
  } catch (error) {
    if (error instanceof CommandFailure) return undefined;
    throw error;
  }
}

/** Jobs that have run since a release with another image or command than in it. */
function attemptedJobs({ plan, images }: KeptRelease, { resources }: StackState): string[] {
  return resources.flatMap(({ type, urn, inputs, delete: replaced }) => {
    if (type !== TYPES.job || replaced === true) return [];
    const name = nameOfUrn(urn);
    const job = plan.services.find((service) => service.name === name);
    const same =
      job !== undefined &&
      inputs?.['image'] === images[job.imageName]?.id &&
      JSON.stringify(inputs?.['command'] ?? []) === JSON.stringify(job.command);
    return same ? [] : [name];
  });
}

/** Versions of databases that keep data in a volume, now and in a release, where the images of both tell. */
async function dataFormats(
  docker: Docker,
  { plan }: KeptRelease,
  { state, images, now }: { state: StackState; images: FoundImages; now: Plan },
): Promise<RollbackFacts['formats']> {
  const current = expectedOf(state).images;
  const found = await Promise.all(
    plan.services.map(async ({ name, volumes, imageName }) => {
      const running = now.services.find((service) => service.name === name);
      const image = running && current.get(running.imageName);
      const then = postgresMajor(images.variables.get(imageName) ?? []);
      if (volumes.length === 0 || !image || then === undefined) return [];
      const major = postgresMajor(await variablesOf(docker, image.id));
      return major === undefined ? [] : [[name, { now: major, then }] as const];
    }),
  );
  return Object.fromEntries(found.flat());
}

async function variablesOf(docker: Docker, image: string): Promise<readonly string[]> {
  try {
    return (await docker.getImage(image).inspect()).Config.Env;
  } catch {
    return []; // It is gone: nothing tells.
  }
}
