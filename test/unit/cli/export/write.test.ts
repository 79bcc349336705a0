import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { copyContext } from '../../../../cli/export/context.ts';
import { refuseBrokenVariables, writeExport } from '../../../../cli/export/write.ts';
import type { Plan } from '../../../../config/plan/types.ts';
import { planOf, resolveShop, service, system } from '../../config/fixture.ts';

let root: string;
let context: string;
let folder: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'slipway-export-'));
  context = join(root, 'images/app');
  folder = join(root, 'out');
  mkdirSync(join(context, 'bin'), { recursive: true });
  mkdirSync(folder);
  writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\n');
  writeFileSync(join(context, 'bin/run'), '#!/bin/sh\n', { mode: 0o755 });
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const self = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const plan: Plan = planOf(
  resolveShop(
    system(
      {
        api: service({
          secrets: { KEY_FILE_NAME: 'KEY' },
          files: { '/etc/app/app.conf': { content: 'a=$1\n' } },
          user: `${self.uid}:${self.gid}`,
          ...(self.uid === 0 && { reasons: { user: 'Whoever runs the test is root.' } }),
        }),
      },
      { secrets: { KEY: { description: 'A key.', format: { kind: 'hex' } } } },
    ),
  ),
);
const content = {
  plan,
  self,
  text: 'name: shop\n',
  secrets: new Map([['KEY', 's3cret']]),
  contexts: new Map<string, string>(),
};

describe('an export', () => {
  test('holds each file as its service gets it', () => {
    writeExport(folder, { ...content, contexts: new Map([['app', context]]) });
    expect(readdirSync(folder).sort()).toEqual(['.gitignore', 'compose.yaml', 'files', 'images', 'secrets']);
    const secret = join(folder, 'secrets/api/KEY_FILE_NAME');
    expect([readFileSync(secret, 'utf8'), statSync(secret).mode & 0o777]).toEqual(['s3cret', 0o400]);
    const file = join(folder, 'files/api/etc/app/app.conf');
    expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(['a=$1\n', 0o444]);
    expect(statSync(join(folder, 'secrets')).mode & 0o777).toBe(0o700);
    expect(readFileSync(join(folder, 'images/app/Dockerfile'), 'utf8')).toBe('FROM scratch\n');
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('/secrets/\n');
  });

  test('holds a folder that two images are built from once', () => {
    const [image] = plan.images;
    const build = { ...image?.build, context: 'images/app', dockerfile: 'Dockerfile', args: {} };
    const images = ['app', 'worker'].map((name) => ({ name, build, uid: 1, gid: 1 }));
    const contexts = new Map(images.map(({ name }) => [name, context]));
    writeExport(folder, { ...content, plan: { ...plan, images }, contexts });
    expect(readdirSync(join(folder, 'images'))).toEqual(['app']);
  });

  test('is not written without the value of a secret', () => {
    expect(() => {
      writeExport(folder, { ...content, secrets: new Map() });
    }).toThrow('secret "KEY"');
  });
});

describe('secrets that are variables', () => {
  const withVariable: Plan = planOf(
    resolveShop(
      system(
        { api: service({ secrets: { API_KEY: { secret: 'KEY', deliver: 'env' } }, user: '4242:4242' }) },
        { secrets: { KEY: { description: 'A key.', format: { kind: 'hex' } } } },
      ),
    ),
  );

  test('stand in a file of whoever runs Compose, and of nobody else', () => {
    writeExport(folder, { ...content, plan: withVariable });
    const file = join(folder, 'secrets/api.env');
    expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(["API_KEY='s3cret'\n", 0o400]);
    expect(statSync(file).uid).toBe(self.uid);
  });

  test('are refused where they would not arrive whole, without their values', () => {
    expect(() => {
      refuseBrokenVariables(withVariable, new Map([['KEY', 'all\\']]));
    }).toThrow(/^(?!.*all).*API_KEY of api holds a backslash/s);
    refuseBrokenVariables(withVariable, content.secrets);
  });
});

describe('a build context', () => {
  test('is copied with its modes and links, without what is kept out of a build', () => {
    symlinkSync('bin/run', join(context, 'start'));
    mkdirSync(join(context, 'node_modules/x'), { recursive: true });
    writeFileSync(join(context, 'node_modules/x/index.js'), '');
    writeFileSync(join(context, '.env'), 'PASSWORD=x');
    writeFileSync(join(context, '.dockerignore'), 'node_modules\n.env\n');
    copyContext(context, 'Dockerfile', folder);
    expect(readdirSync(folder).sort()).toEqual(['.dockerignore', 'Dockerfile', 'bin', 'start']);
    expect(statSync(join(folder, 'bin/run')).mode & 0o777).toBe(0o755);
    expect(readlinkSync(join(folder, 'start'))).toBe('bin/run');
  });

  test('has to have its Dockerfile', () => {
    expect(() => {
      copyContext(context, 'Dockerfile.prod', folder);
    }).toThrow('no Dockerfile Dockerfile.prod');
  });
});
