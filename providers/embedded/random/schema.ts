import { integer, map, text, type Flag } from '../schema/attribute.ts';

const replace = 'always';

const on: Flag = { type: 'flag', default: true, replace };
const least = () => integer({ default: 0, replace, accepts: { what: '0 or more', test: (count) => count >= 0 } });
const length = () => integer({ required: true, replace, accepts: { what: '1 or more', test: (count) => count >= 1 } });

/** random:index/randomPassword:RandomPassword. */
export const PASSWORD = {
  length: length(),
  keepers: map({ replace }),
  lower: on,
  upper: on,
  numeric: on,
  special: on,
  minLower: least(),
  minUpper: least(),
  minNumeric: least(),
  minSpecial: least(),
  overrideSpecial: text({ replace }),
} as const;

/** random:index/randomBytes:RandomBytes. */
export const BYTES = { length: length(), keepers: map({ replace }) } as const;

/** random:index/randomId:RandomId. */
export const ID = { byteLength: length(), prefix: text({ replace }), keepers: map({ replace }) } as const;
