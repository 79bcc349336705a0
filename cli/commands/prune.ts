import type Docker from 'dockerode';
import { isGone } from '../../engine/answers.ts';
import { LABELS } from '../../engine/labels.ts';
import type { Context, StackOption } from '../context.ts';
import { paintFor, writeLine } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { containersOf, type StackContainer } from '../hosts/containers.ts';
import { reachHost } from '../hosts/host.ts';
import { canAsk, confirm } from '../operations/confirm.ts';
import { lockStack } from '../pulumi/lock.ts';
import { instanceOf, readState, type StackState } from '../pulumi/state.ts';
import { failedCandidates } from '../prune/candidates.ts';
import { chooseImages, type HostImage } from '../prune/choose.ts';
import { gatherImages } from '../prune/gather.ts';
import { imageUsage, removeImage } from '../prune/images.ts';
import { imageName, prunedText, toGoText, type Pruned, type ToGo } from '../prune/show.ts';
import { loadPlan } from '../stack-plan.ts';

/** What may be asked of `prune`. */
export interface PruneOptions extends StackOption {
  /** True: containers that failed go too. */
  readonly candidates?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly yes?: boolean;
}

/** Removes images that no release needs which can still be gone back to; never a volume. */
export async function prune(context: Context, options: PruneOptions): Promise<number> {
  const { stack } = options;
  const { plan } = await loadPlan(context.projectDir, stack);
  const { docker } = await reachHost(context, plan);
  const lock = lockStack(context, stack, 'prune');
  try {
    for (const note of lock.cleared) writeLine(context.stderr, note);
    const built = plan.images.flatMap(({ name, build }) => (build ? [name] : []));
    const { facts, layersSize } = await gatherImages(context, docker, built);
    const state = await readState(context, stack);
    const candidates = options.candidates === true ? await candidatesOf(docker, state) : [];
    // The image of a candidate is in use until that is gone: the next prune finds it.
    const toGo: ToGo = { ...chooseImages(facts), candidates };
    writeLine(options.json === true ? context.stderr : context.stdout, toGoText(toGo, paintFor(context.stdout)));
    if (options.dryRun === true || (toGo.remove.length === 0 && candidates.length === 0)) {
      const freed = toGo.remove.reduce((sum, { ownSize }) => sum + ownSize, 0);
      if (options.json === true)
        writeLine(context.stdout, jsonOf({ images: toGo.remove, containers: candidates, freed }));
      return EXIT.ok;
    }
    await askBefore(context, options);
    const { done, failures } = await remove(docker, toGo);
    const freed = Math.max(0, layersSize - (await imageUsage(docker)).layersSize);
    for (const failure of failures) writeLine(context.stderr, `warning: ${failure}`);
    writeLine(context.stdout, options.json === true ? jsonOf({ ...done, freed }) : prunedText({ ...done, freed }));
    return failures.length === 0 ? EXIT.ok : EXIT.failed;
  } finally {
    lock.release();
  }
}

async function candidatesOf(docker: Docker, state: StackState): Promise<StackContainer[]> {
  const instance = instanceOf(state);
  const filters = { label: [`${LABELS.instance}=${instance ?? ''}`], status: ['exited', 'created', 'dead'] };
  const stopped = new Set((await docker.listContainers({ all: true, filters })).map(({ Id }) => Id));
  // One that starts over and over again is none to remove: whoever looks at it may want to see that.
  return failedCandidates(state, await containersOf(docker, instance)).filter(({ id }) => stopped.has(id));
}

async function askBefore(context: Context, { yes }: PruneOptions): Promise<void> {
  if (yes === true) return;
  if (!canAsk(context)) {
    throw new CommandFailure(
      EXIT.usage,
      'without a terminal to ask on, prune needs --yes (or --dry-run, to look); nothing was touched',
    );
  }
  if (!(await confirm(context, 'Remove them?'))) {
    throw new CommandFailure(EXIT.failed, 'not confirmed; nothing was touched');
  }
}

async function remove(
  docker: Docker,
  { remove: images, candidates }: ToGo,
): Promise<{ done: Omit<Pruned, 'freed'>; failures: string[] }> {
  const failures: string[] = [];
  const containers: StackContainer[] = [];
  for (const container of candidates) {
    try {
      // Never with its volumes: they may be all that is left of data.
      await docker.getContainer(container.id).remove({ v: false });
      containers.push(container);
    } catch (error) {
      if (!isGone(error)) failures.push(`container ${container.name} could not be removed: ${String(error)}`);
    }
  }
  const gone: HostImage[] = [];
  for (const image of images) {
    const reason = await removeImage(docker, image);
    if (reason === undefined) gone.push(image);
    else failures.push(`image ${imageName(image)} could not be removed: ${reason}`);
  }
  return { done: { images: gone, containers }, failures };
}

function jsonOf({ images, containers, freed }: Pruned): string {
  return JSON.stringify(
    {
      images: images.map(({ id, tags, size }) => ({ id, tags, size })),
      containers: containers.map(({ id, name, service }) => ({ id, name, service })),
      freed,
    },
    undefined,
    2,
  );
}
