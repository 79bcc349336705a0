import { effectsOf } from '../../config/effects/effects.ts';
import { peakOf } from '../../config/effects/peak.ts';
import type { Forecast, Standing, Touch } from '../../config/effects/types.ts';
import type { Plan } from '../../config/plan/types.ts';
import { TYPES } from '../pulumi/resource-types.ts';
import type { StackState, StateResource } from '../pulumi/state.ts';
import { nameOfUrn } from '../pulumi/urn.ts';
import type { Change } from './changes.ts';

const KINDS: Readonly<Record<string, Touch['of']>> = {
  [TYPES.container]: 'container',
  [TYPES.replica]: 'gate',
  [TYPES.files]: 'files',
  [TYPES.job]: 'job',
  [TYPES.preflight]: 'check',
  [TYPES.network]: 'network',
  [TYPES.postgresRole]: 'role',
};

/** What the changes of a preview come to for those who use the stack, and for its host. Pure. */
export function forecastOf(plan: Plan, changes: readonly Change[], state: StackState): Forecast {
  const touches = changes.map(({ type, service, name, action, fields }): Touch => ({
    of: KINDS[type] ?? 'other',
    ...(service !== undefined && { service }),
    ...{ name, action, fields },
  }));
  const standing = standingIn(state);
  return { effects: effectsOf(plan, touches, standing), peak: peakOf(plan, touches, standing) };
}

/** The containers of services that a state counts on. */
export function standingIn({ resources }: StackState): Standing[] {
  const current = resources.filter((resource) => resource.delete !== true);
  const gates = new Map(
    current.flatMap(({ type, outputs }) =>
      type === TYPES.replica ? [[outputs?.['container'], outputs] as const] : [],
    ),
  );
  return resources.flatMap((resource): Standing[] => {
    const { type, parent, urn, id, inputs } = resource;
    if (type !== TYPES.container || parent?.includes(`${TYPES.service}::`) !== true) return [];
    const memory = inputs?.['memory'];
    const { healthyAfterMs, exchangeMs } = gates.get(id) ?? {};
    return [
      {
        service: nameOfUrn(parent),
        name: nameOfUrn(urn),
        // The provider has it in MiB.
        ...(typeof memory === 'number' && { memory: memory * 2 ** 20 }),
        published: publishedBy(resource),
        isNamed: hasAliases(resource),
        ...(resource.delete === true && { leaving: true as const }),
        ...(typeof healthyAfterMs === 'number' && { healthyAfterMs }),
        ...(typeof exchangeMs === 'number' && { exchangeMs }),
      },
    ];
  });
}

function publishedBy({ inputs }: StateResource): number[] {
  return listOf(inputs, 'ports').flatMap(({ external }) => (typeof external === 'number' ? [external] : []));
}

function hasAliases({ inputs }: StateResource): boolean {
  return listOf(inputs, 'networksAdvanced').some(({ aliases }) => Array.isArray(aliases) && aliases.length > 0);
}

function listOf(inputs: StateResource['inputs'], field: string): Readonly<Record<string, unknown>>[] {
  const value = inputs?.[field];
  if (!Array.isArray(value)) return [];
  return value.filter((item): item is Record<string, unknown> => typeof item === 'object' && item !== null);
}
