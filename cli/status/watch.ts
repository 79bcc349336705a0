import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from '../context.ts';
import { paintFor, writeLine } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { takeInterrupts } from '../pulumi/interrupts.ts';
import { Bell, followEvents } from './bell.ts';
import { look, stateReader, type Look } from './look.ts';
import { screenOn } from './screen.ts';
import { essence, jsonLine, viewFrame, viewText, type View } from './view.ts';

/** How a watched status is shown. */
export interface WatchOptions {
  /** True: a line for each replica. */
  readonly isVerbose: boolean;
  readonly isJson: boolean;
}

/** Between two looks, in ms, if nothing happens. */
const EVERY_MS = 2000;
/** After an event, in ms: what happens together is seen together. */
const SETTLE_MS = 150;
/** An engine that takes longer than this, in ms, is not there. */
const PATIENCE_MS = 10_000;

/**
 * Shows a stack's status until Ctrl-C: redrawn in place on a terminal, elsewhere anew whenever something has changed.
 * Outlasts an engine that goes away.
 * @throws CommandFailure as `status` does, if the first look fails
 */
export async function watchStatus(context: Context, stack: string, options: WatchOptions): Promise<number> {
  const state = stateReader(context, stack);
  const first = await look(context, stack, state);
  const interrupts = takeInterrupts();
  const closed = new AbortController();
  const bell = new Bell();
  const display = displayOn(context, options);
  const onResize = (): void => {
    display.resize();
  };
  // Whoever read what is printed has gone: there is nobody left to watch for.
  const onError = (): void => {
    closed.abort();
  };
  context.stdout.on('resize', onResize).on('error', onError);
  const signal = AbortSignal.any([interrupts.signal, closed.signal]);
  signal.addEventListener('abort', () => {
    bell.ring();
  });
  try {
    const follow = follower(stack, bell, signal);
    follow(first);
    const sight = async (): Promise<View> => {
      const seen = await within(look(context, stack, state), PATIENCE_MS, signal);
      follow(seen);
      return { kind: 'seen', plan: seen.plan, status: seen.status };
    };
    display.show({ kind: 'seen', plan: first.plan, status: first.status }, Date.now());
    await watch({ sight, stack, show: display.show, bell, signal });
    return interrupts.signal.aborted ? EXIT.interrupted : EXIT.ok;
  } finally {
    display.end();
    interrupts.dispose();
    context.stdout.off('resize', onResize).off('error', onError);
  }
}

/** What is watched, and where it is shown. */
export interface Watching {
  /** Looks once; fails where nothing can be seen. */
  readonly sight: () => Promise<View>;
  readonly stack: string;
  readonly show: (view: View, atMs: number) => void;
  readonly bell: Bell;
  readonly signal: AbortSignal;
}

/** Looks and shows, again and again, until `signal` aborts. */
export async function watch({ sight, stack, show, bell, signal }: Watching): Promise<void> {
  const isOver = (): boolean => signal.aborted;
  for (;;) {
    const hasRung = await bell.wait(EVERY_MS);
    if (hasRung && !isOver()) await delay(SETTLE_MS);
    if (isOver()) return;
    const view = await sight().catch((error: unknown) => (isOver() ? undefined : unseen(error, stack)));
    if (view === undefined || isOver()) return;
    show(view, Date.now());
  }
}

/** What to show in place of a status. */
function unseen(error: unknown, stack: string): View {
  if (error instanceof CommandFailure) return { kind: 'unseen', stack, reason: error.message };
  // An engine that goes away while it is asked shows in as many ways as there are states of a connection.
  if (error instanceof Error && ('code' in error || 'statusCode' in error || error.name === 'TimeoutError')) {
    return { kind: 'unseen', stack, reason: `the Docker engine does not answer (${error.message})` };
  }
  throw error;
}

/** What `promise` gives, unless it takes too long or `signal` aborts. */
async function within<T>(promise: Promise<T>, ms: number, signal: AbortSignal): Promise<T> {
  const limit = AbortSignal.any([AbortSignal.timeout(ms), signal]);
  return new Promise((resolve, reject) => {
    limit.addEventListener('abort', () => {
      reject(limit.reason as Error);
    });
    promise.then(resolve, reject);
  });
}

/** Follows the engine's events wherever nobody does yet: at first, and after it was away. */
function follower(stack: string, bell: Bell, signal: AbortSignal): (seen: Look) => void {
  let isFollowing = false;
  return ({ host }) => {
    if (isFollowing) return;
    isFollowing = true;
    const ring = (): void => {
      bell.ring();
    };
    followEvents(host.docker, stack, ring, signal)
      .catch(() => undefined) // The next look tells what is wrong with the engine.
      .finally(() => {
        isFollowing = false;
      });
  };
}

interface Display {
  readonly show: (view: View, atMs: number) => void;
  readonly resize: () => void;
  readonly end: () => void;
}

function displayOn(context: Context, { isVerbose, isJson }: WatchOptions): Display {
  const { stdout, env } = context;
  const paint = paintFor(stdout);
  const isLive = stdout.isTTY && !isJson && env['CI'] === undefined && env['TERM'] !== 'dumb';
  if (isLive) return liveDisplay(stdout, (view, atMs, size) => viewFrame(view, { isVerbose, paint, atMs }, size));
  const text = isJson ? jsonLine : (view: View, atMs: number) => viewText(view, { isVerbose, paint, atMs });
  let last: string | undefined;
  return {
    show: (view, atMs) => {
      const now = essence(view);
      if (now !== last) writeLine(stdout, text(view, atMs));
      last = now;
    },
    resize: () => undefined,
    end: () => undefined,
  };
}

function liveDisplay(
  stdout: NodeJS.WriteStream,
  frame: (view: View, atMs: number, size: { width: number; height: number }) => string[],
): Display {
  const screen = screenOn(stdout);
  let last: { view: View; atMs: number } | undefined;
  const draw = (): void => {
    // A terminal that does not know its size says 0.
    const size = { width: stdout.columns || 80, height: stdout.rows || 24 };
    if (last !== undefined) screen.draw(frame(last.view, last.atMs, size));
  };
  return {
    show: (view, atMs) => {
      last = { view, atMs };
      draw();
    },
    resize: () => {
      screen.clear();
      draw();
    },
    end: screen.end,
  };
}
