import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { Plan, PlannedImage } from '../config/plan/types.ts';
import { contextDigest } from './context-digest.ts';

/** What a build needs: a folder, absolute or relative to the project, and a digest of all that goes into the image. */
export interface ImageContext {
  readonly path: string;
  /** First 12 hex digits of a SHA-256. */
  readonly digest: string;
  /** Names of the build arguments that its Dockerfile declares. */
  readonly asks: readonly string[];
}

/**
 * Build arguments that say where this machine gets its packages from, and whom it trusts on the way there; in no digest, as the image
 * is the same. `SLIPWAY_CA_CERTIFICATES` names a folder of certificates (`*.crt`, PEM).
 */
export function machineBuildArgs(env: NodeJS.ProcessEnv): Record<string, string> {
  const args = {
    APT_MIRROR: env['SLIPWAY_APT_MIRROR'],
    APT_CHECK_VALID_UNTIL: env['SLIPWAY_APT_CHECK_VALID_UNTIL'],
    PIP_INDEX_URL: env['SLIPWAY_PIP_INDEX_URL'],
    NPM_REGISTRY: env['SLIPWAY_NPM_REGISTRY'],
    CA_CERTIFICATES: certificates(env['SLIPWAY_CA_CERTIFICATES']),
  };
  return Object.fromEntries(
    Object.entries(args).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** All certificates of a folder as one text, in the order of their names; undefined where there are none. */
function certificates(folder: string | undefined): string | undefined {
  if (folder === undefined) return undefined;
  const files = globSync('**/*.crt', { cwd: folder }).sort();
  return files.length === 0 ? undefined : files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
}

/** Every Debian image takes these; another argument of the machine goes only to a Dockerfile that asks for it. */
const OF_DEBIAN = ['APT_MIRROR', 'APT_CHECK_VALID_UNTIL'];

/** Those of the machine's build arguments that an image gets. */
export function argsFor({ asks }: ImageContext, machine: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(machine).filter(([name]) => OF_DEBIAN.includes(name) || asks.includes(name)),
  );
}

/** Names of the build arguments that a Dockerfile declares. */
function argumentsOf(dockerfile: string): string[] {
  const declared = readFileSync(dockerfile, 'utf8').matchAll(/^\s*ARG\s+(\w+)/gim);
  return [...new Set([...declared].map(([, name = '']) => name))];
}

type Build = NonNullable<PlannedImage['build']>;

/** Files of a bundled program that go into the bundle, or into its making, and not into the image. */
const BUNDLED = new Set(['src', 'node_modules', 'package.json', 'package-lock.json', '.npmrc', 'dist', 'README.md']);

/** And those that go into neither, as patterns of a .dockerignore file. */
const NOT_BUNDLED = '**/node_modules\n**/dist\n**/README.md\n';

/** The build contexts of all images of a plan that are built and used, by name. */
export async function imageContexts(project: string, plan: Plan): Promise<ReadonlyMap<string, ImageContext>> {
  const used = new Set(plan.services.map((service) => service.imageName));
  const contexts = new Map<string, ImageContext>();
  // A folder that several images are built from is read once.
  const digests: Digests = new Map();
  for (const image of plan.images) {
    if (used.has(image.name) && image.build) contexts.set(image.name, await imageContext(project, image, digests));
  }
  return contexts;
}

type Digests = Map<string, string>;

/**
 * Prepares an image's build context. A plain one is its folder as it is. One with a `bundle` is a copy under
 * `.slipway/build` with the program bundled into one file, made again only when a source has changed.
 * @throws Error if something can't be read, or if a source does not compile, with esbuild's own message
 */
export async function imageContext(
  project: string,
  image: Pick<PlannedImage, 'name' | 'build' | 'source'>,
  digests: Digests = new Map(),
): Promise<ImageContext> {
  const { name, build: planned } = image;
  if (!planned) throw new Error(`image ${name} is not built`);
  const digest = digestOf(project, image, planned, digests);
  const asks = argumentsOf(resolve(project, planned.context, planned.dockerfile));
  if (!planned.bundle) return { path: planned.context, digest, asks };
  // A folder for each digest: somebody else may be building from that of other sources, or from this one, right now.
  const path = join('.slipway', 'build', `${name}-${digest}`);
  if (!existsSync(join(project, path))) {
    await bundle(join(project, planned.context), join(project, path), planned.bundle);
    removeOld(join(project, '.slipway', 'build'), name);
  }
  return { path, digest, asks };
}

/** A digest over how an image is built and its context; of one that is mounted, over what the mount doesn't show. */
function digestOf(project: string, { source }: Pick<PlannedImage, 'source'>, planned: Build, digests: Digests): string {
  const { context, dockerfile, target = null, args, bundle = null } = planned;
  const only = source?.rebuildOn;
  const request = {
    root: resolve(project, context),
    dockerfile,
    ...(only && { only }),
    ...(bundle && { ignore: NOT_BUNDLED }),
  };
  const key = JSON.stringify(request);
  const files = digests.get(key) ?? contextDigest(request);
  digests.set(key, files);
  const how = JSON.stringify([dockerfile, target, args, bundle, only ?? null, files]);
  return createHash('sha256').update(how).digest('hex').slice(0, 12);
}

/** Writes beside the target and renames, so that a build never sees half a context. */
async function bundle(source: string, target: string, { entry, output }: NonNullable<Build['bundle']>): Promise<void> {
  mkdirSync(dirname(target), { recursive: true });
  const fresh = mkdtempSync(`${target}.`);
  cpSync(source, fresh, { recursive: true, filter: (path) => !BUNDLED.has(relative(source, path)) });
  const { build } = await import('esbuild'); // Rarely needed: not loaded by every run.
  try {
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
    chmodSync(fresh, 0o755);
    renameSync(fresh, target);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    // Somebody else was quicker with the same sources.
    if (!existsSync(target)) throw error;
  }
}

/** How long a bundled context is kept after its making: nobody builds from one for longer. */
const KEPT_MS = 24 * 60 * 60 * 1000;

/** Removes contexts that were made of earlier sources of an image. */
function removeOld(folder: string, name: string): void {
  for (const entry of readdirSync(folder)) {
    const path = join(folder, entry);
    if (!new RegExp(`^${name}-[0-9a-f]{12}`).test(entry) || Date.now() - statSync(path).mtimeMs < KEPT_MS) continue;
    rmSync(path, { recursive: true, force: true });
  }
}
