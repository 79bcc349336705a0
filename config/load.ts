import * as pulumi from '@pulumi/pulumi';
import * as z from 'zod';
import { ONLY_VARIABLE } from './only.ts';
import { parseValue, type RawSettings } from './settings.ts';

/** Namespace of the settings in `Pulumi.<stack>.yaml`. */
const SETTINGS = 'slipway:';
/** Namespace of the secrets that somebody has set. */
const SECRETS = 'secrets:';

/** The stack's configuration as Pulumi gives it to a running program. The one place that reads `pulumi.Config`. */
export function loadSettings(): RawSettings {
  const config = Object.entries(pulumi.runtime.allConfig());
  const encrypted = encryptedKeys(process.env['PULUMI_CONFIG_SECRET_KEYS']);
  const provided = keysIn(
    SECRETS,
    config.map(([key]) => key),
  );
  return {
    stack: pulumi.getStack(),
    values: Object.fromEntries(
      config.flatMap(([key, value]) =>
        key.startsWith(SETTINGS) ? [[key.slice(SETTINGS.length), parseValue(value)]] : [],
      ),
    ),
    encrypted: keysIn(SETTINGS, encrypted),
    providedSecrets: provided,
    ...onlyOf(process.env[ONLY_VARIABLE]),
    clearSecrets: provided.filter((name) => !encrypted.includes(`${SECRETS}${name}`)),
  };
}

function onlyOf(names: string | undefined): Pick<RawSettings, 'only'> {
  return names === undefined || names === '' ? {} : { only: names.split(',') };
}

/** Keys that Pulumi decrypted for us; it lists them in a variable that the SDK reads too and does not show. */
function encryptedKeys(listed = '[]'): string[] {
  return z.array(z.string()).parse(JSON.parse(listed));
}

/** The keys of a namespace without it, sorted. */
function keysIn(namespace: string, keys: readonly string[]): string[] {
  return keys.flatMap((key) => (key.startsWith(namespace) ? [key.slice(namespace.length)] : [])).sort();
}

/**
 * The secrets that somebody has set, by name, in clear and unmarked: to be judged before anything is made of them, never to
 * be handed to a resource or a message.
 */
export function setSecrets(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(pulumi.runtime.allConfig()).flatMap(([key, value]) =>
      key.startsWith(SECRETS) ? [[key.slice(SECRETS.length), value] as const] : [],
    ),
  );
}

/** The value of a secret that somebody has set with `pulumi config set --secret secrets:NAME`. */
export function providedSecret(name: string): pulumi.Output<string> {
  return new pulumi.Config('secrets').requireSecret(name);
}
