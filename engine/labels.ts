/** Labels by which every command finds what belongs to a stack on a host. Docker keeps them for the object's life. */
export const LABELS = {
  /** A random id of the stack's own, kept in its state: two checkouts that use one stack name stay apart. */
  instance: 'slipway.instance',
  system: 'slipway.system',
  environment: 'slipway.environment',
  stack: 'slipway.stack',
  service: 'slipway.service',
  /** Number of the replica, from 1. */
  replica: 'slipway.replica',
  /** What the object is for: see {@link ObjectKind}. */
  kind: 'slipway.kind',
} as const;

/** What an object on the host is for. `files` are volumes with secrets or configuration files, `data` those with data. */
export type ObjectKind = 'service' | 'job' | 'network' | 'data' | 'files' | 'subnets' | 'helper';

/** Whose an object is. */
export interface Owner {
  readonly instance: string;
  readonly system: string;
  readonly environment: string;
  readonly stack: string;
}

/** The labels of an object that belongs to `owner`. */
export function ownerLabels(owner: Owner, kind: ObjectKind): Record<string, string> {
  return {
    [LABELS.instance]: owner.instance,
    [LABELS.system]: owner.system,
    [LABELS.environment]: owner.environment,
    [LABELS.stack]: owner.stack,
    [LABELS.kind]: kind,
  };
}
