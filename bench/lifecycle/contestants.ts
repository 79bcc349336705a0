import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { linkflow } from '../../config/systems/linkflow.ts';
import { TestStack, type Settings } from '../../test/integration/support/test-stack.ts';
import { projectFolder } from '../../tools/setup/layout.mjs';
import type { Act } from './summary.ts';

/** Longer than any act takes on a slow machine, in ms: what takes longer hangs. */
const TIMEOUT_MS = 300_000;

/** What can't be interrupted. */
const NEVER = new AbortController().signal;

/** The service that changes, and the variable of it that does. */
const CHANGED = 'visibility';
const VARIABLE = 'LIFECYCLE_BENCH';

/** Somebody who takes LinkFlow through its life. */
export interface Contestant {
  /** Does one act, and returns once it is done. @throws with what the command printed, if it failed */
  readonly act: (act: Act) => Promise<void>;
  /** Removes what is left, data and all. */
  readonly clean: () => Promise<void>;
}

/** Ports of this machine that are free for a whole LinkFlow. */
export interface Ports {
  readonly nginx: number;
  /** In production alone. */
  readonly https: number;
  readonly api: number;
  readonly http: number;
  readonly grpc: number;
  readonly postgres: number;
  readonly redis: number;
}

/** LinkFlow in dev, every profile on, or as in production. */
function settingsOf({ nginx, https, api, http, grpc, postgres, redis }: Ports, environment: 'dev' | 'prod'): Settings {
  if (environment === 'prod') {
    const published = { http: `127.0.0.1:${nginx}`, https: `127.0.0.1:${https}` };
    return { system: 'linkflow', environment, allowSmallHost: true, ports: { nginx: published } };
  }
  const profiles = new Set(Object.values(linkflow.services).flatMap((service) => service.profiles ?? []));
  return {
    system: 'linkflow',
    environment,
    profiles: [...profiles].sort(),
    ports: { nginx: { http: nginx }, api, frontend: { http, grpc }, postgres, redis },
  };
}

/** slipway, with a stack and a state of its own: nothing is there but images. */
export function slipwayOn(
  ports: Ports,
  environment: 'dev' | 'prod',
  signal: AbortSignal,
): Contestant & { export: (folder: string) => Promise<void> } {
  const stack = new TestStack('lifecycle');
  const settings = settingsOf(ports, environment);
  stack.configure(settings);
  const slipway = (args: readonly string[], stop = signal) =>
    run(process.execPath, [join(projectFolder, 'tools/slipway.mjs'), ...args, '--stack', stack.name], stop, stack.env);
  const up = () => slipway(['up', '--yes', '--skip-smoke']);
  return {
    act: async (act) => {
      switch (act) {
        case 'cold up':
        case 'unchanged up':
          return up();
        case 'one service changed':
          stack.configure({ ...settings, services: { [CHANGED]: { env: { [VARIABLE]: 'changed' } } } });
          return up();
        case 'scale worker to 4':
          return slipway(['scale', 'worker=4', '--yes', '--skip-smoke']);
        case 'down':
          return slipway(['down']);
        default:
          return act satisfies never;
      }
    },
    export: (folder) => slipway(['export', 'compose', '--output', folder]),
    clean: async () => {
      // Not to be interrupted; and whatever becomes of it, the engine is asked for what is left.
      try {
        await slipway(['down', '--volumes', '--yes'], NEVER);
      } finally {
        await stack.dispose();
      }
    },
  };
}

/** Docker Compose, with the files of an export. */
export function composeIn(exported: string, signal: AbortSignal): Contestant {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-lifecycle-'));
  const change = join(folder, 'change.yaml');
  writeFileSync(change, stringify({ services: { [CHANGED]: { environment: { [VARIABLE]: 'changed' } } } }));
  let files = ['-f', join(exported, 'compose.yaml')];
  const compose = (...args: string[]) => run('/usr/bin/docker', ['compose', ...files, ...args], signal);
  return {
    act: async (act) => {
      switch (act) {
        case 'cold up':
        case 'unchanged up':
          return compose('up', '-d', '--wait');
        case 'one service changed':
          files = [...files, '-f', change];
          return compose('up', '-d', '--wait');
        case 'scale worker to 4':
          return compose('up', '-d', '--wait', '--no-recreate', '--scale', 'worker=4');
        case 'down':
          return compose('down');
        default:
          return act satisfies never;
      }
    },
    clean: async () => {
      try {
        await run('/usr/bin/docker', ['compose', ...files, 'down', '--volumes', '--timeout', '10'], NEVER);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

async function run(
  command: string,
  args: readonly string[],
  signal: AbortSignal,
  env: NodeJS.ProcessEnv = {},
): Promise<void> {
  const { exitCode, all, timedOut } = await execa(command, args, {
    ...{ cwd: projectFolder, env, all: true, reject: false, stdin: 'ignore', timeout: TIMEOUT_MS },
    // A polite end leaves less to clean up than a kill.
    ...{ cancelSignal: signal, forceKillAfterDelay: 60_000 },
  });
  if (exitCode === 0) return;
  const how = timedOut ? `did not end within ${TIMEOUT_MS / 1000} s` : `ended with ${exitCode ?? 'a signal'}`;
  throw new Error(`${command} ${args.join(' ')}: ${how}\n${all}`);
}
