import { describe, expect, it } from '@jest/globals';
import { lineReader, run } from '../../../tools/setup/commands.mjs';

describe('run', () => {
  it('gives what was printed, and each line as it comes', async () => {
    const lines: string[] = [];
    const output = await run('sh', ['-c', 'echo one; echo two >&2'], { report: (line) => lines.push(line) });
    expect(output).toBe('one\n');
    expect(lines.sort()).toEqual(['one', 'two']);
  });

  it('tells what failed, with its last lines', async () => {
    const failure = run('sh', ['-c', 'echo the error; for i in $(seq 40); do echo line $i; done; exit 3'], {
      remedy: 'mend',
    });
    await expect(failure).rejects.toMatchObject({ message: expect.stringContaining('exited with 3'), remedy: 'mend' });
    await failure.catch((error: unknown) => {
      const { lines } = error as { lines: string[] };
      expect([lines.at(0), lines.at(-1)]).toEqual(['the error', 'line 40']);
      expect(lines.length).toBeLessThan(20);
    });
  });

  it('tells of a command that is not there', async () => {
    await expect(run('slipway-no-such-command', [])).rejects.toThrow('could not run `slipway-no-such-command`');
  });
});

describe('lineReader', () => {
  it('puts lines together over pieces, and takes a carriage return for an end', () => {
    const lines: string[] = [];
    const read = lineReader((line) => lines.push(line));
    for (const piece of ['a', 'b\n\nc', '\rd  \n', 'rest']) read(piece);
    expect(lines).toEqual(['ab', 'c', 'd']);
  });
});
