import * as pulumi from '@pulumi/pulumi';
import type { ReleaseNote } from '../../config/release/types.ts';

/*
 * Our own provider as the program sees it: a class a resource. What the inputs mean is told where the provider checks
 * them, in the schema of each resource's folder.
 */

/** The connection to one Docker host. */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs = {}, opts?: pulumi.ResourceOptions) {
    super('slipway', name, { host: args.host }, opts);
  }
}

/** Configuration of {@link Provider}. */
export interface ProviderArgs {
  /** Address of the Docker host; default: where the docker client would connect to. */
  readonly host?: pulumi.Input<string>;
}

type Dictionary<T> = pulumi.Input<Readonly<Record<string, T>>>;
type Labels = Dictionary<pulumi.Input<string>>;

/** Inputs of {@link Subnets}. */
export interface SubnetsArgs {
  /** Prefix of the stack's names on the host. */
  readonly stack: pulumi.Input<string>;
  /** Where the subnets are taken from, in CIDR notation. */
  readonly pool: pulumi.Input<string>;
  /** Network → addresses wanted. */
  readonly networks: Dictionary<pulumi.Input<number>>;
  readonly labels: Labels;
}

/** Subnets for the networks of a stack: free on the host when they are chosen, and kept from then on. */
export class Subnets extends pulumi.CustomResource {
  /** Network → subnet in CIDR notation. */
  declare readonly subnets: pulumi.Output<Readonly<Record<string, string>>>;
  /** Network → gateway, where the engine tells of one; undefined in states that an earlier version has left. */
  declare readonly gateways: pulumi.Output<Readonly<Record<string, string>> | undefined>;

  constructor(name: string, args: SubnetsArgs, opts?: pulumi.CustomResourceOptions) {
    super('slipway:index:Subnets', name, { ...args, subnets: undefined, gateways: undefined }, opts);
  }
}

/** Inputs of {@link Ports}. */
export interface PortsArgs {
  /** Prefix of the stack's names on the host. */
  readonly stack: pulumi.Input<string>;
  /** What wants a port → where it will listen. */
  readonly wanted: Readonly<Record<string, { readonly address: string; readonly protocol: 'tcp' | 'udp' }>>;
  /** Ports that the stack publishes by numbers of its own. */
  readonly reserved: readonly number[];
  /** Labels by which the stack's own containers are known. */
  readonly labels: Labels;
}

/** Ports of a host for a stack: free there when they are chosen, and kept from then on. */
export class Ports extends pulumi.CustomResource {
  /** What wanted a port → its number. */
  declare readonly ports: pulumi.Output<Readonly<Record<string, number>>>;

  constructor(name: string, args: PortsArgs, opts?: pulumi.CustomResourceOptions) {
    super('slipway:index:Ports', name, { ...args, ports: undefined }, opts);
  }
}

/** A file of {@link Files}. */
export interface FileArgs {
  readonly content: pulumi.Input<string>;
  /** Octal, e.g. `0400`. */
  readonly mode: pulumi.Input<string>;
  readonly uid: pulumi.Input<number>;
  readonly gid: pulumi.Input<number>;
}

/** A signal to, or a command beside, the processes that have the files; `input`: the file that the command is told of. */
export type FilesReload = string | { readonly command: readonly string[]; readonly input?: string };

/** Inputs of {@link Files}. */
export interface FilesArgs {
  /** Prefix of the volume's name. */
  readonly name: pulumi.Input<string>;
  /** An image that is on the host, for the helper through which the files are uploaded; it is never started. */
  readonly image: pulumi.Input<string>;
  readonly labels: Labels;
  /** Path below the volume's root → file. */
  readonly files: Readonly<Record<string, FileArgs>>;
  /** At what those who have the files read them again, a signal or a command; absent: other files are another volume. */
  readonly reload?: FilesReload;
}

/** A volume with files in it: replaced, under a new name, when anything about them changes. */
export class Files extends pulumi.CustomResource {
  /** Name of the volume on the host. */
  declare readonly volume: pulumi.Output<string>;

  constructor(name: string, args: FilesArgs, opts?: pulumi.CustomResourceOptions) {
    const files = Object.entries(args.files).map(([path, file]) => [
      path,
      { ...file, content: pulumi.secret(file.content) },
    ]);
    super(
      'slipway:index:Files',
      name,
      { ...args, files: Object.fromEntries(files) as object, volume: undefined },
      opts,
    );
  }
}

/** Inputs of {@link Replica}. */
export interface ReplicaArgs {
  readonly service: pulumi.Input<string>;
  /** Its number, from 1. */
  readonly replica: pulumi.Input<number>;
  /** Id of the container. When it changes, the old container is drained and stopped once the new one is healthy. */
  readonly container: pulumi.Input<string>;
  /** Network to join once healthy → names to answer to there. */
  readonly networks: Dictionary<pulumi.Input<readonly pulumi.Input<string>[]>>;
  /** Lists of edges that name it once it is healthy; absent: it stands in none. */
  readonly routes?: readonly {
    /** Name on the host of the volume with the lists. */
    readonly volume: pulumi.Input<string>;
    readonly file: string;
    readonly list: string;
    readonly reload: readonly string[];
    readonly drained?: readonly string[];
  }[];
  readonly healthTimeoutMs: pulumi.Input<number>;
  /** For how long it has to stay healthy before it takes over from one that runs. */
  readonly minReadyMs?: pulumi.Input<number>;
  /** For how long the old container goes on beside a new one that is let in, before its stop signal. */
  readonly drainMs: pulumi.Input<number>;
  /** From SIGTERM to SIGKILL. */
  readonly stopGraceMs: pulumi.Input<number>;
  /** Most processes and threads; -1 or absent: no limit. */
  readonly pidsLimit?: pulumi.Input<number>;
  /** Variables of the container, secrets among them; absent: its own list is readable. */
  readonly environment?: Dictionary<pulumi.Input<string>>;
  readonly hasHealthcheck: pulumi.Input<boolean>;
}

/** A container that is healthy, and therefore can be found under its service's name. */
export class Replica extends pulumi.CustomResource {
  declare readonly container: pulumi.Output<string>;
  /** From the container's start until it was healthy. */
  declare readonly healthyAfterMs: pulumi.Output<number>;

  constructor(name: string, args: ReplicaArgs, opts?: pulumi.CustomResourceOptions) {
    super('slipway:index:Replica', name, { ...args, healthyAfterMs: undefined }, opts);
  }
}

/** Inputs of {@link Job}. */
export interface JobArgs {
  /** Prefix of the container's name. */
  readonly name: pulumi.Input<string>;
  readonly service: pulumi.Input<string>;
  readonly image: pulumi.Input<string>;
  readonly command: pulumi.Input<readonly pulumi.Input<string>[]>;
  readonly entrypoint?: pulumi.Input<readonly pulumi.Input<string>[]>;
  readonly user?: pulumi.Input<string>;
  readonly environment: Dictionary<pulumi.Input<string>>;
  readonly mounts: pulumi.Input<
    readonly pulumi.Input<{
      readonly volume: pulumi.Input<string>;
      readonly path: pulumi.Input<string>;
      readonly readOnly: pulumi.Input<boolean>;
    }>[]
  >;
  /** Folders of the host, by absolute paths. */
  readonly folders?: readonly { readonly source: string; readonly path: string; readonly readOnly: boolean }[];
  /** Path → mount options, e.g. `size=1048576,mode=1777`. */
  readonly tmpfs: Dictionary<pulumi.Input<string>>;
  readonly networks: pulumi.Input<
    readonly pulumi.Input<{
      readonly network: pulumi.Input<string>;
      readonly aliases: pulumi.Input<readonly pulumi.Input<string>[]>;
    }>[]
  >;
  readonly labels: Labels;
  /** Bytes. */
  readonly memory?: pulumi.Input<number>;
  readonly cpus?: pulumi.Input<number>;
  /** Bytes of swap on top of the memory; absent: none. */
  readonly swap?: pulumi.Input<number>;
  /** Most processes and threads; -1 or absent: no limit. */
  readonly pidsLimit?: pulumi.Input<number>;
  /** Limits of each process by their names, soft and hard. */
  readonly ulimits?: Readonly<Record<string, number>>;
  readonly readOnly: pulumi.Input<boolean>;
  readonly capAdd: pulumi.Input<readonly pulumi.Input<string>[]>;
  readonly capDrop: pulumi.Input<readonly pulumi.Input<string>[]>;
  readonly securityOpts: pulumi.Input<readonly pulumi.Input<string>[]>;
  readonly logDriver?: pulumi.Input<string>;
  readonly logOpts?: Labels;
  readonly timeoutMs: pulumi.Input<number>;
  /** Whatever else it has to run again for. */
  readonly triggers: Labels;
}

/** A container that runs to completion: again when its inputs change, and only then. */
export class Job extends pulumi.CustomResource {
  declare readonly exitCode: pulumi.Output<number>;
  /** As the engine tells it, RFC 3339. */
  declare readonly finishedAt: pulumi.Output<string>;
  declare readonly durationMs: pulumi.Output<number>;
  declare readonly containerId: pulumi.Output<string>;

  constructor(name: string, args: JobArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = { exitCode: undefined, finishedAt: undefined, durationMs: undefined, containerId: undefined };
    super('slipway:index:Job', name, { ...args, ...outputs }, opts);
  }
}

/** A check that what is to replace a service can do so, made while the old one serves. */
export class Preflight extends pulumi.CustomResource {
  constructor(name: string, args: JobArgs, opts?: pulumi.CustomResourceOptions) {
    super('slipway:index:Preflight', name, { ...args }, opts);
  }
}

/** Inputs of {@link PostgresRole}. */
export interface PostgresRoleArgs {
  /** What messages call the database. */
  readonly service: pulumi.Input<string>;
  /** Id of the running container of the database. */
  readonly container: pulumi.Input<string>;
  readonly role: pulumi.Input<string>;
  /** Who sets the password, over the local socket: the role itself, or a superuser. */
  readonly user: pulumi.Input<string>;
  /** Where that is said, and the role logs in; absent: `postgres`. */
  readonly database?: pulumi.Input<string>;
  readonly password: pulumi.Input<string>;
}

/** The password of a role inside a running PostgreSQL: whoever logs in with it has to wait for this. */
export class PostgresRole extends pulumi.CustomResource {
  constructor(name: string, args: PostgresRoleArgs, opts?: pulumi.CustomResourceOptions) {
    super('slipway:index:PostgresRole', name, { ...args, password: pulumi.secret(args.password) }, opts);
  }
}

/** Inputs of {@link PostgresDatabase}. */
export interface PostgresDatabaseArgs {
  /** What messages call the server. */
  readonly service: pulumi.Input<string>;
  /** Id of the running container of the server. */
  readonly container: pulumi.Input<string>;
  readonly database: pulumi.Input<string>;
  /** The role that it belongs to. */
  readonly owner: pulumi.Input<string>;
  /** The superuser that makes it, over the local socket. */
  readonly admin: pulumi.Input<string>;
  readonly extensions: pulumi.Input<readonly pulumi.Input<string>[]>;
}

/** A database inside a running PostgreSQL, with the role that owns it and alone may open it; it is never dropped. */
export class PostgresDatabase extends pulumi.CustomResource {
  constructor(name: string, args: PostgresDatabaseArgs, opts?: pulumi.CustomResourceOptions) {
    super('slipway:index:PostgresDatabase', name, { ...args }, opts);
  }
}

/** Inputs of {@link SecretDates}. */
export interface SecretDatesArgs {
  /** Values by name. */
  readonly secrets: Dictionary<pulumi.Input<string>>;
}

/** Since when each secret has the value that it has, as far as this resource has been there to see it. */
export class SecretDates extends pulumi.CustomResource {
  /** Name of the secret → when its value came, RFC 3339. */
  declare readonly since: pulumi.Output<Readonly<Record<string, string>>>;

  constructor(name: string, args: SecretDatesArgs, opts?: pulumi.CustomResourceOptions) {
    super('slipway:index:SecretDates', name, { secrets: pulumi.secret(args.secrets), since: undefined }, opts);
  }
}

/** Inputs of {@link Release}. */
export interface ReleaseArgs {
  /** The resolved plan, as JSON. */
  readonly plan: pulumi.Input<string>;
  /** Image of the plan → local id, name and digest. */
  readonly images: Dictionary<
    pulumi.Input<{
      readonly id: pulumi.Input<string>;
      readonly name: pulumi.Input<string>;
      readonly digest?: pulumi.Input<string | undefined>;
    }>
  >;
  /** Values of secrets by name. */
  readonly secrets: Dictionary<pulumi.Input<string>>;
  /** Version of slipway. */
  readonly version: pulumi.Input<string>;
  /** Who releases, and why. */
  readonly note: pulumi.Input<ReleaseNote>;
}

/** The record of what a stack has released; to be made after everything else. */
export class Release extends pulumi.CustomResource {
  constructor(name: string, args: ReleaseArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = { records: undefined, plans: undefined, values: undefined };
    super('slipway:index:Release', name, { ...args, secrets: pulumi.secret(args.secrets), ...outputs }, opts);
  }
}
