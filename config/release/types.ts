import type { PlanDifference } from '../plan/compare.ts';

/** How many releases are kept whole: a rollback reaches as far back. */
export const KEPT_RELEASES = 5;

/** How many are listed at all, with what changed in each. */
export const LISTED_RELEASES = 20;

/**
 * The form that plans have. To be raised with a change after which a plan of before can't be carried out any more: a
 * rollback to one is refused then, instead of failing half-way.
 */
export const PLAN_FORMAT = 1;

/** An image as a release has run it. */
export interface ReleasedImage {
  /** Local id on the host, `sha256:…`. */
  readonly id: string;
  /** What it was found by: `slipway/<name>:<digest>` of one that was built, else a registry's reference. */
  readonly name: string;
  /** `<repository>@sha256:…`, where a registry has it. */
  readonly digest?: string | undefined;
}

/** Who releases, and why. */
export interface ReleaseNote {
  /** `user@host`, or the one who has started the pipeline. */
  readonly by: string;
  /** What they said about it. */
  readonly message?: string | undefined;
  /** The release that this one brings back. */
  readonly rollbackTo?: number | undefined;
}

/** A release, as history lists it. */
export interface ReleaseRecord extends ReleaseNote {
  /** From 1. */
  readonly number: number;
  /** When all of it stood: ISO 8601. */
  readonly at: string;
  /** Of slipway. */
  readonly version: string;
  /** See {@link PLAN_FORMAT}. */
  readonly format: number;
  /** What differs from the release before, field by field; long values shortened. */
  readonly changes: readonly PlanDifference[];
  /** Secrets with another value than in the release before, or a new one, sorted. */
  readonly secrets: readonly string[];
  /** Image of the plan → what was run. */
  readonly images: Readonly<Record<string, ReleasedImage>>;
}

/** All that a stack's state keeps of its releases. */
export interface ReleaseState {
  /** Newest first. */
  readonly records: readonly ReleaseRecord[];
  /** Number of a release that is kept whole → its plan as JSON, gzipped, in base64. */
  readonly plans: Readonly<Record<string, string>>;
  /** Number → values of secrets by name; encrypted wherever it is stored. */
  readonly values: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
