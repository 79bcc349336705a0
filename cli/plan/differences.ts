import { comparePlans, type PlanDifference } from '../../config/plan/compare.ts';
import type { Plan } from '../../config/plan/types.ts';
import { formatBytes } from '../../config/schema/bytes.ts';
import type { Paint } from '../context.ts';
import { table } from '../output/table.ts';

/** A stack's plan, and what it would be with less said. */
export interface Layers {
  readonly plan: Plan;
  /** If the stack's file said nothing but its system and environment. */
  readonly environment: Plan;
  /** If the environment said nothing either. */
  readonly base: Plan;
}

/** A field in which two stacks differ, and who says so. */
export interface Difference extends PlanDifference {
  /** A file of the project, or an environment of the system. */
  readonly by: string;
}

/** How a stack differs from another, field by field. Pure. */
export function differences(other: Layers, own: Layers): Difference[] {
  // The first that says something of the field: what the stack itself has comes before what the other one has.
  const sayers = [...sayersOf(own), ...sayersOf(other)].map(({ by, says }) => ({
    by,
    paths: new Set(says.map(({ path }) => path)),
  }));
  return comparePlans(other.plan, own.plan).map((difference) => {
    const sayer = sayers.find(({ paths }) => paths.has(difference.path));
    return { ...difference, by: sayer?.by ?? `system ${own.plan.system}` };
  });
}

function sayersOf({ plan, environment, base }: Layers): { by: string; says: PlanDifference[] }[] {
  return [
    { by: `Pulumi.${plan.stack}.yaml`, says: comparePlans(environment, plan) },
    { by: `environment ${plan.environment}`, says: comparePlans(base, environment) },
  ];
}

/** The differences as text, by what they belong to. */
export function differencesText(other: Plan, plan: Plan, found: readonly Difference[], paint: Paint): string {
  if (found.length === 0) return `${plan.stack} is planned as ${other.stack} is`;
  const groups = Map.groupBy(found, ({ path }) => groupOf(path));
  return [
    `${other.stack} → ${plan.stack}, where they differ`,
    ...[...groups].map(([group, fields]) => {
      const rows = fields.map(({ path, before, after, by }) => [
        `  ${path.slice(group === '' ? 0 : group.length + 1) || 'all of it'}`,
        fieldChange(path, before, after),
        paint('dim', by),
      ]);
      const columns = [{ heading: '' }, { heading: '' }, { heading: '' }];
      const lines = table(columns, rows).split('\n').slice(1);
      return ['', paint('bold', group === '' ? 'stack' : group.replace('.', ' ')), ...lines].join('\n');
    }),
  ].join('\n');
}

function groupOf(path: string): string {
  return /^[^.]+\.[^.]+/.exec(path)?.[0] ?? '';
}

/** As much of a value as fits a line. */
const LONGEST = 60;

/** From what to what a field changes, as much as fits a line; of lists, what comes and goes. */
export function fieldChange(path: string, before: unknown, after: unknown): string {
  if (isList(before) && isList(after)) {
    const parts = [
      ...before.filter((item) => !after.includes(item)).map((item) => `−${item}`),
      ...after.filter((item) => !before.includes(item)).map((item) => `+${item}`),
    ];
    return parts.length === 0 ? 'another order' : shortened(parts.join(' '), 2 * LONGEST);
  }
  return `${shown(path, before)} → ${shown(path, after)}`;
}

function isList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function shown(path: string, value: unknown): string {
  if (value === undefined) return '-';
  if (typeof value === 'number' && /(?:^|\.)(?:memory|shmSize|size)$/.test(path)) return formatBytes(value);
  if (typeof value === 'string' && value.includes('\n')) return `${value.trimEnd().split('\n').length} lines`;
  return shortened(typeof value === 'string' ? value : JSON.stringify(value), LONGEST);
}

function shortened(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
