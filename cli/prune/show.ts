import type { Paint } from '../context.ts';
import { displayName, type StackContainer } from '../hosts/containers.ts';
import { bytes, count } from '../output/format.ts';
import { table } from '../output/table.ts';
import type { Chosen, HostImage } from './choose.ts';

/** What is to go. */
export interface ToGo extends Chosen {
  readonly candidates: readonly StackContainer[];
}

/** What a prune is about to remove. Pure. */
export function toGoText({ remove, left, candidates }: ToGo, paint: Paint): string {
  const rows = [
    ...remove.map((image) => [`  image ${imageName(image)}`, bytes(image.size), `${bytes(image.ownSize)} of its own`]),
    ...candidates.map((container) => [`  container ${container.name}`, displayName(container), 'failed']),
  ];
  const columns = [{ heading: '' }, { heading: '', align: 'right' as const }, { heading: '' }];
  return [
    ...(rows.length === 0 ? ['nothing to remove'] : table(columns, rows).split('\n').slice(1)),
    ...(left.length === 0
      ? []
      : [
          paint(
            'dim',
            `left: ${count(left.length, 'image')} in no release that is known here, as stacks of another backend that ` +
              'have something on this host may count on them',
          ),
        ]),
  ].join('\n');
}

/** What a prune has done. Bytes. */
export interface Pruned {
  readonly images: readonly HostImage[];
  readonly containers: readonly StackContainer[];
  readonly freed: number;
}

/** What a prune ends with. Pure. */
export function prunedText({ images, containers, freed }: Pruned): string {
  const what = [
    ...(images.length > 0 ? [count(images.length, 'image')] : []),
    ...(containers.length > 0 ? [count(containers.length, 'container')] : []),
  ];
  return what.length === 0 ? 'nothing was removed' : `removed ${what.join(' and ')}: ${bytes(freed)} freed`;
}

/** Its names, or as much of its id as people write. Pure. */
export function imageName({ id, tags }: Pick<HostImage, 'id' | 'tags'>): string {
  return tags.length > 0 ? tags.join(', ') : id.replace(/^sha256:/, '').slice(0, 12);
}
