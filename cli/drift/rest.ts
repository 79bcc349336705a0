import { inspectedState, type Inspected } from '../../providers/embedded/docker/container/inspected.ts';
import type { Values } from '../../providers/rpc/index.ts';

/** Properties of docker.Container that the engine keeps for the life of a container, beside those compared by themselves. */
const FIXED = [
  ...['command', 'entrypoints', 'user', 'workingDir', 'healthcheck', 'readOnly', 'privileged', 'capabilities'],
  ...['securityOpts', 'ulimits', 'shmSize', 'ports', 'logDriver', 'logOpts', 'stopSignal', 'stopTimeout', 'init'],
  ...['ipcMode', 'runtime', 'tmpfs', 'dns', 'hosts'],
] as const;

/** A property that differs. */
export interface Difference {
  readonly field: string;
  readonly expected: string;
  readonly found: string;
}

/**
 * Where a container on the host differs from one that the plugin has made and read: what no engine changes while a
 * container lives, so that only another container can differ in it.
 */
export function fixedDifferences(outputs: Readonly<Record<string, unknown>>, inspected: unknown): Difference[] {
  // In the plugin's own form of each property, or what it reads back otherwise would look like a difference.
  const found: Readonly<Record<string, unknown>> = inspectedState(inspected as Inspected, { ...outputs } as Values);
  return FIXED.flatMap((field) => {
    const [before, now] = [canonical(outputs[field]), canonical(found[field])];
    return before === now ? [] : [{ field, expected: before, found: now }];
  });
}

/** Nothing, and every way to say so, is ''; the order counts in a command line only. */
function canonical(value: unknown): string {
  const plain = withoutEmpty(value);
  if (plain === undefined) return '';
  return typeof plain === 'string' ? plain : JSON.stringify(plain);
}

function withoutEmpty(value: unknown): unknown {
  if (value === null || value === undefined || value === '' || value === 0 || value === false) return undefined;
  if (Array.isArray(value)) {
    const items: unknown[] = value.map((item) => (item === '' ? '' : withoutEmpty(item)));
    if (items.length === 0) return undefined;
    return items.every((item) => typeof item === 'object') ? items.map((item) => JSON.stringify(item)).sort() : items;
  }
  if (typeof value !== 'object') return value;
  const entries = Object.entries(value)
    .filter(([key]) => !key.startsWith('__'))
    .map(([key, below]) => [key, withoutEmpty(below)] as const)
    .filter(([, below]) => below !== undefined)
    .sort(([a], [b]) => a.localeCompare(b));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
