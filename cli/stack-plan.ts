import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { HostSize, Issue, Plan } from '../config/plan/types.ts';
import type { Systems } from '../config/resolve.ts';
import type { RawSettings } from '../config/settings.ts';
import { CommandFailure, EXIT } from './exit-codes.ts';
import type { Context } from './context.ts';
import { writeLine } from './context.ts';

/** A stack's plan, and what is worth knowing about it. */
export interface StackPlan {
  readonly plan: Plan;
  /** Issues that do not stop anything. */
  readonly warnings: readonly Issue[];
  /** Services that alone are to run; absent: all. */
  readonly only?: readonly string[];
  /** Present: it is that of this release, resolved and fitted to its host when that was made. */
  readonly earlier?: number;
}

/** What a plan depends on beside the configuration. */
export interface PlanOptions {
  /** How much the host has, where it is known. */
  readonly host?: HostSize | undefined;
  /** Services that alone are to run. */
  readonly only?: readonly string[] | undefined;
}

/** A configuration that can't be deployed. */
export class ConfigurationRefusal extends CommandFailure {
  readonly issues: readonly Issue[];
  /** The plan as it would be; undefined: there can be none. */
  readonly draft: () => Plan | undefined;

  constructor(message: string, issues: readonly Issue[], draft: () => Plan | undefined) {
    super(EXIT.usage, message);
    this.issues = issues;
    this.draft = draft;
  }
}

/**
 * Reads and resolves the configuration of `stack`; touches no engine and starts no process.
 * @throws ConfigurationRefusal with every problem in one report
 */
export async function loadPlan(
  projectDir: string,
  stack: string,
  { host, only }: PlanOptions = {},
): Promise<StackPlan> {
  const [settings, { resolvePlan }] = await Promise.all([
    readSettings(projectDir, stack),
    import('../config/resolve.ts'),
  ]);
  const { plan, issues, draft } = resolvePlan(only === undefined ? settings : { ...settings, only }, undefined, host);
  if (plan === undefined) {
    const { message } = await refused(stack, issues);
    throw new ConfigurationRefusal(message, issues, draft ?? (() => undefined));
  }
  return { plan, warnings: issues, ...(only !== undefined && { only }) };
}

/**
 * Reads the configuration of `stack` as it was written, right or wrong.
 * @throws CommandFailure if there is no such file, or it can't be read as one
 */
export async function readSettings(projectDir: string, stack: string): Promise<RawSettings> {
  if (!existsSync(join(projectDir, `Pulumi.${stack}.yaml`))) {
    throw new CommandFailure(EXIT.usage, unknownStack(stack, stacksOf(projectDir)));
  }
  const { readStackFile, StackFileError } = await import('../config/stack-file.ts');
  try {
    return readStackFile(projectDir, stack);
  } catch (error) {
    throw error instanceof StackFileError ? new CommandFailure(EXIT.usage, error.message, { cause: error }) : error;
  }
}

/** Shows warnings on the error stream: they stop nothing, and must not mix with results. */
export async function showWarnings(context: Context, warnings: readonly Issue[]): Promise<void> {
  if (warnings.length === 0) return;
  const { renderIssues } = await import('../config/plan/render.ts');
  writeLine(context.stderr, renderIssues(warnings).trimEnd());
}

/** The refusal of a configuration: every issue, once. */
export async function refused(stack: string, issues: readonly Issue[], known?: Systems): Promise<CommandFailure> {
  const report = await issueReport(issues, known);
  return new CommandFailure(
    EXIT.usage,
    `Pulumi.${stack}.yaml can't be deployed as it stands; nothing was touched.\n${report}`,
  );
}

/** Issues for people, with the file of each system whose description they are about. */
export async function issueReport(issues: readonly Issue[], known?: Systems): Promise<string> {
  const [{ renderIssues }, { systems }] = await Promise.all([
    import('../config/plan/render.ts'),
    import('../config/systems/index.ts'),
  ]);
  const roots = new Set(issues.map(({ path }) => path.replace(/:.*$/s, '')));
  const described = Object.keys(known ?? systems).filter((name) => roots.has(name));
  const places = described.map((name) => `\n${name}: is the description of the system, config/systems/${name}.ts`);
  return `${renderIssues(issues).trimEnd()}${places.join('')}`;
}

/** The stacks that have a configuration file in `projectDir`, sorted. */
function stacksOf(projectDir: string): string[] {
  return readdirSync(projectDir)
    .flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort();
}

/** What to say when a stack has no configuration file. */
function unknownStack(stack: string, known: readonly string[]): string {
  const list = known.length === 0 ? 'there is none yet' : `there are: ${known.join(', ')}`;
  return (
    `no stack "${stack}": there is no Pulumi.${stack}.yaml (${list}). \`slipway init\` lists the systems, and\n` +
    `\`slipway init <system> --environment dev --stack ${stack}\` writes one.`
  );
}
