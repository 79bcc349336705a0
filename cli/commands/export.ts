import { resolve } from 'node:path';
import { composeText, markerOf } from '../../config/compose/text.ts';
import { deliveredFiles } from '../../config/compose/files.ts';
import type { Plan } from '../../config/plan/types.ts';
import { engineHost } from '../../engine/connect.ts';
import { sizeOf } from '../../engine/facts.ts';
import type { Context, StackOption } from '../context.ts';
import { paintFor, writeLine } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { inspectTarget, publish } from '../export/folder.ts';
import { gather } from '../export/gather.ts';
import { isOpened } from '../export/ownership.ts';
import { exportText } from '../export/show.ts';
import { takeSteps, type Steps } from '../export/steps.ts';
import { accessOf, refuseBrokenVariables, writeExport } from '../export/write.ts';
import { reachHost } from '../hosts/host.ts';
import { fitted } from '../operations/prepare.ts';
import { stopIfInterrupted } from '../operations/run.ts';
import { takeInterrupts } from '../pulumi/interrupts.ts';
import { lockStack } from '../pulumi/lock.ts';
import { loadPlan, showWarnings, type StackPlan } from '../stack-plan.ts';

/** What may be asked of `export`. */
export interface ExportOptions extends StackOption {
  /** Folder to write to. */
  readonly output: string;
  /** True: the project runs on the data volumes of the stack. */
  readonly adoptVolumes?: boolean;
}

/** Writes a stack as a folder that `docker compose` runs, secrets included. */
export async function exportCompose(context: Context, options: ExportOptions): Promise<number> {
  const { plan, warnings } = await onItsHost(context, await loadPlan(context.projectDir, options.stack));
  await showWarnings(context, warnings);
  const interrupts = takeInterrupts();
  const steps = takeSteps(context);
  try {
    return await hold(context, plan, options, {
      steps,
      check: () => {
        stopIfInterrupted(interrupts);
      },
    });
  } finally {
    steps.end();
    interrupts.dispose();
  }
}

/** The plan as the host makes it, where its size matters. */
async function onItsHost(context: Context, planned: StackPlan): Promise<StackPlan> {
  if (!planned.plan.allowsSmallHost) return planned;
  const { docker } = await reachHost(context, planned.plan);
  return fitted(context, planned, await sizeOf(docker));
}

interface Course {
  readonly steps: Steps;
  /** Throws once the user has interrupted. */
  readonly check: () => void;
}

async function hold(context: Context, plan: Plan, options: ExportOptions, course: Course): Promise<number> {
  const marker = markerOf(plan);
  const target = inspectTarget(resolve(options.output), marker);
  const lock = lockStack(context, options.stack, 'export');
  try {
    for (const note of lock.cleared) writeLine(context.stderr, note);
    const known = await gather(context, { plan, adoptVolumes: options.adoptVolumes === true, ...course });
    refuseBrokenVariables(plan, known.secrets);
    const self = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    const isOpen = plan.services.flatMap(deliveredFiles).some((file) => isOpened(accessOf(file), self));
    const text = composeText(known.plan, { ...known, project: context.projectDir, isOpen });
    course.steps.begin(`writing ${target.path}`);
    const fill = (folder: string): void => {
      writeExport(folder, { text, self, ...known });
    };
    const outcome = await publish({ target, marker, fill, check: course.check });
    const engine = engineHost(plan.host, context.env);
    const exported = {
      ...{ plan: known.plan, folder: target.path, outcome, contexts: [...known.contexts.keys()], isOpen },
      isAdopting: known.adopted !== undefined,
      ...(!engine.startsWith('unix://') && { remote: engine }),
    };
    writeLine(context.stdout, exportText(exported, paintFor(context.stdout)));
    return EXIT.ok;
  } finally {
    lock.release();
  }
}
