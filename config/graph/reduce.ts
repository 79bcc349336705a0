import type { Graph } from '../plan/order.ts';

/**
 * Whether an edge of an acyclic graph says nothing new: `from` reaches `to` by way of another of its own edges too.
 * What waits for history, which waits for postgres, need not be shown to wait for postgres.
 */
export function isImplied(graph: Graph, from: string, to: string): boolean {
  return (graph[from] ?? []).some((next) => next !== to && reaches(graph, next, to, new Set()));
}

function reaches(graph: Graph, from: string, to: string, seen: Set<string>): boolean {
  if (from === to) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  return (graph[from] ?? []).some((next) => reaches(graph, next, to, seen));
}
