import { Argument, Option } from 'commander';
import type { DriftOptions } from '../commands/drift.ts';
import type { ExportOptions } from '../commands/export.ts';
import type { GraphOptions } from '../commands/graph.ts';
import type { HealthOptions } from '../commands/health.ts';
import type { LogsOptions } from '../commands/logs.ts';
import type { PlanOptions } from '../commands/plan.ts';
import type { SmokeOptions } from '../commands/smoke.ts';
import type { StatusOptions } from '../commands/status.ts';
import { CommandFailure, DRIFT_EXIT, DRIFT_EXIT_HELP } from '../exit-codes.ts';
import { wholeNumber } from './arguments.ts';
import type { Commands } from './commands.ts';

/** The commands that show something. */
export function addViews({ add, runs, context }: Commands): void {
  add('status', 'Show services, replicas, health and what they use; exit 1 if anything is not as planned.', [
    'slipway status',
    'slipway status -v --stack test',
    'slipway status --watch',
  ])
    .option('-v, --verbose', 'a line for each replica')
    .option(
      '-w, --watch',
      'go on until Ctrl-C: redrawn on a terminal, printed anew elsewhere when something has changed',
    )
    .option('--json', 'print as JSON; with --watch, a line whenever something has changed')
    .action(runs(async (options: StatusOptions) => (await import('../commands/status.ts')).status(context, options)));
  add('logs', 'Show the logs of services (all of them, unless named), interleaved.', [
    'slipway logs -f api worker',
    'slipway logs --since 10m --tail 100',
  ])
    .argument('[services...]', 'services whose logs to show')
    .option('-f, --follow', 'go on with what comes, through restarts and new replicas')
    .option('--since <when>', 'from this long ago (90s, 10m, 2h, 1d) or this time (ISO 8601) on')
    .option('--tail <n>', 'the last n lines of each replica', wholeNumber)
    .action(
      runs(async (services: string[], options: LogsOptions) =>
        (await import('../commands/logs.ts')).logs(context, services, options),
      ),
    );
  add('plan', 'Print the resolved plan; needs no engine and no Pulumi.', [
    'slipway plan',
    'slipway plan --stack prod --diff dev',
    'slipway plan --json',
  ])
    .option('--diff <stack>', 'only what differs from the plan of another stack, and which file says so')
    .option('--json', 'print as JSON')
    .action(runs(async (options: PlanOptions) => (await import('../commands/plan.ts')).plan(context, options)));
  add('smoke', 'Prove a running stack: one real piece of work through it, and its trail.', [
    'slipway smoke',
    'slipway smoke --json',
  ])
    .option('--json', 'print as JSON')
    .action(runs(async (options: SmokeOptions) => (await import('../commands/smoke.ts')).smoke(context, options)));
  add('health', 'Show what the health checks of all replicas say; exit 1 if one is not healthy.', [
    'slipway health',
    'slipway health --json',
  ])
    .option('--json', 'print as JSON')
    .action(runs(async (options: HealthOptions) => (await import('../commands/health.ts')).health(context, options)));
  add(
    'drift',
    'Compare the host with what the stack has made there: exit 0 none, 2 drift, 1 error; changes nothing.',
    ['slipway drift', 'slipway drift --stack prod --json'],
    DRIFT_EXIT_HELP,
  )
    .option('--json', 'print the differences as JSON')
    // Elsewhere 2 is wrong usage.
    .exitOverride((error) => {
      if (error.exitCode === 0) throw error;
      throw new CommandFailure(DRIFT_EXIT.failed, '`slipway drift --help` shows how it is used');
    })
    .action(runs(async (options: DriftOptions) => (await import('../commands/drift.ts')).drift(context, options)));
  add('graph', 'Draw services, dependencies, networks, volumes and ports; needs no engine and no Pulumi.', [
    'slipway graph > system.mmd',
    'slipway graph --format dot | dot -Tsvg > system.svg',
  ])
    .addOption(
      new Option('--format <format>', 'language of the picture').choices(['mermaid', 'dot']).default('mermaid'),
    )
    .action(runs(async (options: GraphOptions) => (await import('../commands/graph.ts')).graph(context, options)));
  add('export', 'Write the plan in the format of another tool, secrets included: a way out.', [
    'slipway export compose --output ./compose',
    'slipway export compose --stack prod --output /srv/compose --adopt-volumes',
  ])
    .addArgument(new Argument('<format>', 'format to write').choices(['compose']))
    .requiredOption('-o, --output <folder>', 'folder to write to; it must be empty or hold an earlier export')
    .option('--adopt-volumes', 'run on the data volumes of the stack, which must be down, instead of new ones')
    .action(
      runs(async (_format: 'compose', options: ExportOptions) =>
        (await import('../commands/export.ts')).exportCompose(context, options),
      ),
    );
}
