import type { HistoryOptions } from '../commands/history.ts';
import type { PruneOptions } from '../commands/prune.ts';
import type { RollbackOptions } from '../commands/rollback.ts';
import { deploys, wholeNumber } from './arguments.ts';
import type { Commands } from './commands.ts';

/** The commands about what was released; each command's module is loaded only when it runs. */
export function addReleases({ add, runs, context }: Commands): void {
  add('history', 'Show the releases of the stack: when, who, result, and what changed field by field.', [
    'slipway history',
    'slipway history --stack prod --limit 3 --all',
  ])
    .option('--limit <n>', 'most entries to show', wholeNumber, 10)
    .option('--all', 'every field that changed, not only the first of many')
    .option('--json', 'print as JSON')
    .action(
      runs(async (options: HistoryOptions) => (await import('../commands/history.ts')).history(context, options)),
    );
  deploys(
    add(
      'rollback',
      'Bring the whole stack back to an earlier release: images, configuration and secrets as they were.',
      ['slipway rollback', 'slipway rollback --to 3 --stack prod', 'slipway rollback --to 3 --preview'],
    ),
    'ask nothing',
  )
    .option('--to <n>', 'number of the release, as `slipway history` shows it (default: the one before)', wholeNumber)
    .option('--preview', 'only show what would be done, after the same checks')
    .action(
      runs(async (options: RollbackOptions) => (await import('../commands/rollback.ts')).rollback(context, options)),
    );
  add('prune', 'Remove images of the system that none of the last five releases has run; never a volume.', [
    'slipway prune --dry-run',
    'slipway prune --candidates --yes',
  ])
    .option('--candidates', 'also remove containers that failed and were left to be looked at')
    .option('--dry-run', 'only show what would be removed')
    .option('--json', 'print what was removed as JSON')
    .option('-y, --yes', 'ask nothing')
    .action(runs(async (options: PruneOptions) => (await import('../commands/prune.ts')).prune(context, options)));
}
