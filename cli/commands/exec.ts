import type { Context, StackOption } from '../context.ts';
import { attach } from '../exec/attach.ts';
import { chooseContainer } from '../exec/choose.ts';
import { checkServices, findRunningStack } from '../running-stack.ts';

/** What may be asked of `exec`. */
export interface ExecOptions extends StackOption {
  /** Number of the replica; absent: the first that runs. */
  readonly replica?: number;
  /** False: no terminal, whatever we run on. */
  readonly tty: boolean;
}

/** Runs a command inside a container of a service; its exit code is ours. */
export async function exec(
  context: Context,
  service: string,
  command: readonly string[],
  options: ExecOptions,
): Promise<number> {
  const { plan, host, containers } = await findRunningStack(context, options.stack);
  checkServices(plan, [service]);
  const { id } = chooseContainer(containers, { stack: options.stack, service, replica: options.replica });
  const isTerminal = options.tty && context.stdin.isTTY && context.stdout.isTTY;
  return attach(context, host.docker.getContainer(id), command, isTerminal);
}
