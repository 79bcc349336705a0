import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { EXIT } from '../../../../cli/exit-codes.ts';
import { newStackFile, profilesOf } from '../../../../cli/init/stack-file.ts';
import { run } from '../../../../cli/program.ts';
import { EnvironmentName } from '../../../../config/schema/environment.ts';
import { resolvePlan } from '../../../../config/resolve.ts';
import { readStackFile } from '../../../../config/stack-file.ts';
import { systems } from '../../../../config/systems/index.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-init-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Runs `init` where no engine listens and no Pulumi is found. */
async function init(...args: string[]): Promise<{ code: number; printed: string; complained: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const streams = { stdout, stderr } as unknown as { stdout: NodeJS.WriteStream; stderr: NodeJS.WriteStream };
  const env = { DOCKER_HOST: `unix://${folder}/no.sock`, PATH: folder };
  const code = await run(['init', ...args], { projectDir: folder, env, stdin: process.stdin, ...streams });
  stdout.end();
  stderr.end();
  return { code, printed: await text(stdout), complained: await text(stderr) };
}

const every = Object.keys(systems).flatMap((system) =>
  EnvironmentName.options.map((environment) => [system, environment] as const),
);

test('lists the systems, with how a stack is made', async () => {
  const { code, printed } = await init();
  expect(code).toBe(EXIT.ok);
  for (const [name, { description }] of Object.entries(systems)) {
    expect(description).toBeDefined();
    expect(printed).toMatch(RegExp(`^${name} +\\d+ +${description ?? ''}$`, 'm'));
  }
  expect(printed).toContain('slipway init <system>');
});

test.each(every)('writes a stack of %s in %s that resolves to a plan', async (system, environment) => {
  const { code, printed } = await init(system, '--environment', environment);
  expect(code).toBe(EXIT.ok);
  const stack = `${system}-${environment}`;
  expect(printed).toContain(`npx slipway up --stack ${stack}`);
  const settings = { ...readStackFile(folder, stack), acceptsMissingSecrets: true };
  expect(settings.values).toMatchObject({ system, environment });
  expect(resolvePlan(settings).plan).toMatchObject({ system, environment, stack });
});

test('leaves addresses of what somebody else runs to be told, and says so', async () => {
  const { printed } = await init('lomash-wood', '--environment', 'prod');
  expect(printed).toContain('  tell Pulumi.lomash-wood-prod.yaml where postgres and redis can be reached\n');
  expect(readStackFile(folder, 'lomash-wood-prod').values).toEqual({
    ...{ system: 'lomash-wood', environment: 'prod' },
    services: {
      postgres: { external: { host: 'postgres.example.com' } },
      redis: { external: { host: 'redis.example.com' } },
    },
  });
});

test('writes the profiles that are asked for, and names those that are left', () => {
  const linkflow = systems['linkflow'];
  if (!linkflow) throw new Error('there is no linkflow');
  const all = profilesOf(linkflow, 'dev');
  const observed = ['logs', 'monitoring', 'prometheus'];
  expect(all).toEqual(['control', 'edge', 'migrate', 'production', 'scheduler', ...observed].sort());
  expect(newStackFile(linkflow, { environment: 'dev', profiles: ['edge', 'migrate'] })).toBe(`\
# ${linkflow.description ?? ''}
# Every key: docs/reference/configuration.md
config:
  slipway:system: linkflow
  slipway:environment: dev
  slipway:profiles: [edge, migrate]
  # Parts that run only where a stack asks for them: control, logs, monitoring, production, prometheus, scheduler
`);
});

describe('refuses, all at once and before anything is written,', () => {
  test('what there is not', async () => {
    const { code, complained } = await init('linkflw', '--environment', 'prd', '--stack', '../away');
    expect(code).toBe(EXIT.usage);
    expect(complained).toContain('no system "linkflw"\n  accepted: did you mean "linkflow"?');
    expect(complained).toContain('no environment "prd"\n  accepted: dev, test, prod');
    expect(complained).toContain('"../away" can\'t be the name of a stack');
  });

  test('a profile that the environment does not have', async () => {
    const { code, complained } = await init('linkflow', '--profiles', 'edg', '--stack', 'mine');
    expect(code).toBe(EXIT.usage);
    expect(complained).toContain('no profile "edg" in linkflow\n  accepted: did you mean "edge"?');
    expect(existsSync(join(folder, 'Pulumi.mine.yaml'))).toBe(false);
  });

  test('a stack that there is', async () => {
    writeFileSync(join(folder, 'Pulumi.linkflow-dev.yaml'), 'config: {}\n');
    const { code, complained } = await init('linkflow');
    expect(code).toBe(EXIT.usage);
    expect(complained).toContain('there is a Pulumi.linkflow-dev.yaml already');
    expect(readFileSync(join(folder, 'Pulumi.linkflow-dev.yaml'), 'utf8')).toBe('config: {}\n');
  });
});
