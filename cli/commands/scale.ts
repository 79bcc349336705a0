import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderIssues } from '../../config/plan/render.ts';
import type { Context } from '../context.ts';
import { writeLine } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { EditError, writeReplicas } from '../scale/edit.ts';
import { judgeScale, type Judged } from '../scale/judge.ts';
import { changesText, keptText, scaleQuestion, unchangedText } from '../scale/show.ts';
import { readSettings } from '../stack-plan.ts';
import { deploy, type UpOptions } from './up.ts';

/** What may be asked of `scale`: what may be asked of the `up` that it ends with. */
export type ScaleOptions = UpOptions;

/** Writes numbers of replicas into the configuration of a stack, then does what `up` does. */
export async function scale(context: Context, wanted: readonly string[], options: ScaleOptions): Promise<number> {
  const startedMs = Date.now();
  const { stack } = options;
  const file = join(context.projectDir, `Pulumi.${stack}.yaml`);
  const judged = judgeScale(await readSettings(context.projectDir, stack), wanted);
  const { plan, issues, changes } = judged;
  if (plan === undefined) throw new CommandFailure(EXIT.usage, refusal(stack, issues));
  const before = readFileSync(file, 'utf8');
  const after = edited(before, stack, changes);
  if (changes.length === 0) writeLine(context.stderr, unchangedText(stack, wanted));
  const configuration = { isWritten: false };
  const begin = (): void => {
    if (changes.length === 0) return;
    if (readFileSync(file, 'utf8') !== before) {
      throw new CommandFailure(EXIT.failed, `somebody has just changed Pulumi.${stack}.yaml; nothing was touched`);
    }
    writeFileSync(file, after);
    configuration.isWritten = true;
    writeLine(context.stderr, `Pulumi.${stack}.yaml: ${changesText(changes)}`);
  };
  const question = scaleQuestion(plan, changes);
  const planned = { plan, warnings: issues };
  try {
    const exitCode = await deploy(context, { options, planned, startedMs, command: 'scale', question, begin });
    if (configuration.isWritten && exitCode !== EXIT.ok) writeLine(context.stderr, keptText(stack, changes));
    return exitCode;
  } catch (error) {
    if (configuration.isWritten) writeLine(context.stderr, keptText(stack, changes));
    throw error;
  }
}

function refusal(stack: string, issues: Judged['issues']): string {
  return `Pulumi.${stack}.yaml was not changed, and nothing was touched.\n${renderIssues(issues).trimEnd()}`;
}

/** @throws CommandFailure if a person has to write it */
function edited(text: string, stack: string, changes: Judged['changes']): string {
  try {
    return writeReplicas(text, new Map(changes.map(({ service, to }) => [service, to])));
  } catch (error) {
    if (!(error instanceof EditError)) throw error;
    throw new CommandFailure(
      EXIT.usage,
      `Pulumi.${stack}.yaml is for a person to change: ${error.message}. Write ${changesText(changes)} there, then ` +
        '`slipway up`. Nothing was touched.',
      { cause: error },
    );
  }
}
