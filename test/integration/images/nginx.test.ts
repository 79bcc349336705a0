import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { execa } from 'execa';
import { z } from 'zod';
import { machineBuildArgs } from '../../../components/image-context.ts';
import { renderList } from '../../../config/plan/edges.ts';
import { linkflow } from '../../../config/systems/linkflow.ts';
import { toolchainEnvironment } from '../../../tools/setup/environment.mjs';
import { projectFolder } from '../../../tools/setup/layout.mjs';
import { eventually } from '../support/eventually.ts';
import { freePorts } from '../support/free-ports.ts';
import { attempt, Bed, docker } from './bed.ts';

jest.setTimeout(180_000);

/** What a backend tells about the request that it got. */
const echo = z.object({ host: z.string(), uri: z.string(), headers: z.record(z.string(), z.string()) });

/** The official image's contract is used for the backends: a file in conf.d, nothing else. */
const BACKEND = `
log_format unused '$remote_addr';
server {
  listen 8000;
  listen 8080;
  default_type application/json;
  location / {
    return 200 '{"host":"$hostname","uri":"$request_uri","headers":{"host":"$http_host","for":"$http_x_forwarded_for","proto":"$http_x_forwarded_proto","connection":"$http_connection","version":"$server_protocol"}}';
  }
  location = /api/active {
    stub_status;
  }
  location /api/slow {
    limit_rate 60;
    alias /usr/share/nginx/html/index.html;
  }
}
`;

const bed = new Bed();
const nginx = linkflow.services['nginx'];
const [path, file] = Object.entries(nginx?.files ?? {})[0] ?? ['', { content: '' }];
const tag = `${bed.name}-nginx`;
const locked = ['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--user', '101:101'];
let buildArgs: readonly string[] = [];
let proxy = '';
let origin = '';
let network = '';
let confd = '';

/** Runs a backend that is found as api and as frontend; gives its host name. */
async function backend(name: string): Promise<string> {
  const options = ['--network', network, '--network-alias', 'api', '--network-alias', 'frontend', '--hostname', name];
  await bed.run(name, tag, [...locked, ...options, '-v', `${confd}:/etc/nginx/conf.d:ro`]);
  return name;
}

async function ask(place: string, headers: Record<string, string> = {}): Promise<z.infer<typeof echo>> {
  const answer = await fetch(`${origin}${place}`, { headers });
  expect(answer.status).toBe(200);
  return echo.parse(await answer.json());
}

beforeAll(async () => {
  const machine = machineBuildArgs({ ...process.env, ...toolchainEnvironment(projectFolder, process.env) });
  buildArgs = Object.entries(machine).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  await docker('build', '-q', '-t', tag, ...buildArgs, `${projectFolder}/images/nginx`);
  network = await bed.network();
  const config = await bed.volume('config', tag, 101, { 'nginx.conf': file.content });
  const { folder: listsFolder = '', upstreams = {} } = nginx?.edge ?? {};
  // As Compose has them: a service by its own name.
  const byName = Object.entries(upstreams).map(([service, list]) => [`${service}.conf`, renderList(list, [service])]);
  const lists = await bed.volume('lists', tag, 101, Object.fromEntries(byName) as Record<string, string>);
  confd = await bed.volume('confd', tag, 101, { 'default.conf': BACKEND });
  const [port] = await freePorts(1);
  origin = `http://127.0.0.1:${port ?? 0}`;
  const folder = path.replace(/\/[^/]*$/, '');
  const options = ['--network', network, '-p', `127.0.0.1:${port ?? 0}:80`, '-v', `${config}:${folder}:ro`];
  options.push('-v', `${lists}:${listsFolder}:ro`);
  proxy = await bed.run('proxy', tag, [...locked, ...options], nginx?.command ?? []);
  await eventually(() => docker('exec', proxy, 'healthcheck', 'http', '80', '/health'));
});

afterAll(async () => {
  await bed.end();
  await attempt('rmi', tag);
});

test('nginx starts before the services have names, and says that they do not answer', async () => {
  expect((await fetch(`${origin}/health`)).status).toBe(200);
  expect((await fetch(`${origin}/api/x`)).status).toBe(502);
});

test('a service is found once it has its name, without a reload', async () => {
  await backend('first');
  await eventually(async () => {
    expect((await ask('/api/x')).host).toBe('first');
  }, 10_000);
});

test('requests go on with their path, or without the prefix, over connections that are kept', async () => {
  expect(await ask('/api/v1/health?a=b')).toMatchObject({ uri: '/api/v1/health?a=b' });
  expect(await ask('/engine/health?a=b')).toMatchObject({ uri: '/health?a=b' });
  expect((await ask('/api/x')).headers).toMatchObject({ connection: '', version: 'HTTP/1.1' });
});

test('a service hears who asks, and no client can say so itself', async () => {
  const { headers } = await ask('/api/x', { 'x-forwarded-for': '1.2.3.4', 'x-forwarded-proto': 'https' });
  expect(headers).toMatchObject({ host: origin.replace('http://', ''), proto: 'http' });
  expect(headers['for']).not.toContain('1.2.3.4');
});

test('whatever is nobody’s is answered with 404 and a short text', async () => {
  const answer = await fetch(`${origin}/somewhere`);
  expect(answer.status).toBe(404);
  expect(await answer.text()).toBe('Nothing here. There is: /health, /api/, /engine/, /linkflow.engine.v1.\n');
});

test('the log has a line of JSON for each request, and nothing of its query', async () => {
  await ask('/api/logged?token=hidden');
  const lines = await eventually(async () => {
    const found = (await docker('logs', proxy)).split('\n').filter((line) => line.includes('/api/logged'));
    expect(found).toHaveLength(1);
    return found;
  });
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ method: 'GET', path: '/api/logged', status: 200 });
  const { output } = await attempt('logs', proxy);
  expect(output).not.toContain('hidden');
});

test('a service that comes back at another address is found there', async () => {
  const address = (name: string): Promise<string> =>
    docker('inspect', '-f', `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`, `${bed.name}-${name}`);
  const before = await address('first');
  await backend('second');
  expect(await address('second')).not.toBe(before);
  await docker('rm', '-f', `${bed.name}-first`);
  await eventually(async () => {
    expect((await ask('/api/x')).host).toBe('second');
    expect((await ask('/engine/x')).host).toBe('second');
  }, 10_000);
});

test('a configuration is reloaded in place, by the user that nginx runs as', async () => {
  const workers = (): Promise<string> => docker('exec', proxy, 'bash', '-c', 'cat /proc/1/task/1/children');
  const before = await workers();
  await docker('exec', proxy, 'nginx', '-c', path, '-s', 'reload');
  await eventually(async () => {
    expect(await workers()).not.toBe(before);
  });
  expect((await ask('/api/x')).host).toBe('second');
});

test('it runs as nobody special, and writes to /tmp alone', async () => {
  const status = await docker('exec', proxy, 'bash', '-c', 'cat /proc/1/status');
  expect(status).toMatch(/^Uid:\s+101\s+101\s+101\s+101$/m);
  expect(status).toMatch(/^CapEff:\s+0{16}$/m);
  expect(await docker('diff', proxy)).not.toMatch(/^[ACD] \/(?!etc\b)/m);
  const inspected = await docker('inspect', '-f', '{{.Config.User}} {{.Config.StopSignal}} {{.Config.Cmd}}', tag);
  expect(inspected).toBe('nginx SIGQUIT [nginx -g daemon off;]');
});

test('the health check says what is wrong', async () => {
  const check = (...args: readonly string[]): ReturnType<typeof attempt> =>
    attempt('exec', proxy, 'healthcheck', ...args);
  expect(await check('http', '80', '/health')).toEqual({ code: 0, output: '' });
  expect(await check('http', '80', '/somewhere')).toEqual({ code: 1, output: '127.0.0.1:80: 404' });
  expect(await check('http', '1', '/health')).toEqual({ code: 1, output: 'no connection to 127.0.0.1:1' });
  expect((await check('heartbeat')).code).toBe(64);
});

test('without a configuration of one’s own it serves what the official image serves: a page', async () => {
  const plain = await bed.run('plain', tag, locked);
  await eventually(() => docker('exec', plain, 'healthcheck', 'http', '80', '/'));
  await docker('stop', plain);
  expect(await docker('inspect', '-f', '{{.State.ExitCode}}', plain)).toBe('0');
});

test('beside a listener it waits for its gate, and its health check names a port that it could not take', async () => {
  const listener = `${bed.name}-listener`;
  await docker('build', '-q', '-t', listener, ...buildArgs, `${projectFolder}/images/listener`);
  const sockets = await bed.volume('sockets', listener);
  await bed.run(
    'listener',
    listener,
    [...locked.slice(0, -1), '102:102', '-v', `${sockets}:/run/listener`],
    ['80', '81'],
  );
  const options = [...locked, '-v', `${sockets}:/run/listener:ro`, '--entrypoint', 'inherit'];
  const inherit = ['nobody-knows', '/run/listener/socket', '/etc/nginx/upstreams', 'nginx', '-g', 'daemon off;'];
  const waiting = await bed.run('waiting', tag, options, inherit);
  const check = ['inherited', '80', '/', '/run/listener/socket', 'listener:80'];
  await eventually(async () => {
    expect(await attempt('exec', waiting, 'healthcheck', ...check)).toEqual({
      ...{ code: 1, output: 'the listener has port 81, and nginx does not listen on it' },
    });
  });
  expect((await attempt('exec', waiting, 'test', '-e', '/tmp/inherited')).code).toBe(1);
  // Nobody but the listener stores, and whoever is asked to stop does so at once.
  const store = ['exec', waiting, 's6-fdholder-store', '/run/listener/socket', 'tcp:82'];
  expect((await attempt(...store)).output).toContain('Operation not permitted');
  for (const name of [waiting, `${bed.name}-listener`]) {
    await docker('stop', '--time', '20', name);
    expect(await docker('inspect', '-f', '{{.State.ExitCode}}', name)).toBe('0');
  }
  await attempt('rmi', '-f', listener);
});

test('a stop finishes the request in flight', async () => {
  const shutdowns = async (): Promise<number> =>
    (await attempt('logs', proxy)).output.split('gracefully shutting down').length;
  const before = await shutdowns();
  let isDone = false;
  // Not even the headers come before the end: the page is smaller than what nginx collects before it sends.
  const text = fetch(`${origin}/api/slow`)
    .then((answer) => answer.text())
    .finally(() => {
      isDone = true;
    });
  await eventually(async () => {
    expect(await (await fetch(`${origin}/api/active`)).text()).toContain('Writing: 2');
  });
  const stopping = execa('docker', ['stop', '--time', '30', proxy]);
  await eventually(async () => {
    expect(await shutdowns()).toBeGreaterThan(before);
  });
  expect(isDone).toBe(false);
  expect(await text).toContain('</html>');
  await stopping;
  expect(await docker('inspect', '-f', '{{.State.ExitCode}}', proxy)).toBe('0');
});
