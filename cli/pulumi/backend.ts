import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where a folder backend keeps one stack. Pulumi names these paths; they have been stable since project-scoped stacks. */
export interface StackPaths {
  /** The checkpoint. */
  readonly state: string;
  /** Folder with a lock file for each operation under way. */
  readonly locks: string;
}

/** The name of the Pulumi project in `projectDir`. */
export function projectName(projectDir: string): string {
  const name = /^name:\s*["']?([^\s"'#]+)/m.exec(readFileSync(join(projectDir, 'Pulumi.yaml'), 'utf8'))?.[1];
  if (name === undefined) throw new Error(`${join(projectDir, 'Pulumi.yaml')} has no name`);
  return name;
}

/**
 * The folder of a `file://` backend; undefined: state is kept elsewhere, only the Pulumi CLI can reach it.
 * `~` and a path relative to the project are understood as Pulumi does.
 */
export function backendFolder(projectDir: string, env: NodeJS.ProcessEnv): string | undefined {
  const url = env['PULUMI_BACKEND_URL'];
  if (url?.startsWith('file://') !== true) return undefined;
  const path = url.slice('file://'.length).replace(/\?.*$/, '');
  if (path.startsWith('~')) return join(homedir(), path.slice(1));
  return path.startsWith('/') ? fileURLToPath(`file://${path}`) : resolve(projectDir, path);
}

/** Paths of `stack` in a folder backend. */
export function stackPaths(folder: string, project: string, stack: string): StackPaths {
  const root = join(folder, '.pulumi');
  return {
    state: join(root, 'stacks', project, `${stack}.json`),
    locks: join(root, 'locks', 'organization', project, stack),
  };
}

/** True if the backend keeps state in a form that we do not read ourselves (compressed, or of an older layout). */
export function needsCli(folder: string, project: string, stack: string): boolean {
  const { state } = stackPaths(folder, project, stack);
  return existsSync(`${state}.gz`) || existsSync(`${state}.zst`);
}
