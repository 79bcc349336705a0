import type { CompleteInputs } from '../../schema/attribute.ts';
import { block, flag, list, map, set, text } from '../../schema/attribute.ts';

const replace = 'always';

/** The build of a docker:index/remoteImage:RemoteImage. */
const BUILD = {
  context: text({ required: true }),
  dockerfile: text({ default: 'Dockerfile' }),
  target: text(),
  buildArgs: map(),
  tag: list(),
  label: map(),
} as const;

/** docker:index/remoteImage:RemoteImage. */
export const REMOTE_IMAGE = {
  name: text({ required: true, replace }),
  keepLocally: flag(),
  forceRemove: flag(),
  triggers: map({ replace }),
  pullTriggers: set({ replace }),
  build: block(BUILD, { replace }),
} as const;

/** The inputs of a build, nothing missing. */
export type BuildInputs = CompleteInputs<typeof BUILD>;
