/** An image on a host. */
export interface HostImage {
  readonly id: string;
  /** `<repository>:<tag>`; none: nothing but its id names it. */
  readonly tags: readonly string[];
  /** Bytes, with what it shares with others. */
  readonly size: number;
  /** Bytes that no other image has. */
  readonly ownSize: number;
  /** When it was last built or named here, in ms since 1970. */
  readonly taggedMs: number;
}

/** What decides which images go. */
export interface PruneFacts {
  readonly images: readonly HostImage[];
  /** Ids that containers are made of, running or not, whosever they are. */
  readonly used: ReadonlySet<string>;
  /** Ids that the kept releases of any known stack have run, or that its state counts on. */
  readonly kept: ReadonlySet<string>;
  /** Ids that only older releases of known stacks have run → what they were found by. */
  readonly older: ReadonlyMap<string, string>;
  /** Names of images that the system builds: they are `slipway/<name>:<digest>` on the host. */
  readonly built: ReadonlySet<string>;
  /** True: stacks whose releases nobody here knows have something on the host. */
  readonly hasStrangers: boolean;
  readonly nowMs: number;
}

/** Which images go, and which of them only strangers keep. */
export interface Chosen {
  readonly remove: readonly HostImage[];
  /** Built for this system, in no known release, and left as a stack that nobody here knows may count on them. */
  readonly left: readonly HostImage[];
}

/** An `up` that has just built an image needs a moment until a container is made of it. */
const FRESH_MS = 60 * 60 * 1000;

/**
 * The images of a system that no release needs which can still be gone back to. What somebody else has named stays, and
 * so does what any container is made of. Pure.
 */
export function chooseImages(facts: PruneFacts): Chosen {
  const idle = facts.images.filter(({ id }) => !facts.used.has(id) && !facts.kept.has(id));
  const remove = idle.filter((image) => isOlder(image, facts));
  const orphans = idle.filter((image) => !remove.includes(image) && isOrphan(image, facts));
  return facts.hasStrangers ? { remove, left: orphans } : { remove: [...remove, ...orphans], left: [] };
}

/** Run by older releases alone, and known by no other name. */
function isOlder({ id, tags }: HostImage, { older, built }: PruneFacts): boolean {
  const name = older.get(id);
  return name !== undefined && tags.every((tag) => tag === name || isBuilt(tag, built));
}

/** Built for a release that never came about, or is listed no more. */
function isOrphan({ tags, taggedMs }: HostImage, { built, nowMs }: PruneFacts): boolean {
  return tags.length > 0 && tags.every((tag) => isBuilt(tag, built)) && nowMs - taggedMs > FRESH_MS;
}

function isBuilt(tag: string, built: ReadonlySet<string>): boolean {
  const name = /^slipway\/([a-z0-9._-]+):[0-9a-f]{12}$/.exec(tag)?.[1];
  return name !== undefined && built.has(name);
}
