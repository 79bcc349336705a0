/**
 * The plan: everything that is decided about one stack before anything is touched. Plain, read-only, JSON-serialisable
 * data, sorted by name. Components turn it into resources, commands read it, golden files pin it. A secret appears in
 * it as a reference, never as a value.
 */

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
  readonly images: readonly PlannedImage[];
  readonly networks: readonly PlannedNetwork[];
  readonly volumes: readonly PlannedVolume[];
  readonly secrets: readonly PlannedSecret[];
  /** What the stack's own authority signs; absent: it has none. */
  readonly certificates?: PlannedCertificates;
  readonly tasks: readonly PlannedTask[];
  /** What proves a deployment by work; absent: the system declares none. */
  readonly smoke?: PlannedSmoke;
}

/** One service: all its replicas are alike. */
export interface PlannedService {
  readonly name: string;
  /** What it is for, in a sentence. */
  readonly description: string;
  /** `service` runs until it is stopped; `job` runs to completion, once for each change of its inputs. */
  readonly kind: 'service' | 'job';
  /** Present: a job whose effect nothing takes back. */
  readonly irreversible?: true;
  readonly replicas: number;
  /** The least and most replicas that the system allows in this environment. */
  readonly bounds: { readonly min: number; readonly max: number };
  /** True where two at once would do harm (a database with its volume, a single-leader scheduler). */
  readonly singleton: boolean;
  readonly profiles: readonly string[];
  /** Image as a person reads it: a registry reference, or `slipway/<name>` for one that is built. */
  readonly image: string;
  /** Key into {@link Plan.images}. */
  readonly imageName: string;
  /** Arguments of the image's entrypoint; empty: the image's own. */
  readonly command: readonly string[];
  readonly entrypoint: readonly string[];
  /** uid and gid, e.g. `1000:1000`; absent: the image's own. */
  readonly user?: string;
  /** Hard limits; absent: none. Memory in bytes, cpus in cores. */
  readonly limits: Resources;
  /** What is set aside for it. Memory in bytes, cpus in cores. */
  readonly reservations: Resources;
  /** Ports that containers of this service listen on; `published` is absent where only other services reach it. */
  readonly ports: readonly PlannedPort[];
  readonly networks: readonly Attachment[];
  readonly dependsOn: readonly Dependency[];
  /** Services that it opens connections to, sorted; they need not start before it. */
  readonly calls: readonly string[];
  readonly healthcheck?: Healthcheck;
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: readonly SecretFile[];
  /** Secrets that are delivered as variables, sorted by name: for images that read no files. */
  readonly environmentSecrets: readonly SecretVariable[];
  readonly volumes: readonly Mount[];
  /** Folders of the host, mounted so that a container sees changes at once. */
  readonly binds: readonly Bind[];
  /** Folders in memory: path → size in bytes (0: the engine's default). */
  readonly tmpfs: readonly { readonly path: string; readonly size: number }[];
  /** Configuration files that hold no secret, delivered like secrets: in a volume, read-only. */
  readonly files: readonly PlannedFile[];
  readonly readOnly: boolean;
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly noNewPrivileges: boolean;
  readonly restart: 'no' | 'on-failure' | 'unless-stopped' | 'always';
  readonly logging: { readonly driver: string; readonly options: Readonly<Record<string, string>> };
  readonly rollout: Rollout;
  /** Bytes of /dev/shm; absent: the engine's default. */
  readonly shmSize?: number;
  /** What makes its process read its secret files again; absent: it does not. */
  readonly reload?: Reload;
  /** What has to pass before what runs is replaced; absent: nothing. */
  readonly preflight?: { readonly command: readonly string[]; readonly timeoutMs: number };
  /** What it hands requests on to; absent: nothing that releases switch. */
  readonly edge?: PlannedEdge;
  /** Lists of edges that name it, sorted by edge; absent: none does. */
  readonly routes?: readonly PlannedRoute[];
  /** Most processes and threads of a container; -1: no limit. */
  readonly pidsLimit: number;
  /** Bytes of swap on top of the limit of memory; absent: none. */
  readonly swap?: number;
  /** In what it is less locked down than the default, and why, sorted by name. */
  readonly departures: readonly Departure[];
  /** Limits of each process by their names, soft and hard; -1: none. */
  readonly ulimits: Readonly<Record<string, number>>;
}

/** A signal to the first process, or a command inside the container. */
export type Reload =
  | 'SIGHUP'
  | 'SIGUSR1'
  | 'SIGUSR2'
  | {
      readonly command: readonly string[];
      /** Name of the secret file whose content until now the command reads as a line on its standard input. */
      readonly input?: string | undefined;
      /** `all`: files without secrets too. */
      readonly scope: 'secrets' | 'all';
    };

/** How a proxy finds who answers for the services behind it. */
export interface PlannedEdge {
  /** Folder in its containers with a list for each of them. */
  readonly folder: string;
  /** Name of the list → the list, with one line that stands for each container, of those that run; sorted. */
  readonly lists: Readonly<Record<string, string>>;
}

/** A list of an edge that names the replicas of a service: see config/schema/edge.ts. */
export interface PlannedRoute {
  /** The service that reads the list. */
  readonly edge: string;
  /** Name of the list in its folder. */
  readonly file: string;
  /** The list, with one line that stands for each container. */
  readonly list: string;
  /** Command in the edge that has a changed list tested and read. */
  readonly reload: readonly string[];
  /** Command in the edge that ends once nothing goes by an earlier list. */
  readonly drained?: readonly string[];
}

/** Memory in bytes, cpus in cores (0.5 is half a core). Absent: unlimited, or nothing reserved. */
export interface Resources {
  readonly memory?: number;
  readonly cpus?: number;
}

/** A port of a service. */
export interface PlannedPort {
  /** What the system calls it: `http`, `grpc`, … */
  readonly name: string;
  readonly container: number;
  /** Port on the host; `free`: chosen when the stack is first brought up, and kept in its state. */
  readonly published?: number | 'free';
  /** Address on the host that `published` binds to. */
  readonly address?: string;
  readonly protocol: 'tcp' | 'udp';
}

/** How a container is connected to a network. */
export interface Attachment {
  /** Key into {@link Plan.networks}. */
  readonly network: string;
  /** Names under which others on the network find it. */
  readonly aliases: readonly string[];
  /** `create`: from the container's creation; `healthy`: once its health gate has opened. */
  readonly join: 'create' | 'healthy';
}

/** A service that another waits for. */
export interface Dependency {
  readonly service: string;
  /** `healthy`: all its replicas are; `completed`: the job has succeeded. */
  readonly condition: 'healthy' | 'completed';
}

/** A health check, as the engine runs it inside the container. Durations in Go's canonical form (`30s`, `1m0s`). */
export interface Healthcheck {
  /** `['CMD', …]` or `['CMD-SHELL', line]`. */
  readonly test: readonly string[];
  readonly interval: string;
  readonly timeout: string;
  readonly retries: number;
  readonly startPeriod: string;
  readonly startInterval: string;
}

/** A secret in a file inside the container, mode 0400, owned by who reads it. */
export interface SecretFile {
  /** Name of the file and stem of its variable: `DB_PASSWORD` → `DB_PASSWORD_FILE=/run/secrets/DB_PASSWORD`. */
  readonly name: string;
  /** Key into {@link Plan.secrets}. */
  readonly secret: string;
  readonly path: string;
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
}

/** A switch of the hardening that is off. */
export interface Departure {
  /** The switch: `user`, `capAdd.CHOWN`, … */
  readonly name: string;
  /** In words: `it runs as root`. */
  readonly what: string;
  /** As the description has it. */
  readonly reason: string;
}

/** A variable of a container that holds a secret. */
export interface SecretVariable {
  readonly name: string;
  /** Key into {@link Plan.secrets}. */
  readonly secret: string;
}

/** A configuration file without secrets. */
export interface PlannedFile {
  readonly path: string;
  readonly content: string;
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
}

/** A named volume inside a container. */
export interface Mount {
  /** Key into {@link Plan.volumes}. */
  readonly volume: string;
  readonly path: string;
  readonly readOnly: boolean;
}

/** How a new container takes over from an old one. Durations in milliseconds. */
export interface Rollout {
  /** `createFirst`: the old one serves until the new one is healthy; `deleteFirst`: what can only be one. */
  readonly order: 'createFirst' | 'deleteFirst';
  /** How many replicas are replaced at once. */
  readonly parallelism: number;
  /** How long a container may take to become healthy. */
  readonly healthTimeoutMs: number;
  /** How long it has to stay so before it takes over from one that runs. */
  readonly minReadyMs: number;
  /** How long an old replica goes on beside the new one, before its stop signal. */
  readonly drainMs: number;
  /** From SIGTERM to SIGKILL. */
  readonly stopGraceMs: number;
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

/** A network of the stack. */
export interface PlannedNetwork {
  /** `home`, `egress`, or `door-<service>`. */
  readonly name: string;
  /** True: no way out of the host, nothing published. */
  readonly internal: boolean;
  /** Addresses that containers need: who may join, at the scaling maximum, twice over. The engine's own come on top. */
  readonly addresses: number;
}

/** A folder of the host inside a container. */
export interface Bind {
  /** As the configuration has it: absolute, or relative to the project. */
  readonly source: string;
  readonly path: string;
  readonly readOnly: boolean;
}

/** Something that a person runs by name, in a container of a stack that is up. */
export interface PlannedTask {
  readonly name: string;
  /** What it does, in a sentence. */
  readonly description: string;
  /** Service in whose container it runs. */
  readonly service: string;
  readonly command: readonly string[];
  /** True: it destroys data, and asks first. */
  readonly destructive: boolean;
  /** True: a person types into it; it gets a terminal where there is one. */
  readonly interactive: boolean;
}

/** A volume with data of a service. */
export interface PlannedVolume {
  readonly name: string;
  /** The service that writes it. */
  readonly service: string;
  /** Kept by `down`; only asked for by name or with `--volumes` is it removed. */
  readonly description: string;
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
  readonly postgresRole?: { readonly service: string; readonly role: string };
}

/** What a secret's value looks like. */
export type SecretFormat =
  | { readonly kind: 'password'; readonly length: number }
  | { readonly kind: 'base64' | 'hex' | 'laravel-key'; readonly bytes: number }
  | {
      /** Built from others: `${NAME}` as it is, `${NAME|url}` percent-encoded, `${NAME|sha256}` its digest in hex. */
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

/** Real work that proves a deployment: a request that starts it, and one that tells when it is done. */
export interface PlannedSmoke {
  /** Service whose published port is asked. */
  readonly service: string;
  /** Name of that port. */
  readonly port: string;
  /** Present: it is asked over TLS, for this name. */
  readonly host?: string;
  readonly start: { readonly method: 'POST'; readonly path: string; readonly body: unknown };
  /** Polled with `{id}` of the answer to `start`, until `state` is `done` or one of `failed`. */
  readonly poll: { readonly path: string; readonly done: string; readonly failed: readonly string[] };
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
}

/** What is known of a folder with sources. */
export interface SourceFacts {
  readonly isFolder: boolean;
  /** Stages of its Dockerfile, in order, '' for one without a name; absent: it has no Dockerfile that can be read. */
  readonly stages?: readonly string[];
}
