import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { argsFor, imageContext, machineBuildArgs } from '../../../components/image-context.ts';

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
const image = (build: typeof plain): Parameters<typeof imageContext>[1] => ({ name: 'app', build });
const digest = async (build: typeof plain = plain): Promise<string> =>
  (await imageContext(project, image(build))).digest;

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

  test('leaves installed packages and readmes out of the digest of what is bundled', async () => {
    const before = await digest(bundled);
    mkdirSync(join(project, 'images/app/node_modules/x'), { recursive: true });
    writeFileSync(join(project, 'images/app/node_modules/x/index.js'), '');
    writeFileSync(join(project, 'images/app/README.md'), 'Hello');
    expect(await digest(bundled)).toBe(before);
  });

  test('leaves what .dockerignore names out of the digest, and has the rest in', async () => {
    writeFileSync(join(project, 'images/app/.dockerignore'), 'node_modules\n*.md\n');
    const before = await digest();
    mkdirSync(join(project, 'images/app/node_modules/x'), { recursive: true });
    writeFileSync(join(project, 'images/app/node_modules/x/index.js'), '');
    writeFileSync(join(project, 'images/app/README.md'), 'Hello');
    expect(await digest()).toBe(before);
    mkdirSync(join(project, 'images/app/dist'));
    expect(await digest()).not.toBe(before);
  });

  test('gives one digest whatever the umask under which somebody has checked out', async () => {
    writeFileSync(join(project, 'images/app/run.sh'), '');
    chmodSync(join(project, 'images/app/run.sh'), 0o755);
    chmodSync(join(project, 'images/app/src'), 0o755);
    const before = await digest();
    chmodSync(join(project, 'images/app/run.sh'), 0o775);
    chmodSync(join(project, 'images/app/src'), 0o775);
    expect(await digest()).toBe(before);
  });

  test('has the targets of links in the digest, and nothing of what they lead to', async () => {
    const outside = join(project, 'outside');
    writeFileSync(outside, '1');
    symlinkSync(outside, join(project, 'images/app/link'));
    const before = await digest();
    writeFileSync(outside, '2');
    expect(await digest()).toBe(before);
    rmSync(join(project, 'images/app/link'));
    symlinkSync('src', join(project, 'images/app/link'));
    expect(await digest()).not.toBe(before);
  });

  test('reads a folder outside of the project, absolute or relative', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'slipway-outside-'));
    try {
      cpSync(join(project, 'images/app'), outside, { recursive: true });
      const context = relative(project, outside);
      expect(await digest({ ...plain, context: outside })).toBe(await digest());
      expect(await imageContext(project, image({ ...plain, context }))).toEqual({
        path: context,
        digest: await digest(),
        asks: [],
      });
    } finally {
      rmSync(outside, { recursive: true });
    }
  });

  describe('of sources that are mounted', () => {
    const mounted = {
      name: 'app',
      build: plain,
      source: { name: 'app', rebuildOn: ['.dockerignore', 'Dockerfile', 'etc'] },
    };
    const digestOf = async (): Promise<string> => (await imageContext(project, mounted)).digest;

    beforeEach(() => {
      mkdirSync(join(project, 'images/app/etc'));
      writeFileSync(join(project, 'images/app/etc/nginx.conf'), 'listen 80;');
    });

    test('gives one digest whatever the mount shows', async () => {
      const before = await digestOf();
      writeFileSync(join(project, 'images/app/src/main.ts'), 'other');
      expect(await digestOf()).toBe(before);
    });

    test.each([['Dockerfile'], ['.dockerignore'], ['etc/nginx.conf'], ['etc/more.conf']])(
      'gives another digest when %s changes',
      async (path) => {
        const before = await digestOf();
        writeFileSync(join(project, 'images/app', path), 'FROM busybox\n');
        expect(await digestOf()).not.toBe(before);
      },
    );

    test('gives another digest than the same sources that are not', async () => {
      const whole = { ...mounted, source: { name: 'app' } };
      expect(await digestOf()).not.toBe((await imageContext(project, whole)).digest);
      expect((await imageContext(project, whole)).digest).toBe(await digest());
    });
  });

  test('bundles a program into one file that Node runs as it is', async () => {
    const { path } = await imageContext(project, image(bundled));
    expect(path).toMatch(/^\.slipway\/build\/app-[0-9a-f]{12}$/);
    expect(readFileSync(join(project, path, 'main.mjs'), 'utf8')).toContain('console.log(name)');
    expect(readFileSync(join(project, path, 'Dockerfile'), 'utf8')).toBe('FROM scratch\n');
    expect(() => statSync(join(project, path, 'src'))).toThrow();
  });

  test('bundles again when a source has changed, and only then', async () => {
    const { path } = await imageContext(project, image(bundled));
    const made = statSync(join(project, path)).ino;
    await imageContext(project, image(bundled));
    expect(statSync(join(project, path)).ino).toBe(made);
    writeFileSync(join(project, 'images/app/src/name.ts'), "export const name: string = 'other';\n");
    const changed = await imageContext(project, image(bundled));
    expect(readFileSync(join(project, changed.path, 'main.mjs'), 'utf8')).toContain('other');
  });

  test('leaves a context whole that somebody may be building from, whoever else prepares one', async () => {
    const made = await Promise.all([1, 2, 3].map(() => imageContext(project, image(bundled))));
    expect(new Set(made.map(({ path }) => path)).size).toBe(1);
    const before = statSync(join(project, made[0]?.path ?? '')).ino;
    writeFileSync(join(project, 'images/app/src/name.ts'), "export const name: string = 'other';\n");
    await imageContext(project, image(bundled));
    expect(statSync(join(project, made[0]?.path ?? '')).ino).toBe(before);
    expect(readdirSync(join(project, '.slipway/build')).filter((entry) => entry.includes('.'))).toEqual([]);
  });

  test('keeps the former context when a source does not compile', async () => {
    const { path } = await imageContext(project, image(bundled));
    writeFileSync(join(project, 'images/app/src/name.ts'), 'export const name = ;\n');
    await expect(imageContext(project, image(bundled))).rejects.toThrow(/name\.ts:1/);
    expect(readFileSync(join(project, path, 'main.mjs'), 'utf8')).toContain("'app'".replaceAll("'", '"'));
  });
});

describe('what a build takes from the machine', () => {
  const machine = (): Record<string, string> => {
    writeFileSync(join(project, 'b.crt'), 'SECOND\n');
    writeFileSync(join(project, 'a.crt'), 'FIRST\n');
    writeFileSync(join(project, 'README'), 'no certificate\n');
    return machineBuildArgs({ SLIPWAY_APT_MIRROR: 'http://mirror.example', SLIPWAY_CA_CERTIFICATES: project });
  };

  test('is its mirror, and all certificates of the folder that is named', () => {
    expect(machine()).toEqual({ APT_MIRROR: 'http://mirror.example', CA_CERTIFICATES: 'FIRST\n\nSECOND\n' });
    rmSync(join(project, 'a.crt'));
    rmSync(join(project, 'b.crt'));
    expect(machineBuildArgs({ SLIPWAY_CA_CERTIFICATES: project })).toEqual({});
  });

  test('goes to whom asks for it, but for what all images of Debian take', async () => {
    const before = await imageContext(project, image(plain));
    expect(Object.keys(argsFor(before, machine()))).toEqual(['APT_MIRROR']);
    writeFileSync(join(project, 'images/app/Dockerfile'), 'FROM scratch\nARG CA_CERTIFICATES=\nARG OTHER\n');
    const asking = await imageContext(project, image(plain));
    expect(asking.asks).toEqual(['CA_CERTIFICATES', 'OTHER']);
    expect(argsFor(asking, machine())).toEqual(machine());
  });
});
