/**
 * The plan: everything that is decided about one stack before anything is touched. Plain, read-only, JSON-serialisable
 * data, sorted by name. Components turn it into resources, commands read it, golden files pin it. A secret appears in
 * it as a reference, never as a value.
 */

import type { PlannedDatabase } from './database-types.ts';
import type { PlannedService } from './service-types.ts';

export type * from './database-types.ts';
export type * from './service-types.ts';

/** The environments a system describes; a stack runs one of them. */
export type EnvironmentName = 'dev' | 'test' | 'prod';

/** A whole system, resolved for one stack. */
export interface Plan {
  /** Name of the system, e.g. `linkflow`. */
  readonly system: string;
  readonly environment: EnvironmentName;
  /** Pulumi's stack name, e.g. `dev`. */
  readonly stack: string;
  /** What names of this stack's containers, networks and volumes on a host begin with, e.g. `linkflow-dev`. */
  readonly prefix: string;
  /** Address of the Docker host, as the configuration gives it; absent: the operator's own engine. */
  readonly host?: string;
  /** Present: on a host that is too small, limits and what is tuned to them go down to what it has. */
  readonly allowsSmallHost?: true;
  /** Profiles that are on, sorted. */
  readonly profiles: readonly string[];
  /** Variants of the system that the stack takes, in the order in which they are laid over each other; absent: none. */
  readonly variants?: readonly string[];
  /** The pool of addresses that subnets are taken from, in CIDR notation. */
  readonly pool: string;
  readonly services: readonly PlannedService[];
  /** What somebody else runs, sorted by name; absent: nothing. */
  readonly externals?: readonly PlannedExternal[];
  readonly images: readonly PlannedImage[];
  readonly networks: readonly PlannedNetwork[];
  readonly volumes: readonly PlannedVolume[];
  readonly secrets: readonly PlannedSecret[];
  /** Databases inside services, sorted by name; absent: the system describes none. */
  readonly databases?: readonly PlannedDatabase[];
  /** What the stack's own authority signs; absent: it has none. */
  readonly certificates?: PlannedCertificates;
  readonly tasks: readonly PlannedTask[];
  /** What proves a deployment by work; absent: the system declares none. */
  readonly smoke?: PlannedSmoke;
}

/** An image: built from a folder of the project or of a team's own sources, or taken from a registry. */
export interface PlannedImage {
  readonly name: string;
  /** Present: it is built from sources of a team's own. */
  readonly source?: ImageSource;
  /** Present: built from this folder (absolute, or relative to the project), content-addressed. */
  readonly build?: {
    readonly context: string;
    readonly dockerfile: string;
    readonly target?: string;
    readonly args: Readonly<Record<string, string>>;
    /** A TypeScript entry point, relative to the context, bundled into one file before the build. */
    readonly bundle?: { readonly entry: string; readonly output: string };
  };
  /** Present: this reference, pulled when the host lacks it. */
  readonly reference?: string;
  /** Who reads secret files in it. */
  readonly uid: number;
  readonly gid: number;
}

/** The sources of a team's own that an image is built from. */
export interface ImageSource {
  /** What the system calls them, and `slipway:sources` with it. */
  readonly name: string;
  /**
   * Present: the folder is mounted and shows its edits, so that the image is built again only when one of these files
   * and folders in it changes, sorted.
   */
  readonly rebuildOn?: readonly string[];
}

/** A service that somebody else runs: no container, no volume, no port of ours. */
export interface PlannedExternal {
  readonly name: string;
  /** What it is for, in a sentence. */
  readonly description: string;
  /** Name or address at which it is reached from the Docker host. */
  readonly host: string;
  readonly port: number;
  /** How it is spoken to, in libpq's word: `verify-full` against `ca`, or the public authorities. */
  readonly sslmode: 'disable' | 'require' | 'verify-full';
  /** Certificates of authorities in PEM: its callers have them as a file. */
  readonly ca?: string;
  /** How its clients log in; empty: it is only seen to listen. */
  readonly logins: readonly PlannedLogin[];
  /** Services that open connections to it, sorted. */
  readonly callers: readonly string[];
  /** Volumes that it would have if it ran here: data that is there of earlier is kept. */
  readonly volumes: readonly string[];
}

/** How a client logs in. */
export interface PlannedLogin {
  readonly protocol: 'postgres' | 'redis';
  readonly user?: string;
  readonly database?: string;
  /** Key into {@link Plan.secrets}: its password. */
  readonly secret: string;
}

/** A network of the stack. */
export interface PlannedNetwork {
  /** `home`, `egress`, or `door-<service>`. */
  readonly name: string;
  /** True: no way out of the host, nothing published. */
  readonly internal: boolean;
  /** Addresses that containers need: who may join, at the scaling maximum, twice over. The engine's own come on top. */
  readonly addresses: number;
}

/** Something that a person runs by name, in a container of a stack that is up. */
export interface PlannedTask {
  readonly name: string;
  /** What it does, in a sentence. */
  readonly description: string;
  /** Service in whose container it runs. */
  readonly service: string;
  readonly command: readonly string[];
  /** Tasks that run after it, in this order; absent: none. They have none of their own. */
  readonly then?: readonly string[];
  /** True: it destroys data, and asks first. */
  readonly destructive: boolean;
  /** True: a person types into it; it gets a terminal where there is one. */
  readonly interactive: boolean;
}

/** A volume that outlives the containers of a service. */
export interface PlannedVolume {
  readonly name: string;
  /** The service that writes it. */
  readonly service: string;
  readonly description: string;
  /** Present: it holds no data, and goes with the stack. Absent: `down` keeps it unless it is told otherwise. */
  readonly keep?: false;
}

/** A secret of the stack: never its value. */
export interface PlannedSecret {
  readonly name: string;
  readonly description: string;
  /**
   * Where the value comes from; `issued`: from the stack's own authority; `missing`: from a third party, it is not set,
   * and no service that runs gets it.
   */
  readonly source: 'provided' | 'generated' | 'derived' | 'issued' | 'missing';
  readonly format: SecretFormat;
  /** Services that get it, sorted. */
  readonly services: readonly string[];
  /** Present: a third party's, for which none is ever generated. */
  readonly providedOnly?: true;
  /** Present: a new value revokes the one before, which therefore never comes back. */
  readonly revokes?: true;
  /** Present: the role of a database that this is the password of; a changed one is applied there first. */
  readonly postgresRole?: {
    readonly service: string;
    readonly role: string;
    /** Present: the role is made with this database, which is the one that it can open. */
    readonly database?: string;
  };
}

/** What a secret's value looks like. */
export type SecretFormat =
  | { readonly kind: 'password'; readonly length: number }
  | { readonly kind: 'base64' | 'hex' | 'laravel-key'; readonly bytes: number }
  | {
      /** Built from others: `${NAME}` as it is, `${NAME|url}` percent-encoded, `${NAME|json}` as in a string of JSON, `${NAME|sha256}` its digest in hex. */
      readonly kind: 'template';
      readonly template: string;
    }
  | {
      /** In PEM: the certificate with its chain, leaf first, or its private key in PKCS#8. */
      readonly kind: 'certificate' | 'private-key';
      /** Name of the certificate. */
      readonly certificate: string;
    }
  | {
      /** In PEM: the certificate of the stack's authority, for those who verify what it has signed. */
      readonly kind: 'ca-certificate';
      /** Name of the certificate that it is there to verify. */
      readonly of?: string | undefined;
    };

/** The stack's own authority, and what it signs. */
export interface PlannedCertificates {
  readonly authority: { readonly commonName: string; readonly validityDays: number };
  /** What it signs, sorted by name. */
  readonly issued: readonly PlannedCertificate[];
  /** What somebody has set instead, certificate and key, sorted by name. */
  readonly provided: readonly Pick<PlannedCertificate, 'name' | 'names'>[];
}

/** A certificate that the stack's authority signs. */
export interface PlannedCertificate {
  readonly name: string;
  /** Who shows it, and to whom. */
  readonly description: string;
  /** Common name of its subject. */
  readonly commonName: string;
  /** DNS names that it is good for, sorted. */
  readonly names: readonly string[];
  readonly usage: 'server' | 'client';
  readonly validityDays: number;
  /** How many days before its end an `up` makes a new one. */
  readonly renewalDays: number;
}

/** A request of a visitor, who keeps cookies from one to the next. */
export interface PlannedStep {
  /** What the visitor does by it: `logs in`. */
  readonly does: string;
  readonly method: string;
  /** In path and body `{name}` stands for what was kept, `{run}` for a word of this proof alone. */
  readonly path: string;
  readonly body?: unknown;
  /** Absent: 200 to 299. */
  readonly status?: number;
  /** Texts that have to be in the answer. */
  readonly shows: readonly string[];
  /** Name → key of the answer whose value is kept. */
  readonly keep: Readonly<Record<string, string>>;
}

/** Real work that proves a deployment: steps of a visitor, a request that starts work and one that tells when it is done, or both. */
export interface PlannedSmoke {
  /** Service whose published port is asked. */
  readonly service: string;
  /** Name of that port. */
  readonly port: string;
  /** Present: it is asked over TLS, for this name. */
  readonly host?: string;
  readonly steps?: readonly PlannedStep[];
  /** Present if and only if `poll` is. */
  readonly start?: { readonly method: 'POST'; readonly path: string; readonly body: unknown };
  /** Polled with `{id}` of the answer to `start`, until `state` is `done` or one of `failed`. */
  readonly poll?: { readonly path: string; readonly done: string; readonly failed: readonly string[] };
  readonly timeoutMs: number;
  /** Links shown at the end of `up`. */
  readonly urls: readonly {
    readonly label: string;
    readonly service: string;
    readonly port: string;
    readonly path: string;
  }[];
}

/** Something wrong, or worth knowing, about what the user wrote. */
export interface Issue {
  /** Where, as the user wrote it: `slipway:services.api.replicas`. */
  readonly path: string;
  /** What is wrong. */
  readonly message: string;
  /** What would be accepted. */
  readonly accepted?: string;
  readonly severity: 'error' | 'warning';
}

/** How much a host has. */
export interface HostSize {
  readonly cpus: number;
  /** Bytes. */
  readonly memory: number;
}

/** What is known of a host before anything is deployed on it; gathered by the engine, judged by the rules. */
export interface HostFacts extends HostSize {
  /** Ports in use on the host, by whom; those of the stack's own containers are left out. */
  readonly usedPorts: readonly { readonly address: string; readonly port: number; readonly by: string }[];
  /** Subnets in use on the host (networks of the engine and routes), those of this stack left out. */
  readonly usedSubnets: readonly { readonly cidr: string; readonly by: string }[];
  /** True if the engine runs on this machine, as far as its address tells: then it can mount folders of it. */
  readonly isLocal: boolean;
  /** Images that can't be had: a reference that neither host nor registry has, or a folder to build from → cause. */
  readonly missingImages: Readonly<Record<string, string>>;
  /** The folders with sources of a team's own, by the source's name. */
  readonly sources: Readonly<Record<string, SourceFacts>>;
  /** Replicas of this stack that the host has containers of, as `<service>-<n>`, sorted. */
  readonly replicas: readonly string[];
  /** Services of this stack that the host has data of, sorted; absent: nobody has asked. */
  readonly dataOf?: readonly string[];
  /** What somebody else runs, and could not be reached or logged in to; absent: nobody has tried. */
  readonly unreached?: readonly Unreached[];
}

/** Why what somebody else runs is of no use from where the services of a stack run. */
export interface Unreached {
  /** Name of the external service. */
  readonly service: string;
  /** Absent: it did not come to a login. */
  readonly login?: PlannedLogin;
  /**
   * `name`: it does not resolve; `refused`: nobody listens; `silent`: no answer in time, or no way there; `stranger`: what
   * answers speaks another protocol; `plain`: it speaks no TLS; `untrusted`: its certificate is not to be verified; `login`:
   * it does not let the user in; `database`: it has no such database; `unready`: it takes nobody now; `untried`: there was
   * nothing to try it from.
   */
  readonly cause:
    'name' | 'refused' | 'silent' | 'stranger' | 'plain' | 'untrusted' | 'login' | 'database' | 'unready' | 'untried';
  /** In the words of whoever said so. */
  readonly detail: string;
}

/** What is known of a folder with sources. */
export interface SourceFacts {
  readonly isFolder: boolean;
  /** Stages of its Dockerfile, in order, '' for one without a name; absent: it has no Dockerfile that can be read. */
  readonly stages?: readonly string[];
}
