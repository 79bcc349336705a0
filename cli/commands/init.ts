import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Issue, Plan } from '../../config/plan/types.ts';
import { EnvironmentName } from '../../config/schema/environment.ts';
import type { SystemDescription } from '../../config/schema/system.ts';
import { systems } from '../../config/systems/index.ts';
import type { Context } from '../context.ts';
import { paintFor, writeLine } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { newStackFile, placesToTell, profilesOf } from '../init/stack-file.ts';
import { table } from '../output/table.ts';
import { issueReport } from '../stack-plan.ts';

/** What may be asked of `init`. */
export interface InitOptions {
  readonly environment?: string;
  readonly profiles?: readonly string[];
  /** Name of the stack; absent: `<system>-<environment>`. */
  readonly stack?: string;
}

/** As Pulumi takes them, in pkg/backend/diy of its sources: a stack's name is a file's too. */
const STACK_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/;

/**
 * Lists the systems, or writes the configuration of a stack that runs one.
 * @throws CommandFailure with everything that is wrong, before anything is written
 */
export async function init(context: Context, name: string | undefined, options: InitOptions): Promise<number> {
  if (name === undefined) return list(context);
  const { stack, text, plan, elsewhere } = await judged(context, name, options);
  writeFileSync(join(context.projectDir, `Pulumi.${stack}.yaml`), text, { flag: 'wx' });
  writeLine(context.stdout, written(stack, plan, elsewhere));
  return EXIT.ok;
}

function list(context: Context): number {
  const paint = paintFor(context.stdout);
  const rows = Object.values(systems)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((system) => [paint('bold', system.name), String(countServices(system)), system.description ?? '']);
  const columns = [{ heading: 'system' }, { heading: 'services', align: 'right' as const }, { heading: '' }];
  const usage = `\`slipway init <system> --environment ${EnvironmentName.options.join('|')}\` writes the configuration of a stack that runs it`;
  writeLine(context.stdout, `${table(columns, rows)}\n\n${usage}`);
  return EXIT.ok;
}

function countServices({ services }: SystemDescription): number {
  return Object.values(services).filter(({ kind }) => kind !== 'job').length;
}

/** What is to be written, seen to be a plan. */
async function judged(
  { projectDir }: Context,
  name: string,
  { environment = 'dev', profiles = [], stack = `${name}-${environment}` }: InitOptions,
): Promise<{ stack: string; text: string; plan: Plan; elsewhere: readonly string[] }> {
  const [{ resolvePlan }, { knownNames }, { checkEnvironment }] = await Promise.all([
    import('../../config/resolve.ts'),
    import('../../config/rules/suggest.ts'),
    import('../../config/rules/selection.ts'),
  ]);
  const system = Object.hasOwn(systems, name) ? systems[name] : undefined;
  const chosen = EnvironmentName.safeParse(environment).data;
  const undescribed = system && chosen ? checkEnvironment(system, chosen) : [];
  if (undescribed.length > 0) throw await undeployable(undescribed);
  const known = system && chosen ? profilesOf(system, chosen) : [];
  const problems = [
    ...(system ? [] : [`no system "${name}"\n  accepted: ${knownNames(name, Object.keys(systems))}`]),
    ...(chosen ? [] : [`no environment "${environment}"\n  accepted: ${EnvironmentName.options.join(', ')}`]),
    ...profiles
      .filter((profile) => system && chosen && !known.includes(profile))
      .map((profile) => `no profile "${profile}" in ${name}\n  accepted: ${knownNames(profile, known)}`),
    ...nameProblems(projectDir, stack),
  ];
  if (!system || !chosen || problems.length > 0) throw refused(problems);
  const text = newStackFile(system, { environment: chosen, profiles });
  const services = placesToTell(system, chosen);
  const values = { system: name, environment: chosen, profiles, services };
  const { plan, issues } = resolvePlan({ stack, values, providedSecrets: [], acceptsMissingSecrets: true });
  if (!plan) throw await undeployable(issues);
  return { stack, text, plan, elsewhere: Object.keys(services) };
}

function nameProblems(projectDir: string, stack: string): string[] {
  if (!STACK_NAME.test(stack)) {
    return [`"${stack}" can't be the name of a stack\n  accepted: letters, digits, ".", "_" and "-", 100 at most`];
  }
  return existsSync(join(projectDir, `Pulumi.${stack}.yaml`))
    ? [`there is a Pulumi.${stack}.yaml already\n  accepted: another name (--stack), or an edit of that file`]
    : [];
}

function refused(problems: readonly string[]): CommandFailure {
  return new CommandFailure(EXIT.usage, `nothing was written.\n${problems.map((text) => `error: ${text}`).join('\n')}`);
}

/** What is wrong with the description of a system. */
async function undeployable(issues: readonly Issue[]): Promise<CommandFailure> {
  return new CommandFailure(EXIT.usage, `nothing was written.\n${await issueReport(issues)}`);
}

/** What there is now, and what comes next. */
function written(stack: string, plan: Plan, elsewhere: readonly string[]): string {
  const on = `--stack ${stack}`;
  const services = plan.services.filter(({ kind }) => kind === 'service').length;
  const missing = plan.secrets.filter(({ source, providedOnly }) => source === 'missing' && providedOnly === true);
  return [
    `Pulumi.${stack}.yaml: ${plan.system} in ${plan.environment}, ${services} services`,
    '',
    'next:',
    ...(elsewhere.length > 0 ? [`  tell Pulumi.${stack}.yaml where ${elsewhere.join(' and ')} can be reached`] : []),
    ...missing.map(({ name, description }) => `  npx slipway secrets set ${name} ${on}   # ${description}`),
    `  npx slipway preview ${on}`,
    `  npx slipway up ${on}`,
  ].join('\n');
}
