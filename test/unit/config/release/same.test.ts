import { expect, test } from '@jest/globals';
import { isSameRelease } from '../../../../config/release/same.ts';
import { planOf, resolveLinkflow } from '../fixture.ts';

const json = (stack: Parameters<typeof resolveLinkflow>[0]): string => JSON.stringify(planOf(resolveLinkflow(stack)));

test('a secret that was pinned makes no release; anything else does', () => {
  const plain = json({});
  expect(isSameRelease(plain, plain)).toBe(true);
  expect(isSameRelease(plain, json({ providedSecrets: ['APP_KEY', 'REDIS_PASSWORD'] }))).toBe(true);
  expect(isSameRelease(plain, json({ values: { services: { queue: { replicas: 2 } } } }))).toBe(false);
  expect(isSameRelease(undefined, plain)).toBe(false);
});
