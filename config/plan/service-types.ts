/*
 * What a plan says of one service: see types.ts, which hands all of it on.
 */

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
  /** A file with the dates of secrets, which the deployment writes; absent: it gets none. */
  readonly secretDates?: Omit<PlannedFile, 'content'>;
  readonly readOnly: boolean;
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly noNewPrivileges: boolean;
  readonly restart: 'no' | 'on-failure' | 'unless-stopped' | 'always';
  readonly logging: PlannedLogging;
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

/** Where the engine puts what a container writes to its output. */
export interface PlannedLogging {
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
  /** Present: this option of the driver names a Unix socket in a volume, by its path on the host. */
  readonly socket?: { readonly option: string; readonly volume: string; readonly file: string };
}

/** A folder of the host inside a container. */
export interface Bind {
  /** As the configuration has it: absolute, or relative to the project. */
  readonly source: string;
  readonly path: string;
  readonly readOnly: boolean;
}
