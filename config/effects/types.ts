import type { Rollout } from '../plan/types.ts';

/*
 * What bringing a stack to a plan comes to for those who use it: from the resources that a preview says are touched, the
 * plan, and what the state knows of the containers that stand.
 */

/** One resource that an `up` touches. */
export interface Touch {
  readonly of: 'container' | 'gate' | 'check' | 'files' | 'job' | 'network' | 'role' | 'other';
  /** The service it belongs to; absent: it serves several, or none. */
  readonly service?: string;
  readonly name: string;
  readonly action: 'create' | 'update' | 'replace' | 'delete';
  /** Properties that differ. */
  readonly fields: readonly string[];
}

/** A container of a service, as the state has it. */
export interface Standing {
  readonly service: string;
  readonly name: string;
  /** Its limit of memory, in bytes; absent: none. */
  readonly memory?: number;
  /** Ports of the host that it holds. */
  readonly published: readonly number[];
  /** True if it has had the service's name since it was created: it is no one's to be let in behind a door. */
  readonly isNamed: boolean;
  /** Present: it has given way to another, and goes as soon as that is let in. */
  readonly leaving?: true;
  /** From its start until it was healthy, in milliseconds; absent: it never was. */
  readonly healthyAfterMs?: number;
  /** From the stop signal of the one before it, which went first, to its own start, in milliseconds; absent: not known. */
  readonly exchangeMs?: number;
}

/** What happens to one service. */
export interface Effect {
  readonly service: string;
  readonly kind: 'service' | 'job';
  /** How many of its containers are made, give way to another, stay and change in place, or go. */
  readonly created: number;
  readonly replaced: number;
  readonly updated: number;
  readonly removed: number;
  /** Replicas in the plan; 0: the service goes. */
  readonly replicas: number;
  /** How those that are replaced are: present only then. */
  readonly rollout?: Pick<Rollout, 'order' | 'parallelism'>;
  /** True: a container of the new kind is tried while the old one serves. */
  readonly isChecked: boolean;
  /** True: its processes go on and read changed files again. */
  readonly readsAgain: boolean;
  /** True: the job runs. */
  readonly runs: boolean;
  /** Present: for a while, or for good, those who call it get no answer. */
  readonly outage?: Outage;
}

/** A time in which nobody answers for a service. */
export interface Outage {
  /** Why there is one, each as the end of a sentence: `it keeps data in a volume (postgres)`. */
  readonly why: readonly string[];
  /** How long, by how long its containers took to become healthy last, in milliseconds; absent: for good. */
  readonly aboutMs?: number;
  /** The longest: until its last container is killed and the new one has to be healthy; absent: for good. */
  readonly atMostMs?: number;
  /** Services that call it, sorted. */
  readonly callers: readonly string[];
  /** Ports of the host that nobody answers on meanwhile. */
  readonly ports: readonly number[];
}

/** What runs at once, at most, while a release goes on. */
export interface Peak {
  readonly containers: number;
  /** Sum of the limits of memory, in bytes. */
  readonly memory: number;
  /** The same of the plan. */
  readonly planned: { readonly containers: number; readonly memory: number };
  /** What runs over the plan, by service, the most memory first. */
  readonly over: readonly { readonly service: string; readonly containers: number; readonly memory: number }[];
  /** How many of the containers have no limit of memory. */
  readonly unlimited: number;
}

/** All that a preview foretells beside the resources. */
export interface Forecast {
  /** By service, sorted. */
  readonly effects: readonly Effect[];
  readonly peak: Peak;
}
