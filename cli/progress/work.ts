import { TYPES } from '../pulumi/resource-types.ts';
import { isFrame, isRefresh, isRemoval, type Progress, type ResourceProgress } from './progress.ts';
import { seconds } from './timeline.ts';

/** What people call what a resource stands for; the rest goes by the name of its type. */
const NOUNS: Readonly<Record<string, string>> = {
  [TYPES.container]: 'container',
  [TYPES.image]: 'image',
  [TYPES.network]: 'network',
  [TYPES.volume]: 'volume',
  [TYPES.replica]: 'replica',
  [TYPES.job]: 'job',
  [TYPES.preflight]: 'preflight',
  [TYPES.files]: 'files',
  [TYPES.postgresRole]: 'database role',
  [TYPES.release]: 'record of',
};

/** How many of a kind are named before the rest is only counted. */
const NAMED = 3;

/**
 * What a run of Pulumi's does at this moment, resource by resource, in a few words each, the oldest first; empty: no
 * operation is under way. Pure.
 */
export function underWay({ resources }: Progress, nowMs: number): string[] {
  const running = [...resources.values()].filter(({ status, type }) => status === 'running' && !isFrame(type));
  const groups = new Map<string, ResourceProgress[]>();
  for (const each of running) {
    const key = `${verbOf(each)} ${NOUNS[each.type] ?? each.type.replace(/^.*:/, '')}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups]
    .map(([key, each]) => ({ key, each, sinceMs: Math.min(...each.map(({ startedMs }) => startedMs)) }))
    .sort((a, b) => a.sinceMs - b.sinceMs)
    .map(({ key, each, sinceMs }) => {
      const names = [...new Set(each.map(nameOf))];
      const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
      return `${key} ${names.slice(0, NAMED).join(', ')}${more} (${seconds(nowMs - sinceMs)})`;
    });
}

function verbOf({ op }: ResourceProgress): string {
  if (op === 'delete-replaced') return 'deleting old';
  if (isRemoval(op)) return 'deleting';
  if (isRefresh(op)) return 'looking at';
  return op === 'update' ? 'updating' : 'making';
}

function nameOf({ name, service, type }: ResourceProgress): string {
  if (type === TYPES.release) return 'the release';
  return type === TYPES.image ? name : (service ?? name);
}
