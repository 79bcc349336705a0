import { describe, expect, test } from '@jest/globals';
import { bcryptHash } from '../../../../providers/embedded/random/bcrypt.ts';
import { contradictions, generatePassword } from '../../../../providers/embedded/random/password.ts';
import { PASSWORD } from '../../../../providers/embedded/random/schema.ts';
import { complete } from '../../../../providers/embedded/schema/complete.ts';
import type { Values } from '../../../../providers/rpc/index.ts';

const inputs = (given: Values) => complete(PASSWORD, { length: 40, ...given });

describe('a password', () => {
  test.each<[Values, RegExp]>([
    [{ special: false }, /^[a-zA-Z0-9]{40}$/],
    [{ special: false, upper: false, numeric: false }, /^[a-z]{40}$/],
    [{ overrideSpecial: '_-', lower: false, upper: false, numeric: false }, /^[_-]{40}$/],
    [
      { length: 4, minLower: 1, minUpper: 1, minNumeric: 1, minSpecial: 1 },
      /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[\W_])/,
    ],
    [{}, /^[\w!@#$%&*()\-=+[\]{}<>:?]{40}$/],
  ])('of %j has those characters alone', (given, pattern) => {
    for (let time = 0; time < 20; time++) expect(generatePassword(inputs(given))).toMatch(pattern);
  });

  test('differs from the one before', () => {
    expect(generatePassword(inputs({}))).not.toBe(generatePassword(inputs({})));
  });

  test.each<[Values, string[]]>([
    [{ length: 3, minUpper: 2, minLower: 2 }, ['length']],
    [{ lower: false, upper: false, numeric: false, special: false }, ['lower']],
    [{}, []],
  ])('of %j: contradictions are named', (given, properties) => {
    expect(contradictions(inputs(given)).map(({ property }) => property)).toEqual(properties);
  });
});

describe('a bcrypt hash', () => {
  test('is that of other implementations', async () => {
    const salt = Buffer.from('144b3d691a7b4ecf39cf735c7fa7a79c', 'hex');
    expect(await bcryptHash('', salt, 6)).toBe('$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s.');
    expect(await bcryptHash('x'.repeat(72), salt, 4)).toBe(await bcryptHash('x'.repeat(80), salt, 4));
  });
});
