import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { execa } from 'execa';
import { exits } from '../support/answer.ts';
import { TestStack } from '../support/test-stack.ts';

/* The stores of LinkFlow's test environment alone, as a test suite of an application wants them, then all of it: there and gone. */

jest.setTimeout(120_000);

const stack = new TestStack('only');

beforeAll(() => {
  stack.configure({ system: 'linkflow', environment: 'test' });
});

afterAll(() => stack.dispose(), 60_000);

async function running(): Promise<string[]> {
  return (await stack.containers())
    .filter(({ State }) => State === 'running')
    .map(({ Labels }) => Labels['slipway.service'] ?? '');
}

test('services that do not run are refused, before anything is made', async () => {
  const { all } = exits(await stack.slipway('up', '--only', 'postgers,scheduler'), 2);
  expect(all).toContain('--only: no service "postgers" runs in this stack');
  expect(all).toContain('--only: no service "scheduler" runs in this stack');
  expect(await stack.networks()).toEqual([]);
});

test('those that are named come up, with a database of its own name in memory', async () => {
  exits(await stack.slipway('up', '--only', 'postgres,redis'), 0);
  expect(await running()).toEqual(['postgres', 'redis']);
  const id = (await stack.containers('postgres'))[0]?.Id ?? '';
  const query = ['exec', id, 'psql', '-U', 'linkflow', '-d', 'linkflow_test', '-Atc', 'SELECT current_database()'];
  expect((await execa('docker', query, { env: stack.env })).stdout).toBe('linkflow_test');
  expect((await stack.docker.getContainer(id).inspect()).Mounts.filter(({ Name }) => Name?.includes('data'))).toEqual(
    [],
  );
  exits(await stack.slipway('preview', '--only', 'postgres,redis', '--expect-no-changes'), 0);
});

test('what runs is not removed by naming less, and what a service waits for comes along', async () => {
  const { all } = exits(await stack.slipway('up', '--only', 'redis'), 2);
  expect(all).toContain('has postgres, which --only redis would remove');
  exits(await stack.slipway('up', '--only', 'history', '--skip-smoke'), 0);
  expect(await running()).toEqual(['history', 'postgres', 'redis']);
});

test('a preview says who is out, why, for about how long and for whom, and what runs at most', async () => {
  const mark = { env: { MARK: 'two' } };
  stack.configure({ system: 'linkflow', environment: 'test', services: { postgres: mark, history: mark } });
  const { stdout } = exits(await stack.slipway('preview', '--only', 'history'), 0);
  expect(stdout).toMatch(/^postgres {2}1 of 1 replica replaced, the old one goes first/m);
  expect(stdout).toMatch(/^outage: postgres about \d+ s \(at most \d+ s\): .*one of it; missed by history$/m);
  expect(stdout).toMatch(/^peak: \d containers \(\d over the plan\), none with a limit of memory$/m);
});

test('the rest comes up beside them, proven by work through a port that is free', async () => {
  stack.configure({ system: 'linkflow', environment: 'test', profiles: ['migrate'] });
  const { all } = exits(await stack.slipway('up'), 0);
  expect(all).toMatch(/worker +completed/);
  const [api] = await stack.containers('api');
  expect(all).toContain(`http://127.0.0.1:${api?.Ports.find(({ PublicPort }) => PublicPort)?.PublicPort ?? 0}/`);
}, 240_000);

test('it goes without a trace', async () => {
  exits(await stack.slipway('down', '--volumes', '--yes'), 0);
  expect(await stack.containers()).toEqual([]);
  expect(await stack.networks()).toEqual([]);
  expect(await stack.volumes()).toEqual([]);
});
