import { resolve } from 'node:path';
import { imageContexts } from '../../components/image-context.ts';
import type { Plan } from '../../config/plan/types.ts';
import { onChosenPorts } from '../chosen-ports.ts';
import type { Context } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { stackOption } from '../output/format.ts';
import { instanceOf, readState } from '../pulumi/state.ts';
import { readSecrets } from './secrets.ts';
import type { Steps } from './steps.ts';
import { volumesToAdopt } from './volumes.ts';

/** What an export needs to know besides the plan. */
export interface Gathered {
  /** The plan, with the ports that the stack has chosen. */
  readonly plan: Plan;
  /** Values of the plan's secrets, by name. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Absolute folders of the build contexts, by image. */
  readonly contexts: ReadonlyMap<string, string>;
  /** Tags of the images that are built from them, by name: those of the stack. */
  readonly tags: ReadonlyMap<string, string>;
  /** Names on the host of the volumes to take over, by name. */
  readonly adopted?: ReadonlyMap<string, string>;
}

/** What to gather. */
export interface Wanted {
  readonly plan: Plan;
  readonly adoptVolumes: boolean;
  readonly steps: Steps;
  /** Throws where the work must not go on. */
  readonly check: () => void;
}

/**
 * Gathers what an export is made of. Changes nothing but the folder that build contexts are prepared in.
 * @throws CommandFailure if the stack was never brought up, or something that is wanted is not there
 */
export async function gather(context: Context, { plan, adoptVolumes, steps, check }: Wanted): Promise<Gathered> {
  steps.begin(`looking at stack ${plan.stack}`);
  const state = await readState(context, plan.stack);
  if (instanceOf(state) === undefined) throw neverUp(plan.stack);
  const adopted = adoptVolumes ? await volumesToAdopt(context, plan, state) : undefined;
  check();
  steps.begin('preparing what images are built from');
  const contexts = await prepared(context, plan);
  check();
  steps.begin('decrypting the secrets');
  // Ctrl-C reaches Pulumi too: what it says then is of no interest.
  const secrets = await readSecrets(context, plan).finally(check);
  return {
    plan: onChosenPorts(plan, state),
    secrets,
    contexts: new Map([...contexts].map(([name, { path }]) => [name, resolve(context.projectDir, path)])),
    tags: new Map([...contexts].map(([name, { digest }]) => [name, `slipway/${name}:${digest}`])),
    ...(adopted && { adopted }),
  };
}

function neverUp(stack: string): CommandFailure {
  return new CommandFailure(
    EXIT.failed,
    `stack "${stack}" was never brought up, so it has no secrets yet: \`slipway up${stackOption(stack)}\` makes them. ` +
      'Nothing was written.',
  );
}

async function prepared(context: Context, plan: Plan): ReturnType<typeof imageContexts> {
  try {
    return await imageContexts(context.projectDir, plan);
  } catch (error) {
    throw new CommandFailure(
      EXIT.failed,
      `what images are built from can't be prepared: ${(error as Error).message}. Nothing was written.`,
      { cause: error },
    );
  }
}
