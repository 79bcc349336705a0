import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { chmod, chown, mkdir, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';

/** Size of the file that a store's disk is, in bytes; it is sparse. */
const OUTER = 400 * 2 ** 20;
const INNER = 320 * 2 ** 20;

/** Owner of the data in the images of both stores. */
const STORE_UID = 999;

/** Folders on a disk that a power failure has left, after their file systems' own recovery. */
export interface Remains {
  readonly data: string;
  readonly dispose: () => Promise<void>;
}

/**
 * A disk with a write cache that a power failure empties. Two file systems lie one in the other, each on a loop device:
 *
 *     disk.img  ·loop·  ext4 "cache"  holds  store.img  ·loop·  ext4 "data"  holds  the store's folder
 *
 * What the store writes waits in the page cache of "data". What the kernel writes back from there is in store.img, and so in
 * the page cache of "cache": that is the disk's own volatile cache. Only a flush (what fsync ends with) brings it to
 * disk.img, and a copy of that file is what a power failure leaves.
 */
export class Disk {
  readonly data: string;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.data = join(folder, 'disk', 'data', 'store');
  }

  /** Makes and mounts a disk below `folder`. Needs root. */
  static async make(folder: string): Promise<Disk> {
    const disk = new Disk(folder);
    const place = join(folder, 'disk');
    await mkdir(place, { recursive: true });
    // Nothing of a new file system is left for later: it would be written while figures are taken.
    const format = (file: string): Promise<unknown> =>
      execa('mkfs.ext4', ['-q', '-F', '-m', '0', '-E', 'lazy_itable_init=0,lazy_journal_init=0', file]);
    await execa('truncate', ['-s', String(OUTER), join(place, 'disk.img')]);
    await format(join(place, 'disk.img'));
    await mount(join(place, 'disk.img'), join(place, 'cache'));
    await execa('fallocate', ['-l', String(INNER), join(place, 'cache', 'store.img')]);
    await format(join(place, 'cache', 'store.img'));
    await mount(join(place, 'cache', 'store.img'), join(place, 'data'));
    await mkdir(disk.data);
    await chown(disk.data, STORE_UID, STORE_UID);
    await chmod(disk.data, 0o700);
    await disk.settle();
    return disk;
  }

  /** Brings all that is written so far to the disk: what follows is measured from there. */
  async settle(): Promise<void> {
    await execa('sync', ['-f', this.data]);
    await execa('sync', ['-f', join(this.#folder, 'disk', 'cache')]);
  }

  /** What is on the disk now. The store must not be running: a copy takes a moment, and a power failure does not. */
  async fail(): Promise<Remains> {
    const place = join(this.#folder, 'remains');
    await mkdir(place, { recursive: true });
    const image = join(place, 'disk.img');
    let before: string;
    do {
      before = await this.#writes();
      await execa('cp', ['--sparse=always', join(this.#folder, 'disk', 'disk.img'), image]);
      // The kernel writes by itself every few seconds; then the copy may be of no one moment.
    } while ((await this.#writes()) !== before);
    await mount(image, join(place, 'cache'));
    await mount(join(place, 'cache', 'store.img'), join(place, 'data'));
    return { data: join(place, 'data', 'store'), dispose: () => unmount(place) };
  }

  /** Unmounts and removes it. */
  async dispose(): Promise<void> {
    await unmount(join(this.#folder, 'disk'));
  }

  /** The kernel's count of writes and flushes of the outer device. */
  async #writes(): Promise<string> {
    const { stdout } = await execa('findmnt', ['-no', 'SOURCE', join(this.#folder, 'disk', 'cache')]);
    const fields = readFileSync(`/sys/block/${basename(stdout)}/stat`, 'utf8')
      .trim()
      .split(/ +/);
    return `${fields[4] ?? ''} ${fields[15] ?? ''}`;
  }
}

async function mount(file: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await execa('mount', ['-o', 'loop', file, folder]);
}

/** Unmounts whatever is mounted below a folder, the innermost first, and removes it. */
async function unmount(folder: string): Promise<void> {
  for (const place of mounted(folder)) await whenReleased(place);
  await rm(folder, { recursive: true, force: true });
}

/** How long a loop device may hold on to its file once nothing of it is mounted any more, in milliseconds. */
const RELEASE_MS = 10_000;

/** Unmounts once nobody uses it: the loop device of a file in it is let go of a moment after its own unmount. */
async function whenReleased(place: string): Promise<void> {
  const deadline = Date.now() + RELEASE_MS;
  for (;;) {
    const { failed, stderr } = await execa('umount', [place], { reject: false });
    if (!failed) return;
    if (Date.now() > deadline) throw new Error(stderr);
    await delay(50);
  }
}

/** Where something is mounted below a folder, the latest first. */
export function mounted(folder: string): string[] {
  const places = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  return places.filter((place) => place.startsWith(`${folder}/`)).reverse();
}
