import type { z } from 'zod';
import type { DiffResult } from './diff.ts';
import type { Failure } from './check.ts';
import type { Values } from './values.ts';

/** How much a message matters, in Pulumi's words. */
export type Severity = 'debug' | 'info' | 'warning' | 'error';

/** What surrounds an operation on one resource. */
export interface Operation {
  readonly urn: string;
  /** True while only previewing: nothing may be touched, and inputs may hold unknowns. Create and update only. */
  readonly preview: boolean;
  /** Aborted when the user interrupts; the operation should end soon, with an error that says so. */
  readonly signal: AbortSignal;
  /**
   * Tells the user something about this resource. An `ephemeral` message is progress: shown while it is the newest,
   * and not kept. Secrets among the inputs are masked.
   */
  log(severity: Severity, message: string, options?: { readonly ephemeral?: boolean }): void;
}

/** What there is to check inputs by. */
export interface CheckArgs {
  readonly urn: string;
  readonly inputs: Values;
  /** The checked inputs of the last time; undefined before the first. */
  readonly olds: Values | undefined;
  /** Random bytes for an automatic name: equal in a preview and the `up` that follows it. */
  readonly seed: Uint8Array;
}

/** What a check makes of inputs. */
export interface CheckResult {
  /** Kept in the state and given to diff, create and update: the given ones, plus e.g. an automatic name. */
  readonly inputs: Values;
  readonly failures: readonly Failure[];
}

/** A resource as it is and as it is wanted; `olds` and `news` are checked inputs. */
export interface DiffArgs {
  readonly id: string;
  readonly olds: Values;
  readonly news: Values;
  /** What the resource last put out. */
  readonly state: Values;
}

/** A resource that the state knows. */
export interface Existing {
  readonly id: string;
  readonly inputs: Values;
  /** What the resource last put out; empty when one is imported. */
  readonly state: Values;
}

/** What an update goes by. */
export type UpdateArgs = DiffArgs;

/** A resource as it was found. */
export interface ReadResult {
  readonly state: Values;
  /** As an `up` would have to write them to get what is there; default: as they were. */
  readonly inputs?: Values;
}

/**
 * One type of resource. Values are plain (see {@link Values}): secrets are unwrapped before and marked again after,
 * wherever an input was secret, and in `secretOutputs`. Whatever is thrown fails the operation with its message.
 */
export interface Resource {
  /** E.g. `slipway:index:Job`. */
  readonly token: string;
  /** Outputs that are always secret. */
  readonly secretOutputs?: readonly string[];
  check(args: CheckArgs): CheckResult | Promise<CheckResult>;
  diff(args: DiffArgs): DiffResult | Promise<DiffResult>;
  /** In a preview the id is ignored, and unknowns may stand in the state. @throws InitError for one that is half made */
  create(operation: Operation, inputs: Values): Promise<{ id: string; state: Values }>;
  /** Null when the resource is gone. */
  read(operation: Operation, existing: Existing): Promise<ReadResult | null>;
  /** The new state. @throws InitError when it has been changed, but not all went well */
  update(operation: Operation, args: UpdateArgs): Promise<Values>;
  /** Does nothing to a resource that is gone already. */
  delete(operation: Operation, existing: Existing): Promise<void>;
}

/** A provider: named, configured once, then a set of resources. */
export interface Provider {
  readonly name: string;
  readonly version: string;
  /** Of the provider's own configuration; nested parts may come as JSON text, as SDKs send them. */
  readonly config: z.ZodType;
  /**
   * Makes the resources for a configuration that {@link config} has accepted and parsed.
   * @throws when nothing can be done with it; the message fails every operation
   */
  configure(config: unknown): readonly Resource[] | Promise<readonly Resource[]>;
}

/**
 * Thrown by create and update: the resource exists as `id` with `state`, but is not as it should be. Pulumi keeps the
 * state *and the new inputs*, so the next `up` calls update with equal inputs; where that must do the work again,
 * throw an ordinary error instead, which keeps the old state.
 */
export class InitError extends Error {
  override name = 'InitError';
  readonly id: string;
  readonly state: Values;

  constructor(message: string, id: string, state: Values) {
    super(message);
    this.id = id;
    this.state = state;
  }
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  return String(error);
}
