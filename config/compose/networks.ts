import { sortedSet } from '../plan/sort.ts';
import type { Attachment, PlannedNetwork } from '../plan/types.ts';

/** The network that everybody is on. */
const HOME = 'home';

/** True for a network of a stack that only healthy replicas join under their service's name: Compose knows no such. */
export function isDoor(network: string): boolean {
  return network.startsWith('door-');
}

/** The networks of a project. */
export function composeNetworks(planned: readonly PlannedNetwork[]): Record<string, { readonly internal?: true }> {
  return Object.fromEntries(
    planned.filter(({ name }) => !isDoor(name)).map(({ name, internal }) => [name, internal ? { internal } : {}]),
  );
}

/** Networks that a service joins: a list, or a map where it has names of its own on one. */
export type ComposeAttachments = readonly string[] | Readonly<Record<string, { readonly aliases?: readonly string[] }>>;

/** Where a service joins. Compose gives it its own name on every network; what else it is called, it is called at home. */
export function composeAttachments(service: string, attachments: readonly Attachment[]): ComposeAttachments {
  const joined = attachments.map(({ network }) => network).filter((network) => !isDoor(network));
  const aliases = sortedSet(attachments.flatMap((attachment) => attachment.aliases)).filter((name) => name !== service);
  if (aliases.length === 0) return joined;
  return Object.fromEntries(joined.map((network) => [network, network === HOME ? { aliases } : {}]));
}
