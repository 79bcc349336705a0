import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import type { Context } from '../context.ts';
import type { Ahead } from './ahead.ts';
import { notRunnable } from './cli.ts';
import type { EngineEvent } from './events.ts';
import { lineSplitter, parseEvent } from './events.ts';
import type { Interrupts } from './interrupts.ts';

/** A Pulumi operation to run: `up`, `preview` or `destroy`. */
export interface Operation {
  readonly args: readonly string[];
  /** Called for every engine event, soon after it was written. */
  readonly onEvent: (event: EngineEvent) => void;
  readonly interrupts: Interrupts;
  /** Ended with the operation, at the latest: whoever has started it ends it where there is none. */
  readonly ahead: Ahead;
}

/** How an operation ended. */
export interface OperationResult {
  readonly exitCode: number;
  readonly interrupted: boolean;
  /** The end of what Pulumi wrote to its error stream: what it says before there are events. */
  readonly stderr: string;
}

/** How often the event log is looked at, in ms. */
const POLL_MS = 20;
/** How much of the error stream is kept, in characters. */
const KEPT = 20_000;

/**
 * Runs an operation in a session of its own, so that a terminal's Ctrl-C reaches only us: we ask Pulumi to stop once
 * for each request, and it then ends what is in flight and writes its state.
 */
export async function runOperation(context: Context, operation: Operation): Promise<OperationResult> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-'));
  try {
    return await run(context, operation, join(folder, 'events.jsonl'));
  } finally {
    operation.ahead.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(context: Context, operation: Operation, log: string): Promise<OperationResult> {
  writeFileSync(log, '', { mode: 0o600 });
  const tail = tailFile(log, (line) => {
    const event = parseEvent(line);
    if (event !== undefined) operation.onEvent(event);
  });
  const told = await operation.ahead.launch();
  const child = spawn('pulumi', [...operation.args, ...told.args, '--non-interactive', '--event-log', log], {
    cwd: context.projectDir,
    env: {
      ...context.env,
      ...told.env,
      PULUMI_DEBUG_COMMANDS: 'true', // Or there is no --event-log.
    },
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString('utf8')).slice(-KEPT);
  });
  operation.interrupts.listen(() => child.kill('SIGINT'));
  try {
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once('error', (error) => {
        reject(notRunnable(error));
      });
      child.once('close', (code) => {
        resolve(code ?? 1);
      });
      if (operation.interrupts.signal.aborted) child.kill('SIGINT');
    });
    return { exitCode, interrupted: operation.interrupts.signal.aborted, stderr };
  } finally {
    tail.end();
  }
}

/** Hands over the lines of a growing file, until `end`, which reads what is left. */
function tailFile(path: string, onLine: (line: string) => void): { readonly end: () => void } {
  const file = openSync(path, 'r');
  const buffer = Buffer.alloc(64 * 1024);
  const decoder = new StringDecoder('utf8');
  const split = lineSplitter(onLine);
  const drain = (): void => {
    for (;;) {
      const length = readSync(file, buffer, 0, buffer.length, null);
      if (length === 0) return;
      split(decoder.write(buffer.subarray(0, length)));
    }
  };
  const timer = setInterval(drain, POLL_MS);
  return {
    end: () => {
      clearInterval(timer);
      drain();
      closeSync(file);
    },
  };
}
