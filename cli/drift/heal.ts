import type { Plan } from '../../config/plan/types.ts';
import type { Context } from '../context.ts';
import { writeLine } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { canAsk, confirmByName } from '../operations/confirm.ts';
import { count } from '../output/format.ts';
import { TYPES } from '../pulumi/resource-types.ts';
import type { StackState } from '../pulumi/state.ts';
import { nameOfUrn } from '../pulumi/urn.ts';
import { repairArguments } from './repair.ts';
import { dataAdvice } from './show.ts';
import { survey, type Surveyed } from './survey.ts';
import type { Drift, Finding } from './types.ts';

/** What a deployment finds changed by hand, and puts right. */
export interface Healing {
  readonly drift: Drift;
  /** Arguments that have Pulumi do it. */
  readonly args: readonly string[];
}

/**
 * Looks for what a deployment has to put right beside what its plan changes, and says so.
 * @throws CommandFailure if the state can't be decrypted
 */
export async function findDrift(context: Context, surveyed: Surveyed): Promise<Healing> {
  const drift = await survey(context, surveyed);
  for (const line of summary(drift)) writeLine(context.stderr, line);
  return { drift, args: repairArguments(drift.findings) };
}

/** How many objects are named one by one. */
const NAMED = 8;

function summary({ findings }: Drift): string[] {
  // What is swept is told when it is.
  const objects = new Map<string, string[]>();
  for (const { object, field, remedy } of findings.filter(({ remedy }) => remedy !== 'remove')) {
    const name = `${object.kind} ${object.name}`;
    objects.set(name, [...(objects.get(name) ?? []), remedy === 'ask' ? 'data gone' : field]);
  }
  if (objects.size === 0) return [];
  const lines = [...objects].slice(0, NAMED).map(([name, fields]) => `  ${name}: ${[...new Set(fields)].join(', ')}`);
  const more = objects.size - lines.length;
  return [
    `not as the stack has made it (\`slipway drift\` tells all):`,
    ...lines,
    ...(more > 0 ? [`  and ${count(more, 'object')} more`] : []),
  ];
}

/** What somebody has said about data volumes that are gone. */
export interface Agreement {
  readonly plan: Plan;
  readonly state: StackState;
  /** Volumes that may start empty, by their names in the plan or on the host. */
  readonly newVolumes: readonly string[];
  /** True: a person can be asked about the others. */
  readonly mayAsk: boolean;
}

/**
 * Sees that nobody gets an empty volume where there was data unless it was said so; what jobs have put there is then
 * put there again.
 * @returns further arguments for Pulumi
 * @throws CommandFailure before anything is touched
 */
export async function agreeOnData(
  context: Context,
  { drift: { findings }, args }: Healing,
  { plan, state, newVolumes, mayAsk }: Agreement,
): Promise<string[]> {
  const gone = findings.filter(({ remedy }) => remedy === 'ask');
  const unknown = newVolumes.filter((name) => !gone.some((finding) => isCalled(finding, name, plan)));
  if (unknown.length > 0) {
    const known = gone.map((finding) => planName(finding, plan));
    throw new CommandFailure(
      EXIT.usage,
      `--new-volumes: ${unknown.map((name) => `"${name}"`).join(', ')} is no data volume that is gone; ` +
        `${known.length === 0 ? 'all are there' : `gone: ${known.join(', ')}`}; nothing was touched`,
    );
  }
  const foreign = findings.filter(({ remedy }) => remedy === 'by hand');
  // Whoever has Pulumi look at it has it replaced, and it is protected.
  if (foreign.length > 0 && args.includes('--refresh')) throw refusal(foreign, plan);
  const open = gone.filter((finding) => !newVolumes.some((name) => isCalled(finding, name, plan)));
  for (const finding of open) {
    if (!mayAsk || !canAsk(context)) throw refusal(open, plan);
    for (const line of dataAdvice([finding], plan.stack)) writeLine(context.stderr, line);
    const name = planName(finding, plan);
    const isSure = await confirmByName(context, `Start with an empty volume in its place?`, name);
    if (!isSure) throw new CommandFailure(EXIT.failed, 'not confirmed; nothing was touched');
  }
  return gone.length === 0 ? [] : jobsOf(state).flatMap((urn) => ['--replace', urn]);
}

function refusal(findings: readonly Finding[], { stack }: Plan): CommandFailure {
  return new CommandFailure(EXIT.failed, `nothing was touched.\n${dataAdvice(findings, stack).join('\n')}`);
}

function isCalled(finding: Finding, name: string, plan: Plan): boolean {
  return finding.object.name === name || planName(finding, plan) === name;
}

/** The name that a volume has in the plan. */
function planName({ urn, object }: Finding, { prefix }: Plan): string {
  return urn === undefined ? object.name : nameOfUrn(urn).replace(`${prefix}-`, '');
}

/** What runs to completion, and would not run again by itself: tables, examples and the like are gone with the data. */
function jobsOf({ resources }: StackState): string[] {
  return resources.flatMap(({ type, urn, delete: replaced }) => (type === TYPES.job && replaced !== true ? [urn] : []));
}
