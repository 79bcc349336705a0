import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Plan } from '../../../../config/plan/types.ts';
import { sourceFacts } from '../../../../engine/build-context/facts.ts';
import { planOf, resolveLinkflow } from '../../config/fixture.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-sources-'));
  mkdirSync(join(folder, 'project'));
  mkdirSync(join(folder, 'app'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const base = planOf(resolveLinkflow());

async function found(context: string, dockerfile = 'Dockerfile'): Promise<unknown> {
  const build = { context, dockerfile, args: {} };
  const images = [{ name: 'app', source: { name: 'web' }, build, uid: 1, gid: 1 }];
  const plan: Plan = { ...base, images: [...base.images, ...images] };
  return (await sourceFacts(plan, join(folder, 'project')))['web'];
}

describe('sourceFacts', () => {
  test('finds the stages of a Dockerfile, by a relative path from the project on and by an absolute one', async () => {
    writeFileSync(join(folder, 'app/Dockerfile'), 'FROM a AS one\nFROM b\n');
    expect(await found('../app')).toEqual({ isFolder: true, stages: ['one', ''] });
    expect(await found(join(folder, 'app'))).toEqual({ isFolder: true, stages: ['one', ''] });
  });

  test('says nothing of images of the system', async () => {
    expect(await sourceFacts(base, folder)).toEqual({});
  });

  test('tells a folder that is not there, and a file, from one without a Dockerfile', async () => {
    writeFileSync(join(folder, 'file'), '');
    expect(await found('../gone')).toEqual({ isFolder: false });
    expect(await found('../file')).toEqual({ isFolder: false });
    expect(await found('../app')).toEqual({ isFolder: true });
  });

  test('follows links within the folder and none out of it', async () => {
    writeFileSync(join(folder, 'Dockerfile'), 'FROM a AS outside\n');
    writeFileSync(join(folder, 'app/real'), 'FROM a AS inside\n');
    symlinkSync('real', join(folder, 'app/Dockerfile'));
    symlinkSync('../Dockerfile', join(folder, 'app/Outside'));
    expect(await found('../app')).toEqual({ isFolder: true, stages: ['inside'] });
    expect(await found('../app', 'Outside')).toEqual({ isFolder: true });
    expect(await found('../app', '../Dockerfile')).toEqual({ isFolder: true });
  });
});
