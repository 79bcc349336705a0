import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { pluginNames } from '../../tools/setup/toolchain.mjs';
import type { Context } from '../context.ts';

/** What an operation will want, started before the engine would start it. */
export interface Ahead {
  /** To be called when the engine is about to be started: gives what it has to be told. */
  readonly launch: () => Promise<Told>;
  /** To be called once the engine has ended, or is not to be started after all. */
  readonly end: () => void;
}

/** What the engine is told of that. */
export interface Told {
  /** Beside its own environment. */
  readonly env: NodeJS.ProcessEnv;
  /** On its command line; none if the program could not be started. */
  readonly args: readonly string[];
}

/** Whether the operation runs the program: a `destroy` does not. */
export interface AheadOptions {
  readonly program: boolean;
}

/** How long to wait for the program before the engine is left to start it by itself, in ms. */
const PATIENCE_MS = 10_000;

/**
 * Starts the program while we still look at state and host, and then our providers, in one process, while the engine
 * starts: by itself it starts one after the other, each from scratch. Should this fail, it still does.
 */
export function startAhead(context: Context, { program }: AheadOptions): Ahead {
  const host = program ? startProgram(context) : undefined;
  let providers: Providers | undefined;
  return {
    launch: async () => {
      providers ??= startProviders(context);
      return { env: providers.env, args: (await host?.args()) ?? [] };
    },
    end: () => {
      providers?.end();
      host?.end();
    },
  };
}

interface Providers extends Pick<Told, 'env'> {
  readonly end: () => void;
}

function startProviders(context: Context): Providers {
  const path = (context.env['PATH'] ?? '').split(delimiter);
  // They stand in for a vendor's plugin where setup has put them on PATH.
  const embedded = pluginNames.filter((name) => path.includes(join(context.projectDir, 'providers', 'embedded', name)));
  const folder = mkdtempSync(join(tmpdir(), 'slipway-providers-'));
  const starting = join(folder, 'starting');
  writeFileSync(starting, '');
  const child = start(context, 'providers.ts', folder, 'slipway', ...embedded);
  const giveUp = (): void => {
    rmSync(starting, { force: true }); // Nobody is to wait for it.
  };
  child.once('error', giveUp);
  child.once('exit', giveUp);
  return {
    env: { SLIPWAY_PROVIDERS_AHEAD: folder },
    end: () => {
      child.stdin?.end();
      if (child.exitCode !== null) rmSync(folder, { recursive: true, force: true });
    },
  };
}

function startProgram(context: Context): { readonly args: () => Promise<string[]>; readonly end: () => void } {
  const child = start(context, 'program.ts', context.projectDir);
  const port = portOf(child).catch(() => undefined);
  return {
    args: async () => {
      const told = await port;
      return told === undefined ? [] : [`--client=127.0.0.1:${told}`];
    },
    end: () => {
      child.stdin?.end();
    },
  };
}

/** The first line that a process writes. @throws if it writes none */
async function portOf(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('nobody listens');
  const gone = new AbortController();
  child.once('error', () => {
    gone.abort();
  });
  child.once('exit', () => {
    gone.abort();
  });
  const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(PATIENCE_MS)]);
  const [line] = (await once(createInterface(child.stdout), 'line', { signal })) as [string];
  return line;
}

/** In a session of its own: a terminal's Ctrl-C reaches us alone. It ends with its input, so with us at the latest. */
function start({ projectDir, env }: Context, program: string, ...args: readonly string[]): ChildProcess {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(projectDir, 'ahead', program), ...args],
    { cwd: projectDir, env, detached: true, stdio: ['pipe', 'pipe', 'ignore'] },
  );
  child.stdin.on('error', () => undefined);
  child.unref();
  return child;
}
