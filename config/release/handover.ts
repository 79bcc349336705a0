import type { Plan } from '../plan/types.ts';
import type { ReleaseNote } from './types.ts';

/**
 * Tells a program that it is to carry out an earlier release: the path of a socket that hands over a {@link Handover} as
 * JSON to whoever connects. Secrets are in it, which are to stand in no file, argument or variable.
 */
export const ROLLBACK_VARIABLE = 'SLIPWAY_ROLLBACK';

/** Tells a program who releases, and why: a {@link ReleaseNote} as JSON. */
export const NOTE_VARIABLE = 'SLIPWAY_RELEASE_NOTE';

/** An earlier release, ready to be carried out. */
export interface Handover {
  readonly plan: Plan;
  /** Image of the plan → inputs of the resource that stands for it. */
  readonly images: Readonly<Record<string, ImageInputs>>;
  /** Values of secrets by name. */
  readonly values: Readonly<Record<string, string>>;
}

/** Inputs of a docker.RemoteImage; more than its name only where the stack has that very image already. */
export interface ImageInputs {
  readonly name: string;
  readonly keepLocally: boolean;
  readonly [more: string]: unknown;
}

/** Who somebody is, where their machine is known. */
export interface Operator {
  readonly user: string;
  readonly host: string;
}

/** The note of a release that nobody has said anything about. In a pipeline whoever has started that counts. Pure. */
export function noteOf(env: NodeJS.ProcessEnv, { user, host }: Operator): ReleaseNote {
  const given = env[NOTE_VARIABLE];
  if (given !== undefined && given !== '') return JSON.parse(given) as ReleaseNote;
  const starter = env['GITHUB_ACTOR'] ?? env['GITLAB_USER_LOGIN'] ?? env['BUILDKITE_BUILD_AUTHOR'];
  return { by: starter === undefined ? `${user}@${host}` : `${starter} (CI)` };
}

/** A plan to ask a host about whose images nobody builds or looks for. Pure. */
export function withoutImages(plan: Plan): Plan {
  return { ...plan, images: [] };
}
