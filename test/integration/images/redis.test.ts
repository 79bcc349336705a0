import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { attempt, Bed, docker } from './bed.ts';

jest.setTimeout(180_000);

const bed = new Bed();
const password = 'a "quoted" pass word $1';
let image = '';
let container = '';

beforeAll(async () => {
  image = await bed.build('redis');
  const secrets = await bed.volume('secrets', image, 999, { REDIS_PASSWORD: `${password}\n`, WRONG: 'guess' });
  const data = await bed.volume('data', image);
  const mounts = ['-v', `${secrets}:/run/secrets:ro`, '-v', `${data}:/data`, '--tmpfs', '/run/redis'];
  const options = [...mounts, '-e', 'REDIS_PASSWORD_FILE=/run/secrets/REDIS_PASSWORD', '--cap-drop', 'ALL'];
  container = await bed.run('redis', image, options, ['--appendonly', 'yes']);
  await eventually(() => docker('exec', container, 'redis-healthcheck'));
});

afterAll(() => bed.end());

const cli = (...args: readonly string[]): Promise<string> =>
  docker('exec', '-e', `REDISCLI_AUTH=${password}`, container, 'redis-cli', ...args);

test('the password opens the server, and nothing does without it', async () => {
  expect(await cli('SET', 'key', 'value')).toBe('OK');
  expect(await docker('exec', container, 'redis-cli', 'GET', 'key')).toContain('NOAUTH');
});

test('the password stands in no argument, environment, inspection or log', async () => {
  const shown = await docker('exec', container, 'bash', '-c', 'cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ');
  expect(shown + (await docker('inspect', container)) + (await docker('logs', container))).not.toContain('quoted');
});

test('the health check fails when the server does not answer, or refuses the password', async () => {
  expect(await attempt('exec', container, 'redis-healthcheck', '1')).toEqual({
    code: 1,
    output: 'redis: no connection',
  });
  const wrong = ['exec', '-e', 'REDIS_PASSWORD_FILE=/run/secrets/WRONG', container, 'redis-healthcheck'];
  expect((await attempt(...wrong)).output).toContain('WRONGPASS');
  await cli('CLIENT', 'PAUSE', '3000', 'ALL');
  expect((await attempt('exec', container, 'redis-healthcheck')).code).toBe(1);
  await eventually(() => docker('exec', container, 'redis-healthcheck'));
});

test('data survives a stop, which ends cleanly', async () => {
  await cli('SET', 'kept', 'yes');
  await docker('stop', container);
  expect(await docker('inspect', '-f', '{{.State.ExitCode}}', container)).toBe('0');
  await docker('start', container);
  await eventually(() => docker('exec', container, 'redis-healthcheck'));
  expect(await cli('GET', 'kept')).toBe('yes');
  expect(await docker('exec', container, 'id', '-u')).toBe('999');
});

test('a configuration file is passed on to the server, and another command runs as it is', async () => {
  const conf = await bed.volume('conf', image, 999, { 'redis.conf': 'maxmemory 9mb\n' });
  const plain = await bed.run('conf', image, ['-v', `${conf}:/conf:ro`], ['/conf/redis.conf']);
  await eventually(() => docker('exec', plain, 'redis-healthcheck'));
  expect(await docker('exec', plain, 'redis-cli', 'CONFIG', 'GET', 'maxmemory')).toBe('maxmemory\n9437184');
  expect(await docker('run', '--rm', image, 'redis-cli', '--version')).toMatch(/^redis-cli 8\./);
  expect(await docker('inspect', '-f', '{{.Config.StopSignal}}', image)).toBe('SIGTERM');
});
