import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { overlaps, parseCidr, type Block } from '../../config/plan/cidr.ts';
import { allocateSubnets, subnetSize } from '../../config/plan/subnets.ts';

const cidr = fc
  .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 255 }), fc.integer({ min: 20, max: 30 }))
  .map(([third, fourth, prefix]) => `10.213.${third}.${fourth}/${prefix}`);

const request = fc.record({
  pool: fc.constantFrom('10.213.0.0/16', '10.213.0.0/20', '10.213.64.0/22'),
  taken: fc.array(cidr, { maxLength: 12 }),
  wanted: fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), fc.integer({ min: 0, max: 500 }), { maxKeys: 12 }),
  kept: fc.constant({}),
  start: fc.integer(),
});

function blocks(subnets: Readonly<Record<string, string>>): Block[] {
  return Object.values(subnets).map((subnet) => parseCidr(subnet) ?? { first: NaN, size: NaN });
}

test('subnets lie in the pool, hold what is wanted, and overlap nothing', () => {
  fc.assert(
    fc.property(request, (args) => {
      const answer = allocateSubnets(args);
      if ('problem' in answer) return;
      const pool = parseCidr(args.pool);
      const made = blocks(answer.subnets);
      expect(Object.keys(answer.subnets)).toEqual(Object.keys(args.wanted).sort());
      for (const [name, addresses] of Object.entries(args.wanted)) {
        expect(parseCidr(answer.subnets[name] ?? '')?.size).toBe(subnetSize(addresses));
      }
      const others = args.taken.flatMap((text) => parseCidr(text) ?? []);
      for (const [index, block] of made.entries()) {
        expect(block.first).toBeGreaterThanOrEqual(pool?.first ?? NaN);
        expect(block.first + block.size).toBeLessThanOrEqual((pool?.first ?? NaN) + (pool?.size ?? NaN));
        expect([...others, ...made.slice(index + 1)].filter((other) => overlaps(block, other))).toEqual([]);
      }
    }),
    { numRuns: 500 },
  );
});

test('what was allocated stays when it is asked for again, whatever else is added', () => {
  fc.assert(
    fc.property(request, fc.integer(), (args, start) => {
      const first = allocateSubnets(args);
      if ('problem' in first) return;
      const again = allocateSubnets({ ...args, start, kept: first.subnets, wanted: { ...args.wanted, added: 3 } });
      if ('problem' in again) return;
      expect(again.subnets).toMatchObject(first.subnets);
    }),
    { numRuns: 300 },
  );
});
