import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Context } from '../../../../cli/context.ts';
import { environmentFor, makeWayForOwnPassphrase, opens } from '../../../../cli/pulumi/passphrase.ts';

const DEV = readFileSync(join(import.meta.dirname, '../../../../Pulumi.dev.yaml'), 'utf8');

let projectDir: string;

beforeEach(() => {
  projectDir = mkdtempSync(join(tmpdir(), 'slipway-passphrase-'));
  writeFileSync(join(projectDir, 'Pulumi.dev.yaml'), DEV);
});

afterEach(() => {
  rmSync(projectDir, { recursive: true });
});

function contextWith(env: NodeJS.ProcessEnv): Context {
  return { projectDir, env, stdin: process.stdin, stdout: process.stdout, stderr: process.stderr };
}

const ours = (): NodeJS.ProcessEnv => ({ PULUMI_CONFIG_PASSPHRASE_FILE: join(projectDir, '.slipway/passphrase') });

describe('the passphrase that everybody knows', () => {
  test.each(['dev', 'test'])('opens the settings of %s that git keeps', (stack) => {
    const settings = readFileSync(join(import.meta.dirname, `../../../../Pulumi.${stack}.yaml`), 'utf8');
    const salt = /^encryptionsalt: (\S+)/m.exec(settings)?.[1] ?? '';
    expect(opens('slipway-throw-away', salt)).toBe(true);
    expect(opens('another', salt)).toBe(false);
  });

  test('is given to the stacks that can be thrown away, and to no other', () => {
    expect(environmentFor('dev', contextWith(ours()))).toEqual(ours());
    expect(environmentFor('luminai-test', contextWith(ours()))).toEqual(ours());
    for (const stack of ['prod', 'linkflow-prod', 'test-1', 'contest', 'dev-prod']) {
      expect(environmentFor(stack, contextWith(ours()))).toEqual({});
    }
  });
});

describe("a passphrase of the user's own", () => {
  const own = { PULUMI_CONFIG_PASSPHRASE: 'mine' };

  test('is used for every stack', () => {
    expect(environmentFor('prod', contextWith(own))).toEqual(own);
    expect(environmentFor('dev', contextWith(own))).toEqual(own);
  });

  test('takes the place of the known one: its salt goes, the settings stay', () => {
    expect(makeWayForOwnPassphrase('dev', contextWith(own))).toBe(true);
    expect(readFileSync(join(projectDir, 'Pulumi.dev.yaml'), 'utf8')).toBe(DEV.replace(/^encryptionsalt.*\n/m, ''));
  });

  test.each<[string, () => NodeJS.ProcessEnv, string]>([
    ['where the known passphrase is in use', ours, DEV],
    ['where the salt is not that of the known one', () => own, DEV.replace(/v1:[^:]+/, 'v1:AAAAAAAAAAA=')],
    ['where something is encrypted under it', () => own, `${DEV}  secrets:A:\n    secure: v1:x\n`],
  ])('changes nothing %s', (_, env, settings) => {
    writeFileSync(join(projectDir, 'Pulumi.dev.yaml'), settings);
    expect(makeWayForOwnPassphrase('dev', contextWith(env()))).toBe(false);
    expect(readFileSync(join(projectDir, 'Pulumi.dev.yaml'), 'utf8')).toBe(settings);
  });
});
