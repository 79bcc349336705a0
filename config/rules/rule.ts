import type { Resolution } from '../plan/resolution.ts';
import type { Issue } from '../plan/types.ts';

/** Judges a resolved system; each rule reports all that it finds. */
export type Rule = (resolution: Resolution) => readonly Issue[];

/** Something that keeps the stack from being deployed. */
export function error(path: string, message: string, accepted?: string): Issue {
  return { path, message, ...(accepted !== undefined && { accepted }), severity: 'error' };
}

/** Something worth knowing. */
export function warning(path: string, message: string, accepted?: string): Issue {
  return { ...error(path, message, accepted), severity: 'warning' };
}
