import type Docker from 'dockerode';
import { z } from 'zod';
import { unpackPlan } from '../../config/release/pack.ts';
import { KEPT_RELEASES } from '../../config/release/types.ts';
import { LABELS } from '../../engine/labels.ts';
import type { Context } from '../context.ts';
import { pulumi } from '../pulumi/cli.ts';
import { expectedOf } from '../pulumi/expected.ts';
import { instanceOf, readState, type StackState } from '../pulumi/state.ts';
import { releasesIn } from '../release/read.ts';
import type { PruneFacts } from './choose.ts';
import { imageUsage, taggedAt } from './images.ts';

/** What is known of the images of a system, and what all images of the host take. */
export interface GatheredImages {
  readonly facts: PruneFacts;
  /** Bytes. */
  readonly layersSize: number;
}

/**
 * Looks at a host, and at every stack that the backend knows of the project: what one of them needs is no other one's to
 * remove. Changes nothing.
 * @param built names of images that the system builds, as its description has them
 */
export async function gatherImages(
  context: Context,
  docker: Docker,
  built: readonly string[],
): Promise<GatheredImages> {
  const states = await allStates(context);
  const [{ images, layersSize }, containers, instances] = await Promise.all([
    imageUsage(docker),
    docker.listContainers({ all: true }),
    instancesOn(docker),
  ]);
  const known = new Set(states.map(instanceOf));
  const facts = {
    used: new Set(containers.map(({ ImageID }) => ImageID)),
    ...needsOf(states, built),
    hasStrangers: instances.some((instance) => !known.has(instance)),
    nowMs: Date.now(),
  };
  const withTimes = await Promise.all(
    images.map(async (image) => ({ ...image, taggedMs: await taggedAt(docker, image.id) })),
  );
  return { facts: { ...facts, images: withTimes }, layersSize };
}

/** What the releases of stacks need of images, and what only their older ones did. Pure. */
export function needsOf(
  states: readonly StackState[],
  described: readonly string[],
): Pick<PruneFacts, 'kept' | 'older' | 'built'> {
  const kept = new Set<string>();
  const older = new Map<string, string>();
  const built = new Set(described);
  for (const state of states) {
    for (const { id } of expectedOf(state).images.values()) kept.add(id);
    const { records, plans } = releasesIn(state);
    records.forEach(({ images }, index) => {
      for (const { id, name } of Object.values(images)) {
        if (index < KEPT_RELEASES) kept.add(id);
        else older.set(id, name);
      }
    });
    for (const packed of Object.values(plans)) {
      for (const { name, build } of unpackPlan(packed).images) if (build) built.add(name);
    }
  }
  return { kept, built, older: new Map([...older].filter(([id]) => !kept.has(id))) };
}

const Stacks = z.array(z.looseObject({ name: z.string() }));

async function allStates(context: Context): Promise<StackState[]> {
  const listed = await pulumi(context, ['stack', 'ls', '--json']);
  if (listed.exitCode !== 0) throw listed.failure("the stacks of the project can't be listed");
  const names = Stacks.parse(JSON.parse(listed.stdout)).map(({ name }) => name.split('/').at(-1) ?? name);
  return Promise.all(names.map((name) => readState(context, name)));
}

/** The stacks that have something on a host, by their own ids. */
async function instancesOn(docker: Docker): Promise<string[]> {
  const filters = { label: [LABELS.instance] };
  const [containers, networks, { Volumes: volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  const labels: (Readonly<Record<string, string>> | null | undefined)[] = [
    ...containers.map(({ Labels }) => Labels),
    ...networks.map(({ Labels }) => Labels),
    ...volumes.map(({ Labels }) => Labels),
  ];
  return [...new Set(labels.flatMap((each) => each?.[LABELS.instance] ?? []))];
}
