import { PassThrough } from 'node:stream';
import { describe, expect, jest, test } from '@jest/globals';
import { CommandFailure, EXIT } from '../../../../cli/exit-codes.ts';
import { Bell } from '../../../../cli/status/bell.ts';
import { screenOn } from '../../../../cli/status/screen.ts';
import type { View } from '../../../../cli/status/view.ts';
import { watch } from '../../../../cli/status/watch.ts';

/** Lets a watch look as often as there are sights, ringing after each, and tells what it has shown. */
async function shown(...sights: (View | Error)[]): Promise<View[]> {
  const end = new AbortController();
  const bell = new Bell();
  const views: View[] = [];
  bell.ring();
  await watch({
    stack: 'dev',
    bell,
    signal: end.signal,
    sight: () => {
      const sight = sights.shift();
      bell.ring();
      if (sight === undefined) {
        end.abort();
        return Promise.reject(new Error('over'));
      }
      return sight instanceof Error ? Promise.reject(sight) : Promise.resolve(sight);
    },
    show: (view) => views.push(view),
  });
  return views;
}

const seen: View = { kind: 'unseen', stack: 'dev', reason: 'as good as any' };

describe('watch', () => {
  test('goes on after the engine was away, however that showed', async () => {
    const refused = new CommandFailure(EXIT.prerequisite, 'the engine does not answer');
    const reset = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    const busy = Object.assign(new Error('(HTTP code 500)'), { statusCode: 500 });
    const slow = Object.assign(new Error('too slow'), { name: 'TimeoutError' });
    expect(await shown(refused, reset, busy, slow, seen)).toEqual([
      { kind: 'unseen', stack: 'dev', reason: 'the engine does not answer' },
      { kind: 'unseen', stack: 'dev', reason: 'the Docker engine does not answer (socket hang up)' },
      { kind: 'unseen', stack: 'dev', reason: 'the Docker engine does not answer ((HTTP code 500))' },
      { kind: 'unseen', stack: 'dev', reason: 'the Docker engine does not answer (too slow)' },
      seen,
    ]);
  });

  test('hides no defect of our own', async () => {
    await expect(shown(new TypeError('undefined is not a function'))).rejects.toThrow(TypeError);
  });

  test('shows nothing once it is to end', async () => {
    expect(await shown(seen)).toEqual([seen]);
  });
});

describe('a bell', () => {
  test('ends the wait that is under way', async () => {
    const bell = new Bell();
    const waiting = bell.wait(60_000);
    bell.ring();
    expect(await waiting).toBe(true);
  });

  test('that rang while nobody waited ends the next wait, and only that', async () => {
    const bell = new Bell();
    bell.ring();
    expect(await bell.wait(60_000)).toBe(true);
    expect(await bell.wait(1)).toBe(false);
  });

  test('that does not ring lets time pass', async () => {
    jest.useFakeTimers();
    const waiting = new Bell().wait(2000);
    await jest.advanceTimersByTimeAsync(2000);
    jest.useRealTimers();
    expect(await waiting).toBe(false);
  });
});

describe('a screen', () => {
  function drawing(): { screen: ReturnType<typeof screenOn>; writes: string[] } {
    const stream = new PassThrough();
    const writes: string[] = [];
    stream.on('data', (chunk: Buffer) => writes.push(chunk.toString().replaceAll('\u001b[', '^')));
    return { screen: screenOn(stream), writes };
  }

  test('draws each frame over the last one, in one writing', () => {
    const { screen, writes } = drawing();
    screen.draw(['one', 'two']);
    screen.draw(['three']);
    screen.draw([]);
    expect(writes).toEqual(['^?25lone^K\ntwo^K\n^J', '^?25l^2Fthree^K\n^J', '^?25l^1F^J']);
  });

  test('begins anew on a terminal that was emptied, and gives the cursor back', () => {
    const { screen, writes } = drawing();
    screen.draw(['one']);
    screen.clear();
    screen.draw(['one']);
    screen.end();
    expect(writes.slice(1)).toEqual(['^H^2J', '^?25lone^K\n^J', '^?25h']);
  });
});
