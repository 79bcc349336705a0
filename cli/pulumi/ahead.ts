import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Context } from '../context.ts';

/** Providers that are started beside the engine. */
export interface Ahead {
  /** What the engine's environment needs beside its own: nothing if they could not be started. */
  readonly env: NodeJS.ProcessEnv;
  /** To be called once the engine has ended. */
  readonly end: () => void;
}

/** Providers that stand in for a vendor's plugin, where setup has put them on PATH. */
const EMBEDDED = ['docker', 'random'];

/**
 * Starts those of our providers that an operation will want, all at once and in one process, while the engine itself is
 * still starting: by itself it starts one after the other, a process each. Should this fail, it still does.
 */
export function startAhead({ projectDir, env }: Context): Ahead {
  const path = (env['PATH'] ?? '').split(delimiter);
  const embedded = EMBEDDED.filter((name) => path.includes(join(projectDir, 'providers', 'embedded', name)));
  const folder = mkdtempSync(join(tmpdir(), 'slipway-providers-'));
  const starting = join(folder, 'starting');
  writeFileSync(starting, '');
  const program = join(projectDir, 'providers', 'ahead.ts');
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', program, folder, 'slipway', ...embedded],
    // In a session of its own: a terminal's Ctrl-C reaches us alone. It ends with its input, so with us at the latest.
    { cwd: projectDir, env, detached: true, stdio: ['pipe', 'ignore', 'ignore'] },
  );
  const giveUp = (): void => {
    rmSync(starting, { force: true }); // Nobody is to wait for it.
  };
  child.once('error', giveUp);
  child.once('exit', giveUp);
  child.stdin.on('error', () => undefined);
  child.unref();
  return {
    env: { SLIPWAY_PROVIDERS_AHEAD: folder },
    end: () => {
      child.stdin.end();
      if (child.exitCode !== null) rmSync(folder, { recursive: true, force: true });
    },
  };
}
