import { expect, test } from '@jest/globals';
import { hintFor } from '../../../../providers/slipway/replica/hint.ts';

test.each([
  ["OSError: [Errno 30] Read-only file system: '/tmp/alive'", true],
  ["touch: cannot touch '/alive': Read-only file system", true],
  ["Error: EROFS: read-only file system, open '/app/log'", true],
  ["PermissionError: [Errno 13] Permission denied: '/data'", false],
])('of a container with a read-only root that ends with %j, what to do about it: %j', (log, isTold) => {
  expect(hintFor(log, true) === undefined).toBe(!isTold);
  expect(hintFor(log, false)).toBeUndefined();
});
