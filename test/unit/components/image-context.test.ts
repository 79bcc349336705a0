import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { imageContext } from '../../../components/image-context.ts';

let project: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'slipway-context-'));
  mkdirSync(join(project, 'images/app/src'), { recursive: true });
  writeFileSync(join(project, 'images/app/Dockerfile'), 'FROM scratch\n');
  writeFileSync(join(project, 'images/app/src/main.ts'), "import { name } from './name.ts';\nconsole.log(name);\n");
  writeFileSync(join(project, 'images/app/src/name.ts'), "export const name: string = 'app';\n");
});

afterEach(() => {
  rmSync(project, { recursive: true, force: true });
});

const plain = { context: 'images/app', dockerfile: 'Dockerfile', args: {} };
const bundled = { ...plain, bundle: { entry: 'src/main.ts', output: 'main.mjs' } };
const digest = async (build: typeof plain = plain): Promise<string> =>
  (await imageContext(project, 'app', build)).digest;

describe('imageContext', () => {
  test('gives one digest for one content', async () => {
    const first = await digest();
    expect(first).toMatch(/^[0-9a-f]{12}$/);
    expect(await digest()).toBe(first);
  });

  test.each<[string, () => void]>([
    [
      'the content of a file',
      () => {
        writeFileSync(join(project, 'images/app/Dockerfile'), 'FROM busybox\n');
      },
    ],
    [
      'the name of a file',
      () => {
        writeFileSync(join(project, 'images/app/more'), '');
      },
    ],
    [
      'the mode of a file',
      () => {
        chmodSync(join(project, 'images/app/run.sh'), 0o755);
      },
    ],
  ])('gives another digest when %s changes', async (_, change) => {
    writeFileSync(join(project, 'images/app/run.sh'), '', { mode: 0o644 });
    const before = await digest();
    change();
    expect(await digest()).not.toBe(before);
  });

  test('gives another digest for other build arguments', async () => {
    expect(await digest({ ...plain, args: { SERVICE: 'a' } })).not.toBe(await digest());
  });

  test('leaves installed packages and readmes out of the digest', async () => {
    const before = await digest();
    mkdirSync(join(project, 'images/app/node_modules/x'), { recursive: true });
    writeFileSync(join(project, 'images/app/node_modules/x/index.js'), '');
    writeFileSync(join(project, 'images/app/README.md'), 'Hello');
    expect(await digest()).toBe(before);
  });

  test('bundles a program into one file that Node runs as it is', async () => {
    const { path } = await imageContext(project, 'app', bundled);
    expect(path).toBe('.slipway/build/app');
    expect(readFileSync(join(project, path, 'main.mjs'), 'utf8')).toContain('console.log(name)');
    expect(readFileSync(join(project, path, 'Dockerfile'), 'utf8')).toBe('FROM scratch\n');
    expect(() => statSync(join(project, path, 'src'))).toThrow();
  });

  test('bundles again when a source has changed, and only then', async () => {
    const { path } = await imageContext(project, 'app', bundled);
    const made = statSync(join(project, path)).ino;
    await imageContext(project, 'app', bundled);
    expect(statSync(join(project, path)).ino).toBe(made);
    writeFileSync(join(project, 'images/app/src/name.ts'), "export const name: string = 'other';\n");
    await imageContext(project, 'app', bundled);
    expect(readFileSync(join(project, path, 'main.mjs'), 'utf8')).toContain('other');
  });

  test('keeps the former context when a source does not compile', async () => {
    const { path } = await imageContext(project, 'app', bundled);
    writeFileSync(join(project, 'images/app/src/name.ts'), 'export const name = ;\n');
    await expect(imageContext(project, 'app', bundled)).rejects.toThrow(/name\.ts:1/);
    expect(readFileSync(join(project, path, 'main.mjs'), 'utf8')).toContain("'app'".replaceAll("'", '"'));
  });
});
