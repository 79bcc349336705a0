import type { Context, Paint, StackOption, Style } from '../context.ts';
import { paintFor, writeLine } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { displayName } from '../hosts/containers.ts';
import { follow, type Source } from '../logs/follow.ts';
import { parseSince, type LogLine } from '../logs/line.ts';
import { readLog, type LogRange } from '../logs/stream.ts';
import { takeInterrupts } from '../pulumi/interrupts.ts';
import { checkServices, findRunningStack, type RunningStack } from '../running-stack.ts';

/** What may be asked of `logs`. */
export interface LogsOptions extends StackOption {
  readonly follow?: boolean;
  readonly since?: string;
  /** Lines of each replica. */
  readonly tail?: number;
}

/** Shows the logs of services, all unless some are named; follows them if asked to, until interrupted. */
export async function logs(context: Context, names: readonly string[], options: LogsOptions): Promise<number> {
  const range = rangeOf(options);
  const stack = await findRunningStack(context, options.stack);
  checkServices(stack.plan, names);
  const services = names.length === 0 ? undefined : new Set(names);
  const containers = stack.containers.filter(({ service }) => services?.has(service) ?? true);
  const print = printer(context, stack, containers);
  if (options.follow !== true) {
    for (const { source, line } of await readAll(stack, containers, range)) print(source, line);
    return EXIT.ok;
  }
  const interrupts = takeInterrupts();
  try {
    const { host, instance } = stack;
    const following = { docker: host.docker, instance, services, range, onLine: print, signal: interrupts.signal };
    await follow(following, containers);
    return interrupts.signal.aborted ? EXIT.interrupted : EXIT.failed;
  } finally {
    interrupts.dispose();
  }
}

function rangeOf(options: LogsOptions): LogRange {
  const sinceMs = options.since === undefined ? undefined : parseSince(options.since, Date.now());
  if (options.since !== undefined && sinceMs === undefined) {
    throw new CommandFailure(
      EXIT.usage,
      `--since "${options.since}" is no time; accepted: an age (90s, 10m, 2h, 1d) or a time (2026-11-21T10:00:00Z)`,
    );
  }
  return { sinceMs, tail: options.tail };
}

/** All logs, merged by time. */
async function readAll(
  stack: RunningStack,
  containers: readonly Source[],
  range: LogRange,
): Promise<{ source: Source; line: LogLine }[]> {
  const logs = await Promise.all(
    containers.map(async (source) =>
      (await readLog(stack.host.docker, source.id, range)).map((line) => ({ source, line })),
    ),
  );
  return logs.flat().sort((a, b) => (a.line.at < b.line.at ? -1 : a.line.at > b.line.at ? 1 : 0));
}

const STYLES: readonly Style[] = ['cyan', 'yellow', 'green', 'magenta', 'blue', 'red'];

/** Prints lines under the name of who wrote them, each name in a colour that stays its own. */
function printer(
  context: Context,
  { plan }: RunningStack,
  containers: readonly Source[],
): (source: Source, line: LogLine) => void {
  const paint: Paint = paintFor(context.stdout);
  const order = plan.services.map((service) => service.name);
  let width = Math.max(0, ...containers.map((container) => displayName(container).length));
  return (source, line) => {
    const name = displayName(source);
    width = Math.max(width, name.length);
    const style = STYLES[Math.max(0, order.indexOf(source.service)) % STYLES.length] ?? 'cyan';
    writeLine(context.stdout, `${paint(style, `${name.padEnd(width)} |`)} ${line.text}`);
  };
}
