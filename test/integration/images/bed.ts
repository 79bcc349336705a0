import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { execa } from 'execa';
import { machineBuildArgs } from '../../../components/image-context.ts';
import { toolchainEnvironment } from '../../../tools/setup/environment.mjs';
import { projectFolder } from '../../../tools/setup/layout.mjs';

const images = path.resolve(import.meta.dirname, '../../../images');

/** Runs the docker command; gives its standard output. */
export async function docker(...args: readonly string[]): Promise<string> {
  return (await execa('docker', args)).stdout;
}

/** What a command in a container said, and its exit code; never throws for a code. */
export async function attempt(...args: readonly string[]): Promise<{ code: number | undefined; output: string }> {
  const { exitCode, all } = await execa('docker', args, { reject: false, all: true });
  return { code: exitCode, output: all };
}

/** A context folder for the workload: what its Dockerfile copies, with the program bundled. */
async function workloadContext(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'workload-'));
  for (const file of ['Dockerfile', 'healthcheck.sh']) {
    await cp(path.join(images, 'workload', file), path.join(folder, file));
  }
  await build({
    entryPoints: [path.join(images, 'workload/src/main.ts')],
    outfile: path.join(folder, 'main.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return folder;
}

/** Containers, volumes and a network of one test file, all removed by `end`. */
export class Bed {
  readonly name = `images-${randomBytes(4).toString('hex')}`;
  readonly #undo: (() => Promise<unknown>)[] = [];

  /** Builds `images/<image>` with further build arguments, under a tag of its own for each `suffix`; gives the tag. */
  async build(
    image: 'nginx' | 'postgres' | 'prometheus' | 'redis' | 'workload',
    { suffix = '', args = {} }: { suffix?: string; args?: Readonly<Record<string, string>> } = {},
  ): Promise<string> {
    const tag = `${this.name}-${image}${suffix}`;
    const folder = image === 'workload' ? await workloadContext() : path.join(images, image);
    const mirror = process.env['APT_MIRROR'];
    const given = {
      ...(mirror && { APT_MIRROR: mirror }),
      ...machineBuildArgs(toolchainEnvironment(projectFolder, {})),
      ...args,
    };
    const flags = Object.entries(given).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
    await docker('build', '-q', '-t', tag, ...flags, folder);
    if (image === 'workload') await rm(folder, { recursive: true });
    this.#undo.push(() => attempt('rmi', tag));
    return tag;
  }

  async network(): Promise<string> {
    await docker('network', 'create', this.name);
    this.#undo.push(() => attempt('network', 'rm', this.name));
    return this.name;
  }

  /** A volume with files in it: path → content, owned by `uid`, mode 0400 (0500 for *.sh). */
  async volume(
    suffix: string,
    image: string,
    uid = 0,
    files: Readonly<Record<string, string | Buffer>> = {},
  ): Promise<string> {
    const volume = `${this.name}-${suffix}`;
    await docker('volume', 'create', volume);
    this.#undo.push(() => attempt('volume', 'rm', '-f', volume));
    for (const [file, content] of Object.entries(files)) {
      const script = `cat >/volume/${file} && chown ${uid} /volume/${file} && chmod ${file.endsWith('.sh') ? '0500' : '0400'} /volume/${file}`;
      const args = [
        'run',
        '--rm',
        '-i',
        '--user',
        '0',
        '--entrypoint',
        'sh',
        '-v',
        `${volume}:/volume`,
        image,
        '-c',
        script,
      ];
      await execa('docker', args, { input: content });
    }
    return volume;
  }

  /** Starts a container, read-only but for /tmp; gives its name. */
  async run(
    service: string,
    image: string,
    options: readonly string[],
    command: readonly string[] = [],
  ): Promise<string> {
    const name = `${this.name}-${service}`;
    this.#undo.push(() => attempt('rm', '-f', '-v', name));
    await docker('run', '-d', '--name', name, '--read-only', '--tmpfs', '/tmp', ...options, image, ...command);
    return name;
  }

  /** Removes everything, the last made first; to be called also after a failure. */
  async end(): Promise<void> {
    const containers = this.#undo.splice(0).reverse();
    for (const undo of containers) await undo();
  }
}
