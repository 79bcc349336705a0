import type { SystemInput } from '../schema/system.ts';

/** Images of the project's own that every system here is made of, beside its PostgreSQL, whose version differs. */
export const commonImages = {
  redis: { build: { context: 'images/redis' }, uid: 999, gid: 999 },
  nginx: { build: { context: 'images/nginx' }, uid: 101, gid: 101 },
  workload: {
    build: { context: 'images/workload', bundle: { entry: 'src/main.ts', output: 'main.mjs' } },
    uid: 1000,
    gid: 1000,
  },
} satisfies SystemInput['images'];
