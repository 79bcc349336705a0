import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { ContainerInspectInfo } from 'dockerode';
import { execa } from 'execa';
import { z } from 'zod';
import { LABELS } from '../../../engine/labels.ts';
import { exits } from '../support/answer.ts';
import { Elsewhere } from '../support/elsewhere.ts';
import { TestStack } from '../support/test-stack.ts';
import { makeVariant } from '../support/variant-image.ts';

/*
 * Releases of the stores of LinkFlow's test environment: listed, gone back to from another machine, refused, and their
 * images pruned. One stack that the tests take through it, in order.
 */

jest.setTimeout(120_000);

const ONLY = ['--only', 'postgres,redis'];
const PASSWORD = 'of the second release';
const stack = new TestStack('rollback');
const images = { second: `test-rollback/${stack.name}:second`, fourth: `test-rollback/${stack.name}:fourth` };
/** What a stack of another backend would have on this host: as long as it is there, prune removes no one's but ours. */
const stranger = `${stack.name}-stranger`;
let elsewhere: Elsewhere | undefined;

const History = z.object({
  history: z.array(
    z.looseObject({
      release: z.number().optional(),
      result: z.string(),
      by: z.string().optional(),
      message: z.string().optional(),
      rollbackTo: z.number().optional(),
      changes: z.array(z.looseObject({ path: z.string() })),
      secrets: z.array(z.string()),
    }),
  ),
});

interface Settings {
  readonly image?: string;
  readonly env?: Readonly<Record<string, string>>;
}

function configure({ image, env }: Settings = {}): void {
  stack.configure({
    system: 'linkflow',
    environment: 'test',
    ...(image !== undefined && { images: { redis: image } }),
    ...(env && { services: { postgres: { env } } }),
  });
}

beforeAll(async () => {
  await stack.docker.createVolume({ Name: stranger, Labels: { [LABELS.instance]: stranger } });
  configure();
  exits(await stack.slipway('up', ...ONLY), 0);
}, 300_000);

afterAll(async () => {
  elsewhere?.dispose();
  await stack.dispose();
  await stack.docker.getVolume(stranger).remove();
  for (const image of Object.values(images)) {
    await stack.docker
      .getImage(image)
      .remove()
      .catch(() => undefined); // A test may have removed it.
  }
}, 60_000);

async function inspected(service: string): Promise<ContainerInspectInfo> {
  const [container] = await stack.containers(service);
  return stack.docker.getContainer(container?.Id ?? '').inspect();
}

/** What a release is seen by: images, variables, and the file that a secret stands in. */
async function seen(): Promise<{ ids: string[]; redis: string; env: string[]; password: string }> {
  const [postgres, redis] = [await inspected('postgres'), await inspected('redis')];
  const read = await execa('docker', ['exec', postgres.Id, 'cat', '/run/secrets/POSTGRES_PASSWORD'], {
    env: stack.env,
  });
  return { ids: [postgres.Id, redis.Id], redis: redis.Image, env: postgres.Config.Env, password: read.stdout };
}

async function history(): Promise<z.output<typeof History>['history']> {
  return History.parse(JSON.parse(exits(await stack.slipway('history', '--json'), 0).stdout)).history;
}

/** Makes another image of Redis, that nobody else has. */
async function variant(image: string): Promise<void> {
  await makeVariant(stack.docker, (await inspected('redis')).Image, image);
}

async function volumeNames(): Promise<string[]> {
  return (await stack.volumes()).map(({ Name }) => Name).sort();
}

let first: Awaited<ReturnType<typeof seen>>;

test('a release changes nothing of what runs, and leaves preview nothing to show', async () => {
  first = await seen();
  exits(await stack.slipway('preview', ...ONLY, '--expect-no-changes'), 0);
  expect(await history()).toMatchObject([{ release: 1, result: 'succeeded', changes: [], secrets: [] }]);
});

test('history tells of the next one who released it, why, and what changed field by field', async () => {
  await variant(images.second);
  configure({ image: images.second, env: { MARK: 'second' } });
  exits(await stack.secrets(['set', 'POSTGRES_PASSWORD'], PASSWORD), 0);
  exits(await stack.slipway('up', ...ONLY, '--message', 'to be regretted'), 0);
  const second = await seen();
  expect(second.password).toBe(PASSWORD);
  expect(second.env).toContain('MARK=second');

  const [newest, ...rest] = await history();
  expect(rest).toHaveLength(1);
  expect(newest).toMatchObject({ release: 2, result: 'succeeded', message: 'to be regretted' });
  expect(newest?.by).toMatch(/.+@.+|\(CI\)$/);
  expect(newest?.changes.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['services.postgres.environment.MARK', 'images.redis.reference', 'images.redis.id']),
  );
  expect(newest?.secrets).toEqual(['DATABASE_URL', 'POSTGRES_PASSWORD']);
  exits(await stack.slipway('preview', ...ONLY, '--expect-no-changes'), 0);
});

test('no value of a secret stands in the state, in history or in a preview of going back', async () => {
  const state = await stack.pulumi('stack', 'export');
  const shown = await stack.slipway('history', '--all', '--json');
  const preview = exits(await stack.slipway('rollback', '--preview'), 0);
  expect(preview.all).toContain('secrets.POSTGRES_PASSWORD');
  expect(preview.stdout).toContain('container');
  for (const value of [PASSWORD, first.password]) expect(state.all + shown.all + preview.all).not.toContain(value);
  expect(await seen()).toMatchObject({ password: PASSWORD });
});

test('another machine takes the whole stack back: image, configuration and secret', async () => {
  elsewhere = new Elsewhere(stack);
  const { stderr } = exits(await elsewhere.slipway('rollback', '--skip-smoke'), 0);
  expect(stderr).toContain('goes back from release 2 to release 1');
  expect(stderr).toContain('services.postgres.environment.MARK');
  expect(stderr).toContain('goes forward again');
  const back = await seen();
  expect(back).toMatchObject({ redis: first.redis, password: first.password });
  expect([...back.env].sort()).toEqual([...first.env].sort());
  expect((await history())[0]).toMatchObject({
    release: 3,
    rollbackTo: 1,
    secrets: ['DATABASE_URL', 'POSTGRES_PASSWORD'],
  });
});

test('going back once more changes nothing', async () => {
  const before = await seen();
  for (const to of [[], ['--to', '1']]) {
    expect(exits(await stack.slipway('rollback', '--skip-smoke', ...to), 0).stdout).toContain('unchanged');
  }
  expect(await seen()).toEqual(before);
  expect((await history())[0]).toMatchObject({ release: 3 });
});

test('after an up that failed, it goes back to the release that stood', async () => {
  const before = await seen();
  configure({ env: { POSTGRES_INITDB_ARGS: '--no-such-option' } });
  exits(await stack.slipway('up', ...ONLY), 1);
  expect((await history())[0]).toMatchObject({ result: 'failed' });
  expect(exits(await stack.slipway('rollback', '--skip-smoke'), 0).stderr).toContain('release 3');
  const after = await seen();
  expect({ ...after, ids: [] }).toEqual({ ...before, ids: [] });
});

test('a release that is not there, and one whose image is gone, are refused by name; nothing is touched', async () => {
  await variant(images.fourth);
  configure({ image: images.fourth });
  exits(await stack.slipway('up', ...ONLY), 0);
  configure({ env: { MARK: 'fifth' } });
  exits(await stack.slipway('up', ...ONLY), 0);
  await stack.docker.getImage(images.fourth).remove();
  const before = await seen();
  const gone = exits(await stack.slipway('rollback', '--to', '4'), 2);
  expect(gone.stderr).toContain(`images.redis: image ${images.fourth} of redis can't be had`);
  const none = exits(await stack.slipway('rollback', '--to', '99'), 2);
  expect(none.stderr).toContain('there is no release 99; accepted: 5, 4, 3, 2, 1');
  expect(await seen()).toEqual(before);
});

test('prune removes what only older releases have run, and says what that gives back', async () => {
  for (const mark of ['sixth', 'seventh']) {
    configure({ env: { MARK: mark } });
    exits(await stack.slipway('up', ...ONLY), 0);
  }
  expect(exits(await stack.slipway('rollback', '--to', '2'), 2).stderr).toContain('release 2 is not kept any more');
  const [before, volumes] = [await seen(), await volumeNames()];
  exits(await stack.slipway('prune'), 2);
  expect(exits(await stack.slipway('prune', '--dry-run'), 0).stdout).toContain(images.second);
  await stack.docker.getImage(images.second).inspect();
  const pruned = exits(await stack.slipway('prune', '--yes', '--json'), 0);
  const answer = z.object({ images: z.array(z.looseObject({ tags: z.array(z.string()) })), freed: z.number() });
  const { images: removed } = answer.parse(JSON.parse(pruned.stdout));
  expect(removed.map(({ tags }) => tags)).toEqual([[images.second]]);
  await expect(stack.docker.getImage(images.second).inspect()).rejects.toThrow('404');
  expect(await seen()).toEqual(before);
  expect(await volumeNames()).toEqual(volumes);
});
