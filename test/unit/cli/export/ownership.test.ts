import { expect, test } from '@jest/globals';
import { accessFor, isOpened, type Access } from '../../../../cli/export/ownership.ts';

const secret: Access = { mode: 0o400, uid: 999, gid: 999 };
const open: Access = { mode: 0o444, uid: 999, gid: 999 };

test.each<[string, Access, { uid: number; gid: number }, Access, boolean]>([
  ['root gives a file to who reads it', secret, { uid: 0, gid: 0 }, secret, false],
  ['its reader keeps it', secret, { uid: 999, gid: 50 }, { mode: 0o400, uid: 999, gid: 50 }, false],
  ['anybody else opens it', secret, { uid: 1000, gid: 100 }, { mode: 0o444, uid: 1000, gid: 100 }, true],
  ['what is open stays as it is', open, { uid: 1000, gid: 100 }, { mode: 0o444, uid: 1000, gid: 100 }, false],
  [
    'what can be executed can be by all, and written by nobody',
    { ...secret, mode: 0o700 },
    { uid: 1000, gid: 100 },
    { mode: 0o555, uid: 1000, gid: 100 },
    true,
  ],
])('%s', (_, planned, self, expected, opened) => {
  expect(accessFor(planned, self)).toEqual(expected);
  expect(isOpened(planned, self)).toBe(opened);
});
