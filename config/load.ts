import * as pulumi from '@pulumi/pulumi';
import * as z from 'zod';
import { parseValue, type RawSettings } from './settings.ts';

/** Namespace of the settings in `Pulumi.<stack>.yaml`. */
const SETTINGS = 'slipway:';
/** Namespace of the secrets that somebody has set. */
const SECRETS = 'secrets:';

/** The stack's configuration as Pulumi gives it to a running program. The one place that reads `pulumi.Config`. */
export function loadSettings(): RawSettings {
  const config = Object.entries(pulumi.runtime.allConfig());
  return {
    stack: pulumi.getStack(),
    values: Object.fromEntries(
      config.flatMap(([key, value]) =>
        key.startsWith(SETTINGS) ? [[key.slice(SETTINGS.length), parseValue(value)]] : [],
      ),
    ),
    encrypted: encryptedKeys(process.env['PULUMI_CONFIG_SECRET_KEYS']),
    providedSecrets: config.flatMap(([key]) => (key.startsWith(SECRETS) ? [key.slice(SECRETS.length)] : [])).sort(),
  };
}

/** Settings that Pulumi decrypted for us; it lists them in a variable that the SDK reads too and does not show. */
function encryptedKeys(listed = '[]'): string[] {
  const keys = z.array(z.string()).parse(JSON.parse(listed));
  return keys.flatMap((key) => (key.startsWith(SETTINGS) ? [key.slice(SETTINGS.length)] : []));
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
