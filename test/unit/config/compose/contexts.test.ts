import { expect, test } from '@jest/globals';
import { contextFolders } from '../../../../config/compose/contexts.ts';
import type { PlannedImage } from '../../../../config/plan/types.ts';

const image = (name: string, build: Partial<NonNullable<PlannedImage['build']>> = {}): PlannedImage => ({
  name,
  build: { context: '../shop', dockerfile: 'Dockerfile', args: { SERVICE: name }, ...build },
  uid: 1000,
  gid: 1000,
});

test('images that are built from one folder in the same way share its copy', () => {
  const registry = { name: 'db', reference: 'postgres:16', uid: 999, gid: 999 };
  expect([
    ...contextFolders([
      image('api'),
      registry,
      image('edge', { dockerfile: 'Dockerfile.edge' }),
      image('worker', { target: 'run' }),
    ]),
  ]).toEqual([
    ['api', 'images/api'],
    ['edge', 'images/edge'],
    ['worker', 'images/api'],
  ]);
});
