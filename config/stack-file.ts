import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { parseValue, type RawSettings } from './settings.ts';

/** The stack's configuration file is missing or can't be read as one. */
export class StackFileError extends Error {
  override name = 'StackFileError';
}

/**
 * The stack's configuration as its file has it, without Pulumi: equal to what a running program is given, except that
 * no value of a secret is looked at.
 * @throws StackFileError that says what to do
 */
export function readStackFile(projectDir: string, stack: string): RawSettings {
  const name = `Pulumi.${stack}.yaml`;
  const config = configOf(name, readText(join(projectDir, name), name, stack));
  const inNamespace = (namespace: string): [string, unknown][] =>
    Object.entries(config).flatMap(([key, value]) =>
      key.startsWith(`${namespace}:`) ? [[key.slice(namespace.length + 1), value]] : [],
    );
  return {
    stack,
    encrypted: inNamespace('slipway').flatMap(([key, value]) => (holdsSecret(value) ? [key] : [])),
    values: Object.fromEntries(inNamespace('slipway').map(([key, value]) => [key, asGiven(value)])),
    providedSecrets: inNamespace('secrets')
      .map(([key]) => key)
      .sort(),
    clearSecrets: inNamespace('secrets')
      .flatMap(([key, value]) => (holdsSecret(value) ? [] : [key]))
      .sort(),
  };
}

function readText(path: string, name: string, stack: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new StackFileError(
      `there is no ${name}: \`slipway init\` lists the systems, and \`slipway init <system> --environment dev ` +
        `--stack ${stack}\` writes it; or name another with --stack`,
      { cause },
    );
  }
}

function configOf(name: string, text: string): Record<string, unknown> {
  let content: unknown;
  try {
    content = parse(text);
  } catch (cause) {
    throw new StackFileError(`${name} is not YAML: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  if (content === null || content === undefined) return {};
  const config = isMap(content) ? content['config'] : content;
  if (config === null || config === undefined) return {};
  if (!isMap(config)) throw new StackFileError(`${name}: \`config\` must be a map of keys such as slipway:system`);
  return config;
}

/** Pulumi gives scalars to a program as text, so that `3` and `"3"` are the same. */
function asGiven(value: unknown): unknown {
  if (typeof value === 'string') return parseValue(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}

/** Pulumi writes an encrypted value as a map with the one key `secure`. */
function holdsSecret(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsSecret);
  return isMap(value) && ('secure' in value || Object.values(value).some(holdsSecret));
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
