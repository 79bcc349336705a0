import { createDecipheriv, pbkdf2Sync } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { throwAwayPassphrase } from '../../tools/setup/steps/state.mjs';
import type { Context } from '../context.ts';

/** Stacks whose passphrase everybody knows, by name: `dev`, `luminai-test`. What they hold can be thrown away. */
const THROW_AWAY = /^(?:[a-z][a-z0-9-]*-)?(?:dev|test)$/;

/** The environment for work on `stack`: the passphrase that everybody knows is for the throw-away stacks only. */
export function environmentFor(stack: string, { env, projectDir }: Context): NodeJS.ProcessEnv {
  if (THROW_AWAY.test(stack) || !isOurs(env, projectDir)) return env;
  return Object.fromEntries(Object.entries(env).filter(([name]) => name !== 'PULUMI_CONFIG_PASSPHRASE_FILE'));
}

/**
 * Makes way for a passphrase of the user's own, before a throw-away stack is made: the settings in git come with the
 * salt of the one that everybody knows, and Pulumi would turn any other away. True: the settings have changed.
 */
export function makeWayForOwnPassphrase(stack: string, { env, projectDir }: Context): boolean {
  const file = join(projectDir, `Pulumi.${stack}.yaml`);
  if (!THROW_AWAY.test(stack) || isOurs(env, projectDir) || !existsSync(file)) return false;
  const settings = readFileSync(file, 'utf8');
  const salt = /^encryptionsalt:\s*(\S+).*\n?/m.exec(settings);
  if (salt?.[1] === undefined || !opens(throwAwayPassphrase, salt[1])) return false;
  // What was encrypted under it stays readable to whoever needs it: such settings are for the user to move.
  if (/^\s*-?\s*secure:/m.test(settings)) return false;
  writeFileSync(file, settings.replace(salt[0], ''));
  return true;
}

/** Whether the passphrase in use is the one that setup provides. */
function isOurs(env: NodeJS.ProcessEnv, projectDir: string): boolean {
  return (
    env['PULUMI_CONFIG_PASSPHRASE'] === undefined &&
    env['PULUMI_CONFIG_PASSPHRASE_FILE'] === join(projectDir, '.slipway', 'passphrase')
  );
}

/**
 * Whether `passphrase` belongs to a salt as Pulumi writes it: `v1:<salt>:v1:<nonce>:<text and tag>`, a known text under
 * AES-256-GCM with a key by PBKDF2 (SHA-256, 1,000,000 rounds), as in pulumi/sdk/go/common/resource/config/crypt.go.
 */
export function opens(passphrase: string, encryptionSalt: string): boolean {
  const [version, salt = '', , nonce = '', sealed = ''] = encryptionSalt.split(':');
  if (version !== 'v1') return false;
  const key = pbkdf2Sync(passphrase, Buffer.from(salt, 'base64'), 1_000_000, 32, 'sha256');
  const bytes = Buffer.from(sealed, 'base64');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64'));
    decipher.setAuthTag(bytes.subarray(-16));
    decipher.update(bytes.subarray(0, -16));
    decipher.final();
    return true;
  } catch {
    return false;
  }
}
