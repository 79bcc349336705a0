import type { Context, StackOption } from '../context.ts';
import { paintFor, writeLine } from '../context.ts';
import { attach } from '../exec/attach.ts';
import { chooseContainer } from '../exec/choose.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { findRunningStack } from '../running-stack.ts';
import { loadPlan } from '../stack-plan.ts';
import { askBeforeLoss, checkCanAsk } from '../tasks/ask.ts';
import { findTask, withFollowing } from '../tasks/find.ts';
import { tasksText } from '../tasks/show.ts';

/** What may be asked of `run`. */
export interface RunOptions extends StackOption {
  readonly yes?: boolean;
  /** False: no terminal, whatever we run on. */
  readonly tty: boolean;
  /** True: the list of tasks as JSON. */
  readonly json?: boolean;
}

/** Runs a task of the system in the container it is for, and passes its exit code on; then those that follow it. Without a name, lists the tasks. */
export async function run(
  context: Context,
  name: string | undefined,
  args: readonly string[],
  options: RunOptions,
): Promise<number> {
  if (name === undefined) return list(context, options);
  if (options.json === true) {
    throw new CommandFailure(EXIT.usage, '--json lists the tasks: it goes without the name of one');
  }
  const isSure = options.yes === true;
  const { plan } = await loadPlan(context.projectDir, options.stack);
  const task = findTask(plan, name);
  const tasks = withFollowing(plan, task, args);
  checkCanAsk(context, task, isSure);
  const { host, containers } = await findRunningStack(context, options.stack);
  const places = tasks.map(({ service }) => chooseContainer(containers, { stack: options.stack, service }).id);
  await askBeforeLoss(context, plan, task, isSure);
  // With a terminal even where nobody types: Ctrl-C then goes where it would if the command ran here.
  const isTerminal = options.tty && context.stdin.isTTY && context.stdout.isTTY;
  for (const [at, { command }] of tasks.entries()) {
    const code = await attach(context, host.docker.getContainer(places[at] ?? ''), [...command, ...args], isTerminal);
    if (code !== EXIT.ok) return code;
  }
  return EXIT.ok;
}

async function list(context: Context, { stack, json }: RunOptions): Promise<number> {
  const { plan } = await loadPlan(context.projectDir, stack);
  const { system, environment, tasks } = plan;
  writeLine(
    context.stdout,
    json === true
      ? JSON.stringify({ system, environment, stack, tasks }, undefined, 2)
      : tasksText(plan, paintFor(context.stdout)),
  );
  return EXIT.ok;
}
