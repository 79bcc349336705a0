import { Agent, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { ContainerInspectInfo } from 'dockerode';
import { execa } from 'execa';
import { machineBuildArgs } from '../../../components/image-context.ts';
import { proxyService } from '../../../config/nginx/directives.ts';
import { behindListener, listenerService, type Listening } from '../../../config/nginx/listener.ts';
import { plainProxy } from '../../../config/nginx/plain.ts';
import { mergeOverlay } from '../../../config/plan/overlay.ts';
import type { SystemDescription, SystemInput } from '../../../config/schema/system.ts';
import { engineHost } from '../../../engine/connect.ts';
import { toolchainEnvironment } from '../../../tools/setup/environment.mjs';
import { projectFolder } from '../../../tools/setup/layout.mjs';
import { planOf, resolveShop, service, system } from '../../unit/config/fixture.ts';
import { exits } from '../support/answer.ts';
import { eventually } from '../support/eventually.ts';
import { freePorts } from '../support/free-ports.ts';
import { ScratchProject } from './scratch-project.ts';
import { SYSTEM_PROGRAM } from './scratch-system.ts';
import { Scratch } from './scratch.ts';

/*
 * A proxy behind a listener, on a real engine: it is replaced under load, killed, and started in every order. The tests go
 * through one system, in order.
 */

jest.setTimeout(180_000);

type ServiceInput = SystemInput['services'][string];

const scratch = new Scratch();
const way: Listening = {
  ...{ listener: 'listener', proxy: 'proxy', volume: 'sockets', health: 'http' },
  ports: { http: 80 },
};
const image = (name: string): string => `${scratch.name}-${name}`;
let project: ScratchProject;
let port = 0;

/** Answers at once, or in four seconds. */
const BACKEND = `
server {
  listen 8080;
  location / { return 200 "ok\\n"; }
  location = /slow { limit_rate 100; return 200 "${'slowly '.repeat(57)}ok\\n"; }
}
`;

const SHORT = { interval: '1s', timeout: '5s', retries: 3, startPeriod: '2s', startInterval: '500ms' };

/** What a release changes. */
interface Release {
  readonly web?: string;
  readonly proxy?: Partial<ServiceInput>;
}

function description({ web = 'first', proxy = {} }: Release): SystemDescription {
  const nginx = service({ image: 'nginx', tmpfs: { '/tmp': {} }, healthcheck: { test: ['CMD', 'true'], ...SHORT } });
  const listening = { image: 'listener', ports: { http: { published: port } }, healthcheck: SHORT };
  const routes = [{ prefix: '/web/', to: { service: 'web', port: 8080 }, strip: true }];
  const published = {
    ...nginx,
    ...proxyService(plainProxy({ port: 80, workers: 2, connections: 1024, routes })),
    ...{ calls: ['web'], dependsOn: { web: 'healthy' } },
  };
  return system(
    {
      web: {
        ...nginx,
        ...{ environment: { RELEASE: web }, files: { '/etc/nginx/conf.d/default.conf': { content: BACKEND } } },
        healthcheck: { test: ['CMD', 'healthcheck', 'http', '8080', '/'], ...SHORT },
        rollout: { minReady: '0s' },
      },
      listener: mergeOverlay(listenerService(way), listening) as ServiceInput,
      proxy: mergeOverlay(mergeOverlay(published, behindListener(way)), {
        rollout: { minReady: '1s' },
        ...proxy,
      }) as ServiceInput,
    },
    {
      name: scratch.name,
      images: {
        nginx: { reference: image('nginx'), uid: 101, gid: 101 },
        listener: { reference: image('listener'), uid: 102, gid: 102 },
      },
      volumes: { sockets: { description: 'Sockets.', keep: false } },
    },
  );
}

/** Says what the next `up` is to bring. */
function give(release: Release, running: readonly string[] = ['listener-1', 'proxy-1', 'web-1']): void {
  const plan = planOf(resolveShop(description(release)));
  project.give('system.json', { plan: { ...plan, stack: scratch.name }, values: {}, host: engineHost(), running });
}

/** The container of a service that runs; the newest, where there are several. */
async function container(name: string, status = 'running'): Promise<ContainerInspectInfo> {
  const filters = { label: [`slipway.stack=${scratch.name}`, `slipway.service=${name}`], status: [status] };
  const [found] = await scratch.docker.listContainers({ all: true, filters });
  return scratch.inspect(found?.Id ?? `no ${name}`);
}

function ask(path: string, agent: Agent | false = false): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, agent, timeout: 15_000 }, (answer) => {
      text(answer).then((body) => {
        if (answer.statusCode === 200 && body.endsWith('ok\n')) resolve(body);
        else reject(new Error(`status ${answer.statusCode ?? 0}`));
      }, reject);
    })
      .once('timeout', function timedOut(this: { destroy: (error: Error) => void }) {
        this.destroy(new Error('no answer'));
      })
      .once('error', reject);
  });
}

/** Asks without a pause, in every way in which a connection may be used; answers what has failed. */
async function underLoad(work: () => Promise<unknown>): Promise<{ asked: number; failed: string[] }> {
  const failed: string[] = [];
  let [asked, isOver] = [0, false];
  const client = async (name: string, path: string, keepAlive: boolean, pauseMs: number): Promise<void> => {
    const agent = keepAlive && new Agent({ keepAlive, maxSockets: 1 });
    while (!isOver) {
      asked++;
      await ask(path, agent).catch((error: unknown) => failed.push(`${name}: ${String(error)}`));
      await sleep(pauseMs);
    }
    if (agent) agent.destroy();
  };
  const clients = [
    ...[1, 2].map(() => client('kept', '/web/', true, 10)),
    ...[1, 2].map(() => client('kept, thinking', '/web/', true, 700)),
    ...[1, 2].map(() => client('fresh', '/web/', false, 20)),
    ...[1, 2, 3].map(() => client('slow', '/web/slow', false, 0)),
  ];
  try {
    await work();
  } finally {
    isOver = true;
    await Promise.all(clients);
  }
  return { asked, failed };
}

beforeAll(async () => {
  [port = 0] = await freePorts(1);
  const machine = machineBuildArgs({ ...process.env, ...toolchainEnvironment(projectFolder, process.env) });
  const args = Object.entries(machine).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  for (const name of ['nginx', 'listener']) {
    await execa('docker', ['build', '-q', '-t', image(name), ...args, `${projectFolder}/images/${name}`]);
  }
  project = await ScratchProject.create({ program: SYSTEM_PROGRAM });
  give({}, []);
  exits(await project.up(), 0);
  await ask('/web/');
}, 300_000);

afterAll(async () => {
  project.dispose();
  await scratch.dispose();
  await execa('docker', ['rmi', image('nginx'), image('listener')], { reject: false });
});

test('a release of the proxy, with one of a service behind it, fails no request', async () => {
  const before = await container('proxy');
  const release: Release = { web: 'second', proxy: { environment: { RELEASE: 'second' } } };
  const { asked, failed } = await underLoad(async () => {
    give(release);
    exits(await project.up(), 0);
    const after = await container('proxy');
    expect(after.Id).not.toBe(before.Id);
    expect((await container('web')).Config.Env).toContain('RELEASE=second');
    // And the next release of the service finds the proxy that there is now.
    give({ ...release, web: 'third' });
    exits(await project.up(), 0);
    expect((await container('proxy')).Id).toBe(after.Id);
  });
  expect(failed).toEqual([]);
  expect(asked).toBeGreaterThan(300);
});

test('a release that never gets healthy answers nobody, and leaves the proxy before it', async () => {
  const before = await container('proxy');
  const { failed } = await underLoad(async () => {
    const test: ['CMD', string, ...string[]] = ['CMD', 'healthcheck', 'http', '1', '/health'];
    give({ web: 'third', proxy: { environment: { RELEASE: 'bad' }, healthcheck: { test } } });
    const { exitCode, all } = await project.up();
    expect([exitCode === 0, all]).toEqual([false, expect.stringMatching(/did not get healthy: it is unhealthy/)]);
  });
  expect(failed).toEqual([]);
  expect((await container('proxy')).Id).toBe(before.Id);
  const bad = await container('proxy', 'exited');
  const { stdout, stderr } = await execa('docker', ['logs', bad.Id]);
  expect(stderr).toContain('start worker processes');
  expect(stdout).not.toContain('"path"');
});

test('a listener that is killed comes back by itself, and the proxy with it', async () => {
  const [listener, proxy] = [await container('listener'), await container('proxy')];
  process.kill(listener.State.Pid, 'SIGKILL');
  await eventually(async () => {
    const now = await scratch.inspect(proxy.Id);
    expect(now.State.Running && now.RestartCount > proxy.RestartCount).toBe(true);
    await ask('/web/');
  }, 30_000);
  expect((await scratch.inspect(listener.Id)).RestartCount).toBe(listener.RestartCount + 1);
});

test('a proxy that is killed comes back by itself, and whoever connects meanwhile waits', async () => {
  const proxy = await container('proxy');
  await eventually(async () => {
    expect((await container('proxy')).State.Health?.Status).toBe('healthy');
  });
  process.kill(proxy.State.Pid, 'SIGKILL');
  await eventually(async () => {
    expect((await scratch.inspect(proxy.Id)).State.Pid).not.toBe(proxy.State.Pid);
  }, 30_000);
  await ask('/web/');
});

test('after an engine has stopped both, they may come back in any order', async () => {
  const [listener, proxy] = [await container('listener'), await container('proxy')].map(({ Id }) =>
    scratch.docker.getContainer(Id),
  );
  for (const order of [
    [proxy, listener],
    [listener, proxy],
  ]) {
    await Promise.all([proxy?.stop({ t: 5 }), listener?.stop({ t: 5 })]);
    await order[0]?.start();
    await order[1]?.start();
    await eventually(() => ask('/web/'), 30_000);
  }
  await eventually(async () => {
    expect((await container('proxy')).State.Health?.Status).toBe('healthy');
  });
});
