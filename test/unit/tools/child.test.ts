import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { isForegroundGroup, standInFor } from '../../../tools/setup/child.mjs';

const module_ = new URL('../../../tools/setup/child.mjs', import.meta.url).href;

/** Runs a program by way of a launcher of its own, and sends the launcher a signal once the program is up. */
async function launch(program: string, signal?: NodeJS.Signals): Promise<{ code: number | null; output: string }> {
  const launcher = `
    const { standInFor } = await import(${JSON.stringify(module_)});
    process.exitCode = await standInFor(process.execPath, ['-e', ${JSON.stringify(program)}], { env: process.env });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', launcher], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (signal !== undefined && text.includes('up')) child.kill(signal);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

const waiting = (onSignal: string) =>
  `const timer = setInterval(() => {}, 1000); ${onSignal} process.stdout.write('up\\n');`;
const tidy = (signal: string) =>
  waiting(`process.on('${signal}', () => { console.log('tidied'); clearInterval(timer); process.exitCode = 7; });`);

describe('standInFor', () => {
  it('ends with the exit code of what it runs', async () => {
    await expect(launch('process.exitCode = 5')).resolves.toMatchObject({ code: 5 });
  });

  it('keeps from the terminal what goes to somebody who asks for it', async () => {
    const printed: Buffer[] = [];
    const program = "console.log('one'); console.error('two'); process.exitCode = 3";
    const options = { env: process.env, onOutput: (text: Buffer) => printed.push(text) };
    expect(await standInFor(process.execPath, ['-e', program], options)).toBe(3);
    expect(Buffer.concat(printed).toString().split('\n').sort()).toEqual(['', 'one', 'two']);
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('passes %s on and waits for the end', async (signal) => {
    await expect(launch(tidy(signal), signal)).resolves.toEqual({ code: 7, output: 'up\ntidied\n' });
  });

  it('says like a shell that a signal ended it', async () => {
    await expect(launch(waiting(''), 'SIGTERM')).resolves.toMatchObject({ code: 143 });
  });
});

describe('isForegroundGroup', () => {
  it.each([
    ['the terminal’s foreground', '12 (node (x) y) S 1 12 12 34816 12 4194304', true],
    ['the background', '12 (node) S 1 12 12 34816 99 4194304', false],
    ['no terminal', '12 (node) S 1 12 12 0 -1 4194304', false],
  ])('knows %s', (_, stat, expected) => {
    expect(isForegroundGroup(stat)).toBe(expected);
  });
});
