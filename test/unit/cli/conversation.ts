import { PassThrough } from 'node:stream';
import type { Context } from '../../../cli/context.ts';

/** A terminal on which somebody types `answer` once something is asked, and what was asked on it. */
export function converse(answer: string): { readonly context: Context; readonly asked: () => string } {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => stdin });
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 200 });
  let asked = '';
  stderr.on('data', (chunk: Buffer) => {
    if (asked === '') stdin.write(answer);
    asked += chunk.toString('utf8');
  });
  const context = { stdin, stderr, stdout: new PassThrough() } as unknown as Context;
  return { context, asked: () => asked };
}
