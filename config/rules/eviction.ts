import { issuePath } from '../plan/resolution.ts';
import type { Issue } from '../plan/types.ts';
import { warning, type Rule } from './rule.ts';
import { unknownName } from './suggest.ts';

/** What a Redis does once its memory is full: a policy by that name drops keys, `noeviction` refuses new ones. */
const POLICY = 'maxmemory-policy';

/** Nothing that is needed is kept where it may be dropped to make room: a cache forgets, and tells nobody. */
export const checkEviction: Rule = ({ system, active }) =>
  Object.entries(active).flatMap(([name, { keeps }]) =>
    Object.entries(keeps).flatMap(([what, { in: store, loss, elsewhere }]): Issue[] => {
      const keys = ['services', name, 'keeps', what] as const;
      const known = Object.keys(system.services);
      if (!known.includes(store)) {
        return [unknownName([system.name, ...keys, 'in'], { noun: 'service', name: store, known })];
      }
      const policy = policyOf(active[store]?.command ?? []);
      if (policy === undefined || policy === 'noeviction') return [];
      const which = policy.startsWith('volatile-') ? 'any key that expires' : 'any key';
      return [
        warning(
          issuePath(system.name, keys),
          `"${store}" drops ${which} once its memory is full (${policy}), ${what} of "${name}" too: ${loss}`,
          elsewhere === undefined
            ? `a Redis of its own for ${what}, with noeviction`
            : `the variant ${elsewhere} (slipway:variants), which keeps ${what} in a Redis with noeviction`,
        ),
      ];
    }),
  );

/** The policy that a command line gives; undefined: none. */
function policyOf(command: readonly string[]): string | undefined {
  const at = command.indexOf(`--${POLICY}`);
  return at < 0 ? undefined : command[at + 1];
}
