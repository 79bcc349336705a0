import type { Issue, Plan } from '../../config/plan/types.ts';
import { resolvePlan, type Systems } from '../../config/resolve.ts';
import { error } from '../../config/rules/rule.ts';
import type { RawSettings } from '../../config/settings.ts';
import { servicesWith } from './edit.ts';

/** A service whose number of replicas changes. */
export interface Change {
  readonly service: string;
  /** Absent: nobody can tell, for the configuration as it stands makes no plan. */
  readonly from?: number;
  readonly to: number;
}

/** What scaling would do, or what keeps it from being done. */
export interface Judged {
  /** The plan once scaled; absent if and only if one of the issues is an error. */
  readonly plan?: Plan;
  readonly issues: readonly Issue[];
  readonly changes: readonly Change[];
}

/**
 * Judges what has been asked for, such as `api=3`, by the rules that hold for a configuration file. Reports all problems
 * together, each under what was written. Pure.
 */
export function judgeScale(raw: RawSettings, args: readonly string[], systems?: Systems): Judged {
  const { wanted, issues: malformed } = readWanted(args);
  const values = { ...raw.values, services: servicesWith(raw.values['services'], wanted) };
  const before = resolvePlan(raw, systems).plan;
  const after = resolvePlan({ ...raw, values }, systems);
  const issues = [
    ...malformed,
    ...after.issues.map((issue) => ({ ...issue, path: asWritten(issue.path, wanted) })),
    ...sleeping(before ?? after.plan, wanted, after.issues),
  ];
  const failed = after.plan === undefined || issues.some(({ severity }) => severity === 'error');
  if (failed) return { issues, changes: [] };
  const changes = [...wanted].flatMap(([service, to]) => {
    const from = before?.services.find(({ name }) => name === service)?.replicas;
    return from === to ? [] : [{ service, ...(from !== undefined && { from }), to }];
  });
  return { plan: after.plan, issues, changes };
}

/** What the arguments ask for, where they can be understood. */
function readWanted(args: readonly string[]): { wanted: Map<string, number>; issues: Issue[] } {
  const wanted = new Map<string, number>();
  const issues: Issue[] = [];
  for (const arg of args) {
    const [, service, number] = /^([^=\s]+)=(.*)$/.exec(arg) ?? [];
    if (service === undefined || number === undefined) {
      issues.push(error(arg, 'names no service with a number', 'service=number, such as api=3'));
    } else if (!/^[1-9]\d{0,5}$/.test(number)) {
      issues.push(error(arg, `"${number}" is no number of replicas`, 'a whole number, 1 or more'));
    } else if (wanted.has(service)) {
      issues.push(error(arg, `"${service}" has been given a number already`, 'one number a service'));
    } else {
      wanted.set(service, Number(number));
    }
  }
  return { wanted, issues };
}

/** The path of an issue about what was asked for, as it was asked. */
function asWritten(path: string, wanted: ReadonlyMap<string, number>): string {
  const [, service = ''] = /^slipway:services\.([^.]+)(?:\.replicas)?$/.exec(path) ?? [];
  const number = wanted.get(service);
  return number === undefined ? path : `${service}=${number}`;
}

/** Services that the system has and the stack does not run: a number would change nothing. */
function sleeping(plan: Plan | undefined, wanted: ReadonlyMap<string, number>, known: readonly Issue[]): Issue[] {
  if (plan === undefined) return [];
  const awake = plan.services.map(({ name }) => name);
  return [...wanted]
    .filter(
      ([service]) => !awake.includes(service) && !known.some(({ path }) => path === `slipway:services.${service}`),
    )
    .map(([service, number]) =>
      error(
        `${service}=${number}`,
        `"${service}" does not run in this stack: its profile is off`,
        `one of ${awake.join(', ')}`,
      ),
    );
}
