import { describe, expect, test } from '@jest/globals';
import type Docker from 'dockerode';
import { findImages, postgresMajor } from '../../../../cli/rollback/images.ts';
import type { StackState } from '../../../../cli/pulumi/state.ts';
import type { ReleasedImage } from '../../../../config/release/types.ts';
import { shop } from '../../config/release/kept.ts';

const NAME = 'slipway/app:0123456789ab';
const ID = `sha256:${'1'.repeat(64)}`;
const OTHER = `sha256:${'2'.repeat(64)}`;
const DIGEST = `registry.example/app@sha256:${'3'.repeat(64)}`;

/** A host with images by what they are found by, and a registry. */
function host(local: Readonly<Record<string, string>>, registry: readonly string[] = []): Docker {
  const gone = Object.assign(new Error('no such image'), { statusCode: 404 });
  const getImage = (name: string): unknown => ({
    inspect: () =>
      local[name] === undefined ? Promise.reject(gone) : Promise.resolve({ Id: local[name], Config: {} }),
    distribution: () => (registry.includes(name) ? Promise.resolve({}) : Promise.reject(new Error('denied'))),
  });
  return { getImage } as unknown as Docker;
}

function state(inputs?: object, imageId = ID): StackState {
  const urn = 'urn:pulumi:dev::slipway::docker:index/remoteImage:RemoteImage::app';
  const resource = { urn, type: 'docker:index/remoteImage:RemoteImage', inputs: { ...inputs }, outputs: { imageId } };
  return { exists: true, pending: 0, resources: inputs ? [resource] : [] };
}

async function found(docker: Docker, image: ReleasedImage, known: StackState = state()): Promise<unknown> {
  const { inputs, missing } = await findImages(docker, { plan: shop(), images: { app: image } }, known);
  return inputs['app'] ?? missing['app'];
}

describe('the image of a release', () => {
  const image = { id: ID, name: NAME };

  test('is the one that the stack has, as it has it', async () => {
    const inputs = { name: NAME, keepLocally: true, build: { context: 'images/app' } };
    const docker = host({ [ID]: ID, [NAME]: ID });
    const known = state({ ...inputs, __defaults: [], build: { ...inputs.build, __defaults: ['x'] } });
    expect(await found(docker, image, known)).toEqual(inputs);
  });

  test('is found by its name, and never built', async () => {
    const known = state({ name: 'slipway/app:ffffffffffff', build: {} }, OTHER);
    expect(await found(host({ [ID]: ID, [NAME]: ID }), image, known)).toEqual({ name: NAME, keepLocally: true });
  });

  test('is found by its id where the name was given to another, whatever the state counts on', async () => {
    const docker = host({ [ID]: ID, [NAME]: OTHER });
    expect(await found(docker, image)).toEqual({ name: ID, keepLocally: true });
    expect(await found(docker, image, state({ name: NAME, keepLocally: true }))).toEqual({
      name: ID,
      keepLocally: true,
    });
  });

  test('is pulled by its digest where the host has it no more', async () => {
    expect(await found(host({}, [DIGEST]), { ...image, digest: DIGEST })).toEqual({ name: DIGEST, keepLocally: true });
  });

  test('is missing otherwise, even if another has its name', async () => {
    expect(await found(host({ [NAME]: OTHER }), image)).toMatch(
      /was built here, and the host has it no more \(id 1{12}\)/,
    );
    expect(await found(host({}), { ...image, digest: DIGEST })).toContain('its registry does not give');
  });
});

test.each([
  [['PG_MAJOR=16', 'PATH=/usr/bin'], '16'],
  [['PATH=/usr/bin:/usr/lib/postgresql/17/bin', 'LANG=C'], '17'],
  [['PATH=/usr/bin'], undefined],
  [[], undefined],
])('the variables %j tell PostgreSQL %s', (variables, major) => {
  expect(postgresMajor(variables)).toBe(major);
});
