import type { Expected } from '../status/assess.ts';
import { TYPES } from './resource-types.ts';
import { nameOfUrn } from './urn.ts';
import type { StackState } from './state.ts';

/** What the state holds to be current: containers, and the images that they are made of. */
export function expectedOf(state: StackState): Expected {
  const current = state.resources.filter((resource) => resource.delete !== true);
  return {
    containers: new Set(
      current.flatMap(({ type, id, outputs }) => {
        const container = type === TYPES.container ? id : type === TYPES.job ? outputs?.['containerId'] : undefined;
        return typeof container === 'string' ? [container] : [];
      }),
    ),
    images: new Map(
      current.flatMap(({ type, urn, outputs }) => {
        const id = outputs?.['imageId'];
        const name = outputs?.['name'];
        return type === TYPES.image && typeof id === 'string' && typeof name === 'string'
          ? [[nameOfUrn(urn), { id, name }] as const]
          : [];
      }),
    ),
  };
}
