import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const PROJECT = resolve(import.meta.dirname, '../../..');

/** A plugin that a conformance test runs against. */
export interface Plugin {
  /** The folder of its executable. */
  readonly folder: string;
  readonly isEmbedded: boolean;
}

const VARIABLES = {
  docker: 'SLIPWAY_CONFORMANCE_DOCKER',
  random: 'SLIPWAY_CONFORMANCE_RANDOM',
  tls: 'SLIPWAY_CONFORMANCE_TLS',
} as const;

/** Our own plugin. */
export function embeddedPlugin(name: keyof typeof VARIABLES): Plugin {
  return { folder: join(PROJECT, 'providers/embedded', name), isEmbedded: true };
}

/** The plugin of that name that was named in SLIPWAY_CONFORMANCE_DOCKER, …_RANDOM or …_TLS (its executable), else our own. */
export function testedPlugin(name: keyof typeof VARIABLES): Plugin {
  const executable = process.env[VARIABLES[name]];
  if (executable === undefined) return embeddedPlugin(name);
  if (!existsSync(executable)) throw new Error(`${VARIABLES[name]}: there is no ${executable}`);
  return { folder: dirname(resolve(executable)), isEmbedded: false };
}
