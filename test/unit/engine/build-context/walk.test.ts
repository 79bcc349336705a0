import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { walkContext, type ContextRequest } from '../../../../engine/build-context/walk.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'slipway-walk-'));
  write('Dockerfile', 'FROM scratch\n');
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function write(path: string, content = ''): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

function paths(request: Partial<ContextRequest> = {}): string[] {
  return walkContext({ root, dockerfile: 'Dockerfile', ...request }).map(({ path }) => path);
}

describe('walkContext', () => {
  test('finds everything, folders before what they hold, in one order', () => {
    for (const path of ['b/one', 'b/a/two', 'a', 'empty/.keep']) write(path);
    expect(paths()).toEqual(['Dockerfile', 'a', 'b', 'b/a', 'b/a/two', 'b/one', 'empty', 'empty/.keep']);
  });

  test('leaves out what .dockerignore names, but not the Dockerfile', () => {
    for (const path of ['.git/HEAD', 'vendor/lib', 'src/a.md', 'src/a.ts']) write(path);
    write('.dockerignore', '.git\nvendor\n**/*.md\nDockerfile\n.dockerignore\n');
    expect(paths()).toEqual(['Dockerfile', 'src', 'src/a.ts']);
  });

  test('keeps a Dockerfile that lies in a folder that is left out', () => {
    write('build/Dockerfile');
    write('build/other');
    write('.dockerignore', 'build\n');
    expect(paths({ dockerfile: './build/Dockerfile' })).toEqual([
      '.dockerignore',
      'Dockerfile',
      'build',
      'build/Dockerfile',
    ]);
  });

  test("prefers the Dockerfile's own ignore file", () => {
    write('a');
    write('b');
    write('.dockerignore', 'a\n');
    write('Dockerfile.dockerignore', 'b\n');
    expect(paths()).toEqual(['.dockerignore', 'Dockerfile', 'Dockerfile.dockerignore', 'a']);
  });

  test('brings a folder back with what an exception brings back in it', () => {
    for (const path of ['out/keep/file', 'out/other/file']) write(path);
    write('.dockerignore', 'out\n!out/keep\n');
    expect(paths()).toEqual(['.dockerignore', 'Dockerfile', 'out', 'out/keep', 'out/keep/file']);
  });

  test('takes links for what they are and follows none, broken ones and those out of the tree included', () => {
    write('folder/file');
    symlinkSync('folder', join(root, 'inside'));
    symlinkSync('/etc', join(root, 'outside'));
    symlinkSync('nowhere', join(root, 'broken'));
    const links = walkContext({ root, dockerfile: 'Dockerfile' }).filter(({ kind }) => kind === 'link');
    expect(links).toMatchObject([
      { path: 'broken', target: 'nowhere' },
      { path: 'inside', target: 'folder' },
      { path: 'outside', target: '/etc' },
    ]);
  });

  test('tells permissions and sizes', () => {
    write('run.sh', 'exit 0\n');
    chmodSync(join(root, 'run.sh'), 0o750);
    expect(walkContext({ root, dockerfile: 'Dockerfile' })).toContainEqual(
      expect.objectContaining({ path: 'run.sh', kind: 'file', mode: 0o750, size: 7 }),
    );
  });

  test('passes over sockets', async () => {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(join(root, 'socket'), listening));
    try {
      expect(paths()).toEqual(['Dockerfile']);
    } finally {
      await new Promise((closed) => server.close(closed));
    }
  });

  test('looks at nothing but what it is asked for', () => {
    for (const path of ['docker/a', 'docker/b/c', 'docker-other', 'src/a', 'lock']) write(path);
    expect(paths({ only: ['Dockerfile', 'docker/', './lock', 'gone'] })).toEqual([
      'Dockerfile',
      'docker',
      'docker/a',
      'docker/b',
      'docker/b/c',
      'lock',
    ]);
  });

  test('says so when the folder is not there', () => {
    expect(() => paths({ root: join(root, 'gone') })).toThrow('ENOENT');
  });
});
