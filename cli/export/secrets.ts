import { z } from 'zod';
import type { Plan } from '../../config/plan/types.ts';
import type { Context } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { stackOption } from '../output/format.ts';
import { pulumi } from '../pulumi/cli.ts';
import { parseExport, type StackState } from '../pulumi/state.ts';
import { TYPES } from '../pulumi/resource-types.ts';
import { nameOfUrn } from '../pulumi/urn.ts';
import { secretValues, type Issued } from './values.ts';

/**
 * The values of a plan's secrets by name: generated and issued ones from the stack's decrypted state, others from its
 * configuration.
 * @throws CommandFailure if the stack has not got all of them, or they can't be decrypted
 */
export async function readSecrets(context: Context, plan: Plan): Promise<ReadonlyMap<string, string>> {
  const { stack, secrets } = plan;
  const has = (source: (typeof secrets)[number]['source']): boolean =>
    secrets.some((secret) => secret.source === source);
  const [state, provided] = await Promise.all([
    has('generated') || has('issued') ? readDecrypted(context, stack) : NOTHING,
    has('provided') ? readProvided(context, stack) : new Map<string, string>(),
  ]);
  const { values, missing } = secretValues(secrets, {
    generated: generatedIn(state),
    issued: issuedIn(state),
    provided,
  });
  if (missing.length === 0) return values;
  throw new CommandFailure(
    EXIT.failed,
    `stack "${stack}" has no value yet for ${missing.join(', ')}: ` +
      `\`slipway up${stackOption(stack)}\` makes what Pulumi.${stack}.yaml asks for; nothing was written`,
  );
}

type Resources = Pick<StackState, 'resources'>;

const NOTHING: Resources = { resources: [] };

/** The state of a stack, secrets in clear. @throws CommandFailure if it can't be decrypted */
export async function readDecrypted(context: Context, stack: string): Promise<Resources> {
  const result = await pulumi(context, ['stack', 'export', '--show-secrets', '--stack', stack]);
  if (result.exitCode !== 0) throw result.failure(`the secrets of stack "${stack}" can't be read`);
  return parseExport(result.stdout);
}

/** What Pulumi puts in a secret's place when it shows it: the JSON of the value, as text. */
const Shown = z.looseObject({ plaintext: z.string() });

/** The generated values in a decrypted state, by the names of their secrets. */
export function generatedIn(state: Resources): Map<string, string> {
  return outputsIn(state, TYPES.password, 'result');
}

/** What a decrypted state has of the stack's own authority. */
export function issuedIn(state: Resources): Issued {
  const [authority] = outputsIn(state, TYPES.authority, 'certPem').values();
  return {
    ...(authority !== undefined && { authority }),
    certificates: outputsIn(state, TYPES.certificate, 'certPem'),
    keys: outputsIn(state, TYPES.privateKey, 'privateKeyPemPkcs8'),
  };
}

/** An output of all resources of one type by their names, without what was replaced and is still to be deleted. */
function outputsIn({ resources }: Resources, type: string, output: string): Map<string, string> {
  return new Map(
    resources
      .filter((resource) => resource.type === type && resource.delete !== true)
      .flatMap(({ urn, outputs }) => {
        const value = shownValue(outputs?.[output]);
        return typeof value === 'string' ? [[nameOfUrn(urn), value] as const] : [];
      }),
  );
}

/** A value as Pulumi shows it where it is asked to show secrets. */
export function shownValue(value: unknown): unknown {
  const shown = Shown.safeParse(value);
  return shown.success ? (JSON.parse(shown.data.plaintext) as unknown) : value;
}

const Configuration = z.record(z.string(), z.looseObject({ value: z.string().optional() }));

/** The secrets that somebody has set, in clear. @throws CommandFailure if they can't be decrypted */
export async function readProvided(context: Context, stack: string): Promise<Map<string, string>> {
  const result = await pulumi(context, ['config', '--json', '--show-secrets', '--stack', stack]);
  if (result.exitCode !== 0) throw result.failure(`the configuration of stack "${stack}" can't be read`);
  return providedIn(result.stdout);
}

/** The secrets that somebody has set, in what `pulumi config --json --show-secrets` prints. */
export function providedIn(text: string): Map<string, string> {
  return new Map(
    Object.entries(Configuration.parse(JSON.parse(text))).flatMap(([key, { value }]) =>
      key.startsWith('secrets:') && value !== undefined ? [[key.slice('secrets:'.length), value] as const] : [],
    ),
  );
}
