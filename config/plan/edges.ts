import { CONTAINER, type Edge } from '../schema/edge.ts';
import type { Service } from '../schema/service.ts';
import { sortedEntries } from './sort.ts';
import type { PlannedEdge, PlannedRoute } from './types.ts';

/** An edge with the lists of the services that run. */
export function plannedEdge({ folder, upstreams }: Edge, active: Readonly<Record<string, Service>>): PlannedEdge {
  const lists = sortedEntries(upstreams).filter(([service]) => Object.hasOwn(active, service));
  return { folder, lists: Object.fromEntries(lists.map(([service, list]) => [routeFile(service), list])) };
}

/** The lists that a service stands in, of the edges that run. */
export function plannedRoutes(name: string, active: Readonly<Record<string, Service>>): PlannedRoute[] {
  return sortedEntries(active).flatMap(([edge, { edge: described }]) => {
    const list = described?.upstreams[name];
    if (!described || list === undefined) return [];
    const { reload, drained } = described;
    return [{ edge, file: routeFile(name), list, reload, ...(drained && { drained }) }];
  });
}

/** Name of the list of a service in the folder of an edge. */
function routeFile(service: string): string {
  return `${service}.conf`;
}

/** A list with one line for each container, in order. */
export function renderList(list: string, containers: readonly string[]): string {
  return list
    .split('\n')
    .flatMap((line) =>
      line.includes(CONTAINER) ? containers.map((container) => line.replaceAll(CONTAINER, container)) : [line],
    )
    .join('\n');
}

/** The containers that a rendered list names, in order. */
export function listedContainers(list: string, rendered: string): string[] {
  const line = list.split('\n').find((each) => each.includes(CONTAINER)) ?? '';
  const [before = '', after = ''] = line.split(CONTAINER);
  return rendered
    .split('\n')
    .filter((each) => each.startsWith(before) && each.endsWith(after) && each.length > before.length + after.length)
    .map((each) => each.slice(before.length, each.length - after.length));
}
