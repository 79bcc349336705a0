import type { DownOptions } from '../commands/down.ts';
import type { PreviewOptions } from '../commands/preview.ts';
import type { RestartOptions } from '../commands/restart.ts';
import type { ScaleOptions } from '../commands/scale.ts';
import type { UpOptions } from '../commands/up.ts';
import { deploys, names } from './arguments.ts';
import type { Commands } from './commands.ts';

const ONLY = 'of the stack only these services, with commas between, and what they wait for';

/** The commands that change a stack; each command's module is loaded only when it runs. */
export function addChanges({ add, runs, context }: Commands): void {
  deploys(
    add('up', 'Bring the stack to what its configuration says, then prove it by one real piece of work.', [
      'slipway up',
      'slipway up --stack test --skip-smoke',
      'slipway up --stack test --only postgres,redis',
      'slipway up --timings',
    ]),
  )
    .option('--only <services>', ONLY, names)
    .option('--new-volumes <names>', 'data volumes that are gone, and may be made anew, EMPTY; jobs run again', names)
    .action(runs(async (options: UpOptions) => (await import('../commands/up.ts')).up(context, options)));
  add('preview', 'Show what `up` would do, service by service; changes nothing.', [
    'slipway preview --diff',
    'slipway preview --expect-no-changes',
  ])
    .option('--only <services>', ONLY, names)
    .option('--diff', 'show the values that change, old and new')
    .option('--expect-no-changes', 'exit 1 if anything would change')
    .option('--json', 'print the changes as JSON')
    .action(
      runs(async (options: PreviewOptions) => (await import('../commands/preview.ts')).preview(context, options)),
    );
  add('down', 'Remove what runs; data volumes and the secrets that belong to them stay.', [
    'slipway down',
    'slipway down --volumes --yes',
  ])
    .option('--volumes', 'remove data volumes and secrets too')
    .option('-y, --yes', 'ask nothing')
    .action(runs(async (options: DownOptions) => (await import('../commands/down.ts')).down(context, options)));
  deploys(
    add('scale', 'Set how many replicas services have: writes the configuration of the stack, then brings it up.', [
      'slipway scale worker=3',
      'slipway scale api=3 worker=5 --stack prod',
    ]).argument('<service=n...>', 'services and their replicas, within the bounds that `slipway plan` shows'),
  ).action(
    runs(async (wanted: string[], options: ScaleOptions) =>
      (await import('../commands/scale.ts')).scale(context, wanted, options),
    ),
  );
  add(
    'restart',
    'Restart services (all of them, unless named) without a change: what can only be one where it stands, the others through the gates of a release.',
    ['slipway restart', 'slipway restart api queue'],
  )
    .argument('[services...]', 'services to restart')
    .action(
      runs(async (services: string[], options: RestartOptions) =>
        (await import('../commands/restart.ts')).restart(context, services, options),
      ),
    );
}
