import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Described } from './support/described.ts';
import { changing } from './support/effects.ts';
import { testedPlugin } from './support/plugins.ts';
import { ConformanceStack } from './support/stack.ts';

jest.setTimeout(120_000);

const plugin = testedPlugin('docker');
const stack = new ConformanceStack([plugin, testedPlugin('random')]);
const context = join(stack.folder, 'context');

const DOCKERFILE = `FROM debian:trixie-slim AS small
ARG GREETING
COPY . /context/
RUN echo "$GREETING" > /greeting && find /context | sort > /files
FROM small AS broken
RUN echo first line && echo the cause >&2 && exit 3
`;

function image(tag: string, build: Record<string, unknown> = {}, more: Record<string, unknown> = {}): Described {
  return {
    type: 'RemoteImage',
    name: 'image',
    args: {
      name: `${stack.name}:${tag}`,
      build: { context, target: 'small', buildArgs: { GREETING: 'hello' }, ...build },
      ...more,
    },
  };
}

beforeAll(async () => {
  for (const folder of ['kept', 'node_modules/left-out']) mkdirSync(join(context, folder), { recursive: true });
  writeFileSync(join(context, 'Dockerfile'), DOCKERFILE);
  writeFileSync(join(context, '.dockerignore'), '# what stays here\n**/*.log\nnode_modules\n!kept/important.log\n');
  writeFileSync(join(context, 'kept/important.log'), '');
  writeFileSync(join(context, 'kept/other.log'), '');
  writeFileSync(join(context, 'kept/file'), '');
  writeFileSync(join(context, 'node_modules/left-out/file'), '');
  await stack.init();
});

afterAll(() => stack.dispose());

/** What a file of the image holds, line by line. */
async function lines(reference: string, file: string): Promise<string[]> {
  const container = await stack.docker.createContainer({ Image: reference, Cmd: ['cat', file], Tty: true });
  try {
    await container.start();
    await container.wait();
    return (await container.logs({ stdout: true })).toString().split(/\r?\n/).filter(Boolean);
  } finally {
    await container.remove({ force: true });
  }
}

describe('an image that is built', () => {
  test('is made of its context, without what .dockerignore leaves out, with its arguments, target and labels', async () => {
    const described = image('1', { label: { purpose: 'test' } });
    await stack.up([described]);
    const state = (await stack.state()).get('image');
    const found = await stack.docker.getImage(`${stack.name}:1`).inspect();
    expect(state).toMatchObject({ outputs: { imageId: found.Id, repoDigest: '', name: `${stack.name}:1` } });
    expect(found.Config.Labels).toMatchObject({ purpose: 'test' });
    expect(await lines(found.Id, '/greeting')).toEqual(['hello']);
    expect(await lines(found.Id, '/files')).toEqual([
      '/context',
      '/context/.dockerignore',
      '/context/Dockerfile',
      '/context/kept',
      '/context/kept/file',
      '/context/kept/important.log',
    ]);
    expect(changing(await stack.preview([described]))).toEqual([]);
  });

  test('is built anew under another name, and the old one stays if kept', async () => {
    await stack.up([image('2', {}, { keepLocally: true, triggers: { context: '2' } })]);
    const next = image('3', { buildArgs: { GREETING: 'bye' } }, { keepLocally: true, triggers: { context: '3' } });
    expect(changing(await stack.preview([next]))).toEqual(['image: replace, new one first']);
    await stack.up([next]);
    expect(await lines(`${stack.name}:3`, '/greeting')).toEqual(['bye']);
    expect(await lines(`${stack.name}:2`, '/greeting')).toEqual(['hello']);
  });

  test.each<[string, Record<string, unknown>]>([
    ['buildArgs', { buildArgs: { GREETING: 'other' } }],
    ['dockerfile', { dockerfile: './Dockerfile' }],
    ['target', { target: 'broken' }],
    ['label', { label: { purpose: 'other' } }],
    ['tag', { tag: [`${stack.name}:tagged`] }],
  ])('is built anew when its %s changes', async (_input, build) => {
    const described = image(
      '3',
      { buildArgs: { GREETING: 'bye' }, ...build },
      { keepLocally: true, triggers: { context: '3' } },
    );
    expect(changing(await stack.preview([described]))).toEqual(['image: replace, new one first']);
  });

  test('is found again by its id alone, as a rollback names it', async () => {
    const { Id: id } = await stack.docker.getImage(`${stack.name}:2`).inspect();
    const earlier: Described = { type: 'RemoteImage', name: 'image', args: { name: id, keepLocally: true } };
    expect(changing(await stack.preview([earlier]))).toEqual(['image: replace, new one first']);
    await stack.up([earlier]);
    expect((await stack.state()).get('image')).toMatchObject({ outputs: { imageId: id, name: id } });
    expect(changing(await stack.preview([earlier]))).toEqual([]);
    await stack.refresh();
    expect(changing(await stack.preview([earlier]))).toEqual([]);
  });

  test('has all the names that it is given', async () => {
    await stack.up([image('3', { tag: [`${stack.name}:one`, `${stack.name}:two`] }, { keepLocally: true })]);
    const ids = ['3', 'one', 'two'].map(
      async (tag) => (await stack.docker.getImage(`${stack.name}:${tag}`).inspect()).Id,
    );
    expect(new Set(await Promise.all(ids)).size).toBe(1);
    for (const tag of ['one', 'two']) await stack.docker.getImage(`${stack.name}:${tag}`).remove();
  });

  test('is gone with its resource unless kept', async () => {
    await expect(stack.docker.getImage(`${stack.name}:1`).inspect()).rejects.toMatchObject({ statusCode: 404 });
    await stack.up([]);
    for (const tag of ['2', '3']) await stack.docker.getImage(`${stack.name}:${tag}`).remove();
  });
});

describe('an image of a folder outside of the project', () => {
  test('is built as any other, and the state has its path as it was given', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'slipway-conformance-outside-'));
    try {
      cpSync(context, outside, { recursive: true });
      const described = image('6', { context: `${outside}/` });
      await stack.up([described]);
      expect(await lines(`${stack.name}:6`, '/files')).toContain('/context/kept/important.log');
      expect((await stack.state()).get('image')?.inputs).toMatchObject({
        build: { context: `${outside}/` },
      });
      expect(changing(await stack.preview([described]))).toEqual([]);
    } finally {
      rmSync(outside, { recursive: true });
      await stack.up([]);
    }
  });
});

describe('an image that cannot be had', () => {
  test('names itself and the cause', async () => {
    const name = `registry.invalid/${stack.name}:1`;
    const { failed, output } = await stack.tryUp([{ type: 'RemoteImage', name: 'image', args: { name } }]);
    expect(failed).toBe(true);
    expect(output).toContain(`unable to pull image ${name}`);
    expect(output).toMatch(/lookup registry\.invalid|no such host|dial tcp/);
  });

  test('names the step that failed and its last lines', async () => {
    const { failed, output } = await stack.tryUp([image('4', { target: 'broken' })]);
    expect(failed).toBe(true);
    expect(output).toContain('exit code: 3');
    if (!plugin.isEmbedded) return; // The official plugin writes what a step has printed into no error.
    expect(output).toContain(`Unable to build image ${stack.name}:4`);
    expect(output).toContain('[broken 1/1] RUN echo first line && echo the cause >&2 && exit 3');
    for (const line of ['first line', 'the cause']) expect(output).toMatch(new RegExp(`^\\s*${line}$`, 'm'));
  });

  test('says that its Dockerfile is missing', async () => {
    const { failed, output } = await stack.tryUp([image('5', { dockerfile: 'Other' })]);
    expect(failed).toBe(true);
    expect(output).toContain('Other');
  });
});
