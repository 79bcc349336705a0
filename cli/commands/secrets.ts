import type { Plan } from '../../config/plan/types.ts';
import { resolvePlan } from '../../config/resolve.ts';
import type { Context, StackOption } from '../context.ts';
import { paintFor, writeLine } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { readSecrets } from '../export/secrets.ts';
import { count, stackOption } from '../output/format.ts';
import { lockStack } from '../pulumi/lock.ts';
import { readState } from '../pulumi/state.ts';
import { madeAt } from '../secrets/age.ts';
import { findSecret, readersOf, withParts } from '../secrets/find.ts';
import { choosePins } from '../secrets/pin.ts';
import { readValue } from '../secrets/read.ts';
import { secretsJson, secretsText } from '../secrets/show.ts';
import { storeValues } from '../secrets/store.ts';
import { readSettings, refused } from '../stack-plan.ts';

/** What may be asked of `secrets list`. */
export interface ListSecretsOptions extends StackOption {
  readonly json?: boolean;
}

/** What may be asked of `secrets get`. */
export interface GetSecretOptions extends StackOption {
  /** True: somebody means it. */
  readonly reveal?: boolean;
}

/** Lists the secrets of a stack: where each comes from, how old it is, who gets it; never a value. */
export async function listSecrets(context: Context, { stack, json }: ListSecretsOptions): Promise<number> {
  const plan = await planOf(context, stack);
  const state = await readState(context, stack);
  const listed = plan.secrets.map((secret) => ({ secret, made: madeAt(secret, state) }));
  const text =
    json === true
      ? JSON.stringify(secretsJson(plan, listed), undefined, 2)
      : secretsText(plan, listed, new Date(), paintFor(context.stdout));
  writeLine(context.stdout, text);
  return EXIT.ok;
}

/** Prints the value of one secret, and nothing else. */
export async function getSecret(context: Context, name: string, { stack, reveal }: GetSecretOptions): Promise<number> {
  const plan = await planOf(context, stack);
  findSecret(plan, name);
  if (reveal !== true) {
    throw new CommandFailure(
      EXIT.usage,
      `this prints ${name} in clear, to whoever sees your terminal or its log: if you mean it, add --reveal`,
    );
  }
  const value = (await valuesOf(context, plan, [name])).get(name);
  if (value === undefined) {
    const remedy = `\`slipway secrets set${stackOption(stack)} <name>\``;
    throw new CommandFailure(
      EXIT.failed,
      `${name} has no value, or is built from one that has none: ${remedy} gives it one`,
    );
  }
  context.stdout.write(value.endsWith('\n') ? value : `${value}\n`);
  return EXIT.ok;
}

/** Keeps a value that somebody gives in the stack's encrypted configuration. */
export async function setSecret(context: Context, name: string, { stack }: StackOption): Promise<number> {
  const plan = await planOf(context, stack);
  const secret = findSecret(plan, name);
  const value = await readValue(context, secret, plan.secrets);
  await holding(context, stack, 'secrets set', () =>
    storeValues(context, stack, new Map([[name, value]]), () => undefined),
  );
  const { postgresRole } = secret;
  const readers = readersOf(plan.secrets, name);
  writeLine(context.stderr, `${name} is set, encrypted, in Pulumi.${stack}.yaml`);
  writeLine(
    context.stderr,
    `next: \`slipway up${stackOption(stack)}\` gives it to ${readers.join(', ') || 'no service that runs'}` +
      (postgresRole ? `, after the role ${postgresRole.role} in ${postgresRole.service}` : ''),
  );
  return EXIT.ok;
}

/** Keeps generated values in the stack's encrypted configuration, as they are. */
export async function pinSecrets(context: Context, names: readonly string[], { stack }: StackOption): Promise<number> {
  const plan = await planOf(context, stack);
  const { pin, isSet } = choosePins(plan, names);
  if (isSet.length > 0) writeLine(context.stderr, `set already, and left alone: ${isSet.join(', ')}`);
  if (pin.length === 0) {
    writeLine(context.stderr, 'nothing to pin');
    return EXIT.ok;
  }
  await holding(context, stack, 'secrets pin', async () => {
    await storeValues(context, stack, await valuesOf(context, plan, pin), (name) => {
      writeLine(context.stderr, `pinned ${name}`);
    });
  });
  writeLine(
    context.stderr,
    `${count(pin.length, 'secret')} pinned, encrypted, in Pulumi.${stack}.yaml: ` +
      'whoever brings the stack up from it elsewhere gets the same. What runs stays as it is.',
  );
  return EXIT.ok;
}

/** The plan of a stack; secrets that are still to be set stand in nobody's way here. */
async function planOf({ projectDir }: Context, stack: string): Promise<Plan> {
  const settings = await readSettings(projectDir, stack);
  const { plan, issues } = resolvePlan({ ...settings, acceptsMissingSecrets: true });
  if (plan === undefined) throw await refused(stack, issues);
  return plan;
}

/** The values of the secrets called `names`, and of what they are built from. */
async function valuesOf(context: Context, plan: Plan, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { stack } = plan;
  if (!(await readState(context, stack)).exists) {
    throw new CommandFailure(EXIT.failed, `stack "${stack}" was never brought up, so nothing has a value yet`);
  }
  return readSecrets(context, { ...plan, secrets: withParts(plan.secrets, names) });
}

/** Does something while no other operation can. */
async function holding(context: Context, stack: string, command: string, work: () => Promise<void>): Promise<void> {
  const lock = lockStack(context, stack, command);
  try {
    for (const note of lock.cleared) writeLine(context.stderr, note);
    await work();
  } finally {
    lock.release();
  }
}
