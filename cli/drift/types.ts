/** What `up` does about a finding. */
export type Remedy =
  /** The container is started or made anew, and passes its gate. */
  | 'bring back'
  /** The container is replaced, in the order that its service rolls in. */
  | 'replace'
  /** What runs is set right in place. */
  | 'update'
  /** The contents are written anew, and whoever reads them follows. */
  | 'rewrite'
  /** Made anew, with whatever stands on it. */
  | 'make anew'
  | 'remove'
  /** Nothing, until somebody has said that it may start with an empty volume. */
  | 'ask'
  /** Nothing: only a person can. */
  | 'by hand';

/** What something on a host is, and how it is called there; a file by its volume and its path in it. */
export interface DriftObject {
  readonly kind: 'container' | 'network' | 'volume' | 'file' | 'list';
  readonly name: string;
}

/** One difference between what a stack has made and what its host has. Never holds the value of a secret. */
export interface Finding {
  /** Absent: it serves several services, or none. */
  readonly service?: string;
  readonly object: DriftObject;
  readonly field: string;
  readonly expected: string;
  readonly found: string;
  readonly remedy: Remedy;
  /** What a person can type to put it right. */
  readonly advice?: string;
  /** The resource that it is about; absent: the state knows none. */
  readonly urn?: string;
}

/** What is on the host beside the stack and is meant to be, or is nobody's to remove. */
export interface Left {
  readonly object: DriftObject;
  readonly why: string;
}

/** What a comparison comes to. */
export interface Drift {
  readonly findings: readonly Finding[];
  readonly left: readonly Left[];
}

/** Environment, labels or the like: name → value. */
export type Texts = Readonly<Record<string, string>>;

/** Limits as the engine has them: bytes, billionths of a CPU; 0 or '' is none. */
export interface Limits {
  readonly memory: number;
  readonly memorySwap: number;
  readonly memoryReservation: number;
  readonly cpus: number;
  readonly cpuShares: number;
  readonly cpuSet: string;
  readonly restart: string;
  /** -1: as many as there may be; undefined: not slipway's to say. */
  readonly pids: number | undefined;
}

/** Something that a container mounts: a volume by its name, a folder by its path. */
export interface MountPoint {
  readonly type: string;
  readonly source: string;
  readonly readOnly: boolean;
}

/** What a container is made of, from the state or from the host. */
export interface ContainerFacts {
  readonly id: string;
  readonly name: string;
  /** Local id of the image, or its name. */
  readonly image: string;
  readonly env: Texts;
  readonly labels: Texts;
  /** Path in the container → what is there. */
  readonly mounts: Readonly<Record<string, MountPoint>>;
  readonly limits: Limits;
  /** Network → names that it answers to there. */
  readonly networks: Readonly<Record<string, readonly string[]>>;
}

/** A container as the state says it was made. */
export interface MadeContainer extends ContainerFacts {
  readonly urn: string;
  /** What people call it: `api-1`. */
  readonly title: string;
  readonly service: string;
  /** It has passed its gate: it has to run. */
  readonly isLetIn: boolean;
  /** Variables whose values are not to be shown; 'all': nobody knows which. */
  readonly secretEnv: ReadonlySet<string> | 'all';
  /** False: the environment could not be decrypted. */
  readonly knowsEnv: boolean;
  /** Networks that its gate has joined. */
  readonly gated: readonly string[];
  /** Limits that the state names, so that they can be set in place. */
  readonly declared: ReadonlySet<keyof Limits>;
  /** What the plugin has read when it was made. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** A container as the engine has it. */
export interface FoundContainer extends ContainerFacts {
  /** The engine's word: `running`, `exited`, `paused`, … */
  readonly status: string;
  /** The engine's whole answer. */
  readonly inspected: unknown;
}

/** A file of a volume. */
export interface FileFacts {
  /** Undefined: could not be decrypted. */
  readonly content: string | undefined;
  /** Permissions, e.g. 0o400. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** A volume with files, as the state says it was made. */
export interface MadeFiles {
  readonly urn: string;
  readonly volume: string;
  readonly service: string;
  /** An image on the host, and labels, for a helper. */
  readonly image: string;
  readonly labels: Texts;
  /** Path below the root of the volume → file. */
  readonly files: Readonly<Record<string, FileFacts>>;
}

/** A list of an edge, as it has to be. */
export interface MadeList {
  readonly urn: string;
  readonly volume: string;
  readonly file: string;
  /** The service behind the edge. */
  readonly service: string;
  readonly content: string;
}

/** A volume or a network as the state says it was made. */
export interface MadeObject {
  readonly urn: string;
  readonly id: string;
  readonly name: string;
  readonly service?: string;
  readonly labels: Texts;
  /** Holds data: never made anew unasked. */
  readonly isData: boolean;
}

/** What a stack has made on its host, by its state. */
export interface Made {
  readonly containers: readonly MadeContainer[];
  readonly networks: readonly MadeObject[];
  readonly volumes: readonly MadeObject[];
  readonly files: readonly MadeFiles[];
  readonly lists: readonly MadeList[];
  /** Ids and names of everything, and of what is replaced and still to be deleted. */
  readonly known: ReadonlySet<string>;
}

/** What an image gives its containers. */
export interface ImageFacts {
  readonly env: Texts;
  readonly labels: Texts;
  /** Paths for which the engine makes volumes. */
  readonly volumes: readonly string[];
}

/** What a host has of a stack. */
export interface There {
  readonly containers: readonly FoundContainer[];
  readonly networks: readonly { readonly id: string; readonly name: string }[];
  readonly volumes: readonly { readonly name: string; readonly labels: Texts }[];
  /** Volume → path → file. A volume that is gone is not in it. */
  readonly files: ReadonlyMap<string, ReadonlyMap<string, FileFacts>>;
  readonly images: ReadonlyMap<string, ImageFacts>;
  /** Limits that the host's kernel does not know: the engine drops them, with a warning. */
  readonly unsupported: ReadonlySet<keyof Limits>;
  /** What carries the stack's labels, and is in no state. */
  readonly strays: readonly Stray[];
}

/** Something with the stack's labels that its state does not know. */
export interface Stray {
  readonly type: 'container' | 'network' | 'volume';
  readonly id: string;
  readonly name: string;
  readonly kind: string | undefined;
}
