import type { PicturedService } from './picture.ts';
import { wrap } from '../wrap.ts';

/** Characters in a line of a box: boxes stay narrow, so that fifteen find room on a page. */
export const WIDTH = 22;

/** What stands in the box of a service. */
export interface Box {
  readonly title: string;
  /** Beside the title; empty: nothing. */
  readonly mark: string;
  readonly lines: readonly string[];
}

/** What stands in the box of a service. */
export function boxOf({ name, mark, description, uses, door, address }: PicturedService): Box {
  return {
    title: name,
    mark,
    lines: [
      ...wrap(description.replace(/\.$/, ''), WIDTH),
      ...(uses.length === 0 ? [] : wrap(`calls ${uses.join(', ')}`, WIDTH)),
      ...(door === undefined ? [] : [`network ${door}`]),
      ...(address === undefined ? [] : [address]),
    ],
  };
}
