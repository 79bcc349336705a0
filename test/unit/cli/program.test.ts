import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Context } from '../../../cli/context.ts';
import { EXIT } from '../../../cli/exit-codes.ts';
import { run } from '../../../cli/program.ts';

describe('slipway', () => {
  let folder: string;
  let context: Context;
  let output: { stdout: string; stderr: string };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-cli-'));
    output = { stdout: '', stderr: '' };
    const capture = (name: 'stdout' | 'stderr'): NodeJS.WriteStream => {
      const stream = new PassThrough();
      stream.on('data', (chunk: Buffer) => (output[name] += chunk.toString('utf8')));
      return stream as unknown as NodeJS.WriteStream;
    };
    // No engine listens there, and no Pulumi is found: whatever needs one of them has to say so.
    const env = { DOCKER_HOST: `unix://${folder}/no.sock`, PATH: folder, PULUMI_BACKEND_URL: `file://${folder}/state` };
    context = { projectDir: folder, env, stdin: process.stdin, stdout: capture('stdout'), stderr: capture('stderr') };
    writeFileSync(join(folder, 'package.json'), '{"version": "1.2.3"}');
    writeFileSync(join(folder, 'Pulumi.yaml'), 'name: slipway\n');
    writeFileSync(join(folder, 'Pulumi.dev.yaml'), 'config:\n  slipway:system: linkflow\n  slipway:environment: dev\n');
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const slipway = (...args: string[]): Promise<number> => run(args, context);

  test.each([['--help'], ['up', '--help'], ['exec', '--help']])('%s explains the exit codes', async (...args) => {
    expect(await slipway(...args)).toBe(EXIT.ok);
    expect(output.stdout).toContain('another operation holds the stack');
  });

  test.each([
    ...['up', 'preview', 'down', 'scale', 'restart', 'status', 'logs', 'plan', 'smoke', 'health', 'drift'],
    ...['exec', 'env', 'run', 'seed'],
    ...['secrets list', 'secrets get', 'secrets set', 'secrets pin'],
  ])('%s shows examples and the stack option', async (command) => {
    await slipway(...command.split(' '), '--help');
    expect(output.stdout).toMatch(/Examples:\n {2}\$ /);
    expect(output.stdout).toContain('-s, --stack <name>');
  });

  test.each([
    ...[[['bogus']], [['up', '--bogus']], [['up', '--parallel', '0']], [['exec', 'api']]],
    ...[[['secrets']], [['secrets', 'nope']], [['secrets', 'get', 'APP_KEY']], [['secrets', 'pin', 'DATABASE_URL']]],
    ...[[['scale']], [['restart', 'nope']], [['run', 'nope']], [['run', 'seed', '--json']]],
  ])('wrong usage %j is refused', async (args) => {
    expect(await slipway(...args)).toBe(EXIT.usage);
  });

  test('an unknown stack is refused with those there are and how to make one', async () => {
    expect(await slipway('plan', '--stack', 'nope')).toBe(EXIT.usage);
    expect(output.stderr).toContain('there is no Pulumi.nope.yaml (there are: dev)');
    expect(output.stderr).toContain('slipway init <system>');
  });

  test('secrets are listed without an engine and without Pulumi, also before the first up', async () => {
    expect(await slipway('secrets', 'list')).toBe(EXIT.ok);
    expect(output.stdout).toMatch(/^POSTGRES_PASSWORD +generated +a password of 32 characters +- /m);
  });

  test('a secret that there is not is refused with the nearest there is', async () => {
    expect(await slipway('secrets', 'get', 'APP_KEI', '--reveal')).toBe(EXIT.usage);
    expect(output.stderr).toContain('did you mean "APP_KEY"?');
  });

  test('plan needs no engine and no Pulumi, and prints nothing but JSON when asked to', async () => {
    expect(await slipway('plan', '--json')).toBe(EXIT.ok);
    expect(JSON.parse(output.stdout)).toMatchObject({ system: 'linkflow', environment: 'dev', stack: 'dev' });
  });

  test.each([...['plan', 'up', 'preview', 'down', 'status', 'health', 'restart', 'run']])(
    '%s reports every problem at once',
    async (command) => {
      writeFileSync(
        join(folder, 'Pulumi.dev.yaml'),
        'config:\n  slipway:system: linkflow\n  slipway:environment: dev\n  slipway:nonsense: 1\n  slipway:profiles: [nope]\n',
      );
      expect(await slipway(command)).toBe(EXIT.usage);
      expect(output.stderr).toContain('nonsense');
      expect(output.stderr).toContain('nope');
      expect(output.stdout).toBe('');
    },
  );

  test.each(['up', 'preview', 'status', 'logs', 'health'])(
    '%s says that the engine does not answer',
    async (command) => {
      expect(await slipway(command)).toBe(EXIT.prerequisite);
      expect(output.stderr).toContain(`unix://${folder}/no.sock does not answer`);
    },
  );

  test('down of a stack that never was says so and is content', async () => {
    expect(await slipway('down')).toBe(EXIT.ok);
    expect(output.stdout).toBe('stack dev was never brought up: there is nothing to remove\n');
  });

  test('down --volumes in prod is refused where nobody can be asked', async () => {
    writeFileSync(
      join(folder, 'Pulumi.prod.yaml'),
      'config:\n  slipway:system: linkflow\n  slipway:environment: prod\n',
    );
    expect(await slipway('down', '--volumes', '--stack', 'prod')).toBe(EXIT.usage);
    expect(output.stderr).toContain('--yes');
  });

  test('scale reports every problem at once, and leaves the configuration alone', async () => {
    const file = join(folder, 'Pulumi.dev.yaml');
    const before = readFileSync(file, 'utf8');
    expect(await slipway('scale', 'quue=2', 'timer=2', 'worker=none')).toBe(EXIT.usage);
    for (const wrong of ['quue=2: no service', 'timer=2: 2 replicas', 'worker=none: "none"']) {
      expect(output.stderr).toContain(wrong);
    }
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  test('scale leaves the configuration alone if the engine does not answer', async () => {
    const file = join(folder, 'Pulumi.dev.yaml');
    const before = readFileSync(file, 'utf8');
    expect(await slipway('scale', 'worker=2')).toBe(EXIT.prerequisite);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  test('restart refuses jobs before anything else', async () => {
    writeFileSync(
      join(folder, 'Pulumi.dev.yaml'),
      'config:\n  slipway:system: linkflow\n  slipway:environment: dev\n  slipway:profiles: [migrate]\n',
    );
    expect(await slipway('restart', 'migrate')).toBe(EXIT.usage);
    expect(output.stderr).toContain('migrate runs to completion');
  });

  test('run without a name lists the tasks, and needs no engine', async () => {
    expect(await slipway('run', '--json')).toBe(EXIT.ok);
    expect(JSON.parse(output.stdout)).toMatchObject({ system: 'linkflow', stack: 'dev' });
    expect(output.stdout).toContain('"migrate-fresh"');
  });

  test('a destructive task is refused where nobody can be asked, before the engine is', async () => {
    context = { ...context, stdin: new PassThrough() as unknown as NodeJS.ReadStream & { fd: 0 } };
    expect(await slipway('run', 'migrate-fresh')).toBe(EXIT.usage);
    expect(output.stderr).toContain('--yes');
  });
});
