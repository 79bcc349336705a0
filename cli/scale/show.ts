import { stackOption } from '../output/format.ts';
import type { Change } from './judge.ts';

/** What changes, for people: `api 1 → 3, queue 2 → 1`. */
export function changesText(changes: readonly Change[]): string {
  return changes.map(({ service, from, to }) => `${service} ${from === undefined ? '' : `${from} → `}${to}`).join(', ');
}

/** What to ask before scaling in prod. */
export function scaleQuestion(
  about: { readonly system: string; readonly stack: string },
  changes: readonly Change[],
): string {
  const { system, stack } = about;
  return changes.length === 0
    ? `Deploy ${system} to prod (stack ${stack})?`
    : `Scale ${system} in prod (stack ${stack}): ${changesText(changes)}?`;
}

/** What to know when the configuration was changed and its deployment has not ended well. */
export function keptText(stack: string, changes: readonly Change[]): string {
  const option = stackOption(stack);
  const known = changes.flatMap(({ service, from }) => (from === undefined ? [] : [`${service}=${from}`]));
  const back = known.length === 0 ? '' : `, \`slipway scale${option} ${known.join(' ')}\` goes back`;
  return `Pulumi.${stack}.yaml stays changed (${changesText(changes)}): \`slipway up${option}\` tries again${back}`;
}

/** What to say where the numbers that are asked for are those that hold already. */
export function unchangedText(stack: string, wanted: readonly string[]): string {
  return `Pulumi.${stack}.yaml says ${wanted.join(' ')} already and stays as it is`;
}
