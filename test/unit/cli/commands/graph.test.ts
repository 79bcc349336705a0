import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { EXIT } from '../../../../cli/exit-codes.ts';
import { run } from '../../../../cli/program.ts';

let folder: string;
let printed: { stdout: string; stderr: string };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-graph-'));
  printed = { stdout: '', stderr: '' };
  configure('slipway:profiles: [migrate]');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function configure(line: string): void {
  writeFileSync(
    join(folder, 'Pulumi.dev.yaml'),
    `config:\n  slipway:system: linkflow\n  slipway:environment: dev\n  ${line}\n`,
  );
}

/** Runs `graph` where no engine listens and no Pulumi is found. */
async function graph(...args: string[]): Promise<number> {
  const capture = (name: 'stdout' | 'stderr'): NodeJS.WriteStream => {
    const stream = new PassThrough();
    stream.on('data', (chunk: Buffer) => (printed[name] += chunk.toString('utf8')));
    return stream as unknown as NodeJS.WriteStream;
  };
  const [stdout, stderr] = [capture('stdout'), capture('stderr')];
  const env = { DOCKER_HOST: `unix://${folder}/no.sock`, PATH: folder };
  return run(['graph', ...args], { projectDir: folder, env, stdin: process.stdin, stdout, stderr });
}

test.each([
  [[], '---\ntitle: "linkflow, dev (stack dev)"\n', '  service_history -->|completed| service_migrate\n'],
  [['--format', 'dot'], 'digraph "linkflow, dev (stack dev)" {\n', '"service history" -> "service migrate" [label='],
])('graph %j draws the plan without an engine and without Pulumi', async (args, start, arrow) => {
  expect(await graph(...args)).toBe(EXIT.ok);
  expect(printed.stdout.slice(0, start.length)).toBe(start);
  expect(printed.stdout).toContain(arrow);
  expect(printed.stderr).toBe('');
});

test('graph refuses another language and names those it knows', async () => {
  expect(await graph('--format', 'svg')).toBe(EXIT.usage);
  expect(printed.stderr).toContain('mermaid, dot');
});

test('graph draws nothing of a configuration that is wrong, and lists the problems', async () => {
  configure('slipway:profiles: [nope]');
  expect(await graph()).toBe(EXIT.usage);
  expect(printed.stderr).toContain('no profile "nope"');
  expect(printed.stdout).toBe('');
});
