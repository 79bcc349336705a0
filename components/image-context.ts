import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Plan, PlannedImage } from '../config/plan/types.ts';

/** What a build needs: a folder, relative to the project, and a digest of all that goes into the image. */
export interface ImageContext {
  readonly path: string;
  /** First 12 hex digits of a SHA-256. */
  readonly digest: string;
}

/** Build arguments that say where this machine gets its packages from; in no digest, as the image is the same. */
export function machineBuildArgs(env: NodeJS.ProcessEnv): Record<string, string> {
  const args = {
    APT_MIRROR: env['SLIPWAY_APT_MIRROR'],
    APT_CHECK_VALID_UNTIL: env['SLIPWAY_APT_CHECK_VALID_UNTIL'],
  };
  return Object.fromEntries(
    Object.entries(args).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

type Build = NonNullable<PlannedImage['build']>;

/** Files of a bundled program that go into the bundle, or into its making, and not into the image. */
const BUNDLED = new Set(['src', 'node_modules', 'package.json', 'package-lock.json', '.npmrc', 'dist', 'README.md']);

/** The build contexts of all images of a plan that are built and used, by name. */
export async function imageContexts(project: string, plan: Plan): Promise<ReadonlyMap<string, ImageContext>> {
  const used = new Set(plan.services.map((service) => service.imageName));
  const contexts = new Map<string, ImageContext>();
  for (const { name, build: planned } of plan.images) {
    if (planned && used.has(name)) contexts.set(name, await imageContext(project, name, planned));
  }
  return contexts;
}

/**
 * Prepares an image's build context. A plain one is its folder as it is. One with a `bundle` is a copy under
 * `.slipway/build` with the program bundled into one file, made again only when a source has changed.
 * @throws Error if a source does not compile, with esbuild's own message
 */
export async function imageContext(project: string, image: string, planned: Build): Promise<ImageContext> {
  const digest = digestOf(project, planned);
  if (!planned.bundle) return { path: planned.context, digest };
  // The path that Pulumi records stays the same whatever the sources are; beside it stands which ones it was made of.
  const path = join('.slipway', 'build', image);
  const stamp = join(project, `${path}.digest`);
  if (!existsSync(join(project, path)) || !existsSync(stamp) || readFileSync(stamp, 'utf8') !== digest) {
    await bundle(join(project, planned.context), join(project, path), planned.bundle);
    writeFileSync(stamp, digest);
  }
  return { path, digest };
}

/** A digest over names, modes and contents of all files in the context, and over how it is built. */
function digestOf(project: string, planned: Build): string {
  const hash = createHash('sha256');
  const root = join(project, planned.context);
  hash.update(JSON.stringify([planned.dockerfile, planned.target ?? null, planned.args, planned.bundle ?? null]));
  for (const file of filesOf(root)) {
    const path = join(root, file);
    hash.update(JSON.stringify([file, statSync(path).mode & 0o111]));
    hash.update(readFileSync(path));
  }
  return hash.digest('hex').slice(0, 12);
}

function filesOf(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !/(^|\/)(node_modules|dist)\//.test(file) && !file.endsWith('README.md'))
    .sort();
}

/** Writes beside the target and renames, so that a build never sees half a context. */
async function bundle(source: string, target: string, { entry, output }: NonNullable<Build['bundle']>): Promise<void> {
  const fresh = `${target}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(dirname(fresh), { recursive: true });
  cpSync(source, fresh, { recursive: true, filter: (path) => !BUNDLED.has(relative(source, path)) });
  const { build } = await import('esbuild'); // Rarely needed: not loaded by every run.
  await build({
    entryPoints: [join(source, entry)],
    outfile: join(fresh, output),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'silent',
    loader: { '.proto': 'text' },
    external: ['pg-native'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  rmSync(target, { recursive: true, force: true });
  renameSync(fresh, target);
}
