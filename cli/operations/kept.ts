import { count, stackOption } from '../output/format.ts';
import { TYPES } from '../pulumi/resource-types.ts';
import { nameOfUrn } from '../pulumi/urn.ts';
import type { StackState } from '../pulumi/state.ts';

/** What a `down` has left, and how it would go too. */
export function keptText(left: StackState, stack: string): string {
  const kept = left.resources.filter((resource) => resource.protect === true);
  if (kept.length === 0) return 'nothing was kept';
  const volumes = kept.filter(({ type }) => type === TYPES.volume).map(nameOfVolume);
  const secrets = kept.filter(({ type, urn }) => type.startsWith('random:') && nameOfUrn(urn) !== 'instance').length;
  const hasAuthority = kept.some(({ type }) => type === TYPES.authority);
  const option = stackOption(stack);
  return [
    `kept: ${[
      ...(volumes.length > 0 ? [`${count(volumes.length, 'volume')} with data (${volumes.join(', ')})`] : []),
      ...(secrets > 0 ? [`${count(secrets, 'generated secret')} that belong to them`] : []),
      ...(hasAuthority ? ["the stack's certificate authority"] : []),
    ].join(' and ')}`,
    `the next \`slipway up${option}\` finds them; \`slipway down${option} --volumes\` removes them`,
  ].join('\n');
}

function nameOfVolume(resource: StackState['resources'][number]): string {
  const name = resource.outputs?.['name'];
  return typeof name === 'string' ? name : nameOfUrn(resource.urn);
}
