import type { Context, StackOption } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { attach } from '../exec/attach.ts';
import type { StackContainer } from '../hosts/containers.ts';
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
  const stack = await findRunningStack(context, options.stack);
  checkServices(stack.plan, [service]);
  const container = choose(stack.containers, service, options.replica);
  const isTerminal = options.tty && context.stdin.isTTY && context.stdout.isTTY;
  return attach(context, stack.host.docker.getContainer(container.id), command, isTerminal);
}

/** The running container of a service to enter; the newest of its replica while two run side by side. */
function choose(containers: readonly StackContainer[], service: string, replica: number | undefined): StackContainer {
  const running = containers.filter((container) => container.service === service && container.running);
  const chosen = running.find((container) => replica === undefined || container.replica === replica);
  if (chosen !== undefined) return chosen;
  const known = [...new Set(running.flatMap((container) => container.replica ?? []))];
  throw new CommandFailure(
    EXIT.failed,
    replica === undefined || known.length === 0
      ? `no container of ${service} runs: \`slipway status\` tells why`
      : `replica ${replica} of ${service} does not run; running: ${known.join(', ')}`,
  );
}
