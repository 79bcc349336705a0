import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ContainerInspectInfo } from 'dockerode';
import { execa } from 'execa';
import { z } from 'zod';
import { projectFolder } from '../../../tools/setup/layout.mjs';
import { exits, type Answer } from '../support/answer.ts';
import { eventually } from '../support/eventually.ts';
import { TestStack, type Settings } from '../support/test-stack.ts';
import { makeVariant } from '../support/variant-image.ts';
import { coreSettings } from './core-settings.ts';

/*
 * What people do on the second day: tasks, health, scaling, restarts. One stack of LinkFlow's core that the tests take
 * through it, in order.
 */

const stack = new TestStack('tasks');
const EXAMPLES = '5eed0000-';
const execution = z.looseObject({ id: z.string(), state: z.string() });
const executions = z.looseObject({ executions: z.array(execution) });
let api: string;
let settings: Settings;

beforeAll(async () => {
  const core = await coreSettings();
  ({ api, settings } = core);
  stack.configure(settings);
  exits(await stack.slipway('up'), 0);
}, 600_000);

afterAll(async () => {
  await stack.dispose();
}, 120_000);

/** Runs a task with something on its standard input. */
async function piped(input: string, ...args: string[]): Promise<Answer & { readonly stdout: string }> {
  const command = [join(projectFolder, 'cli/main.ts'), 'run', '--stack', stack.name, ...args];
  const options = { cwd: projectFolder, env: stack.env, reject: false, all: true, input } as const;
  const { exitCode, all, stdout } = await execa(process.execPath, command, options);
  return { exitCode: exitCode ?? -1, all, stdout };
}

async function listed(): Promise<z.infer<typeof execution>[]> {
  return executions.parse(await (await fetch(`${api}/executions`)).json()).executions;
}

/** Has one execution go through the stack. */
async function work(): Promise<void> {
  const answer = await fetch(`${api}/executions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ input: { message: 'still there?' } }),
  });
  const { id } = z.looseObject({ id: z.string() }).parse(await answer.json());
  await eventually(async () => {
    const found = execution.parse(await (await fetch(`${api}/executions/${id}`)).json());
    expect(found).toMatchObject({ id, state: 'completed' });
  });
}

/** Containers of services as the engine sees them, by `<service>-<n>`. */
async function inspected(): Promise<Record<string, ContainerInspectInfo>> {
  const found = (await stack.containers()).filter(({ Labels }) => Labels['slipway.kind'] === 'service');
  const entries = await Promise.all(
    found.map(async ({ Id, Labels }): Promise<[string, ContainerInspectInfo]> => {
      const name = `${Labels['slipway.service'] ?? ''}-${Labels['slipway.replica'] ?? ''}`;
      return [name, await stack.docker.getContainer(Id).inspect()];
    }),
  );
  return Object.fromEntries(entries);
}

/** What of each container a test is about. */
async function each<T>(pick: (container: ContainerInspectInfo) => T): Promise<Record<string, T>> {
  return Object.fromEntries(Object.entries(await inspected()).map(([name, container]) => [name, pick(container)]));
}

/** Names that a container answers to, by network. */
function doors({ NetworkSettings }: ContainerInspectInfo): Record<string, string[]> {
  const networks = NetworkSettings.Networks as Record<string, { Aliases?: string[] | null }>;
  return Object.fromEntries(Object.entries(networks).map(([name, { Aliases }]) => [name, [...(Aliases ?? [])].sort()]));
}

/** The command lines of all processes in a container. */
async function processes(service: string): Promise<string> {
  const [container] = await stack.containers(service);
  const shown: unknown = await stack.docker.getContainer(container?.Id ?? '').top({ ps_args: '-ef' });
  return JSON.stringify(shown);
}

describe('a task', () => {
  test('is listed with what it does', async () => {
    const list = exits(await stack.slipway('run', '--json'), 0);
    const { tasks } = z
      .looseObject({ tasks: z.array(z.looseObject({ name: z.string() })) })
      .parse(JSON.parse(list.stdout));
    expect(tasks.map(({ name }) => name)).toContain('migrate-fresh');
  });

  test('seed writes examples once, and the engine works on them', async () => {
    exits(await stack.slipway('run', 'seed'), 0);
    exits(await stack.slipway('run', 'seed'), 0);
    expect((await listed()).filter(({ id }) => id.startsWith(EXAMPLES))).toHaveLength(5);
    await eventually(async () => {
      expect((await listed()).filter(({ id, state }) => id.startsWith(EXAMPLES) && state === 'completed')).toHaveLength(
        4,
      );
    });
  }, 120_000);

  test('migrate finds nothing to do in a stack that is up', async () => {
    expect(exits(await stack.slipway('run', 'migrate'), 0).stdout).toContain('"applied":0');
  }, 60_000);

  test('migrate-fresh is refused where nobody can be asked, and nothing is lost', async () => {
    expect(exits(await stack.slipway('run', 'migrate-fresh'), 2).stderr).toContain('--yes');
    expect((await listed()).some(({ id }) => id.startsWith(EXAMPLES))).toBe(true);
  }, 60_000);

  test('migrate-fresh --yes leaves no row, and the stack goes on working', async () => {
    exits(await stack.slipway('run', 'migrate-fresh', '--yes'), 0);
    expect(await listed()).toEqual([]);
    await work();
  }, 120_000);

  test('shell-db and shell-redis work in a pipe, logged in', async () => {
    expect(exits(await piped('select 6 * 7\n', 'shell-db', '--', '-tA'), 0).stdout).toBe('42');
    expect(exits(await piped('ping\n', 'shell-redis'), 0).stdout).toBe('PONG');
    expect(exits(await stack.slipway('run', 'shell-redis', '--', 'ping'), 0).stdout).toBe('PONG');
  }, 60_000);

  test('api-cache deletes what is cached and nothing else', async () => {
    const streams = exits(await piped('exists workflows-default:0\n', 'shell-redis'), 0).stdout;
    exits(await piped('set cache:a 1\nset cache:b 2\nset session:a 1\n', 'shell-redis'), 0);
    expect(exits(await stack.slipway('run', 'api-cache'), 0).stdout).toContain('"deleted":2');
    const left = exits(
      await piped('exists cache:a cache:b\nexists session:a\nexists workflows-default:0\n', 'shell-redis'),
      0,
    );
    expect(left.stdout.split('\n')).toEqual(['0', '1', streams]);
  }, 60_000);

  test('passes on the exit code of its command', async () => {
    exits(await stack.slipway('run', 'shell-api', '--', '-c', 'exit 7'), 7);
    exits(await stack.slipway('run', 'shell-db', '--', '-c', 'select nonsense'), 1);
  }, 60_000);

  test('shows no password while it is at work: in no argument, not where containers are inspected', async () => {
    const read = exits(await stack.slipway('exec', '-T', 'postgres', '--', 'cat', '/run/secrets/POSTGRES_PASSWORD'), 0);
    const password = read.stdout.trim();
    expect(password.length).toBeGreaterThan(20);
    const shell = stack.start('run', 'shell-db', '--', '-c', 'select pg_sleep(3)');
    const inside = await eventually(async () => {
      const found = await processes('postgres');
      expect(found).toContain('psql');
      return found;
    });
    const { 'postgres-1': container } = await inspected();
    const commands = (container?.ExecIDs as string[] | null) ?? [];
    const execs = await Promise.all(commands.map((id) => stack.docker.getExec(id).inspect()));
    expect(JSON.stringify(execs)).toContain('psql');
    expect(inside + JSON.stringify(execs) + JSON.stringify(container) + argumentsHere()).not.toContain(password);
    exits(await shell.answer, 0);
  }, 60_000);

  test('is reached by Ctrl-C', async () => {
    const sleeping = stack.start('run', 'shell-api', '--', '-c', 'sleep 321; echo awake');
    await eventually(async () => {
      expect(await processes('api')).toContain('sleep 321');
    });
    process.kill(sleeping.pid, 'SIGINT');
    expect(exits(await sleeping.answer, 130).stdout).toBe('');
    expect(await processes('api')).not.toContain('sleep 321');
  }, 60_000);
});

/** The arguments of every process of this machine. */
function argumentsHere(): string {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return ''; // It has ended since the folder was listed.
      }
    })
    .join('\n');
}

describe('health', () => {
  const answer = z.looseObject({
    isHealthy: z.boolean(),
    replicas: z.array(z.looseObject({ service: z.string(), health: z.string(), isHealthy: z.boolean() })),
  });

  test('says of every replica that it is healthy, and of the job how it ended', async () => {
    const { isHealthy, replicas } = answer.parse(JSON.parse(exits(await stack.slipway('health', '--json'), 0).stdout));
    expect(isHealthy).toBe(true);
    const seen = await each(({ State }) => State.Health?.Status);
    expect(replicas.filter(({ kind }) => kind === 'service').map(({ health }) => health)).toEqual(Object.values(seen));
    expect(replicas).toContainEqual(expect.objectContaining({ service: 'migrate', health: 'completed', exitCode: 0 }));
    expect(exits(await stack.slipway('health'), 0).stdout).toContain('pg_isready');
  }, 60_000);

  test('fails for as long as a replica is paused; what would run in it says what to do', async () => {
    const [redis] = await stack.containers('redis');
    const container = stack.docker.getContainer(redis?.Id ?? '');
    await container.pause();
    try {
      const paused = answer.parse(JSON.parse(exits(await stack.slipway('health', '--json'), 1).stdout));
      expect(paused.replicas.find(({ service }) => service === 'redis')).toMatchObject({ health: 'paused' });
      expect(exits(await stack.slipway('run', 'shell-redis', '--', 'ping'), 1).stderr).toContain('slipway up');
    } finally {
      await container.unpause();
    }
    await eventually(async () => {
      exits(await stack.slipway('health'), 0);
    }, 60_000);
  }, 120_000);
});

describe('scale', () => {
  test('refuses what is out of bounds, all of it at once, and leaves the file alone', async () => {
    const before = readFileSync(stack.configFile, 'utf8');
    const { stderr } = exits(await stack.slipway('scale', 'queue=99', 'timer=2', 'worker=none'), 2);
    expect(stderr).toMatch(/queue=99: .*\n.*timer=2: /s);
    expect(stderr).toContain('worker=none: ');
    expect(readFileSync(stack.configFile, 'utf8')).toBe(before);
  }, 60_000);

  test('writes the number, keeps all else in the file, and brings up what is missing', async () => {
    const before = `# ours\n${readFileSync(stack.configFile, 'utf8').replace('profiles:', 'profiles:   # as in CI')}`;
    writeFileSync(stack.configFile, before);
    const others = await each(({ Id }) => Id);
    // The up that it ends with proves itself by work.
    expect(exits(await stack.slipway('scale', 'queue=2'), 0).stdout).toContain('went through');
    const after = await each(({ Id, State }) => `${Id} ${State.Health?.Status ?? ''}`);
    expect(Object.keys(after).filter((name) => name.startsWith('queue-'))).toEqual(['queue-1', 'queue-2']);
    for (const [name, id] of Object.entries(others)) expect(after[name]).toBe(`${id} healthy`);
    const added = '  slipway:services:\n    queue:\n      replicas: 2\n';
    const text = readFileSync(stack.configFile, 'utf8');
    expect(text).toContain(added);
    expect(text.replace(added, '')).toBe(before);
  }, 180_000);

  test('to what is there changes nothing', async () => {
    const [before, ids] = [readFileSync(stack.configFile, 'utf8'), await each(({ Id }) => Id)];
    expect(exits(await stack.slipway('scale', 'queue=2', '--skip-smoke'), 0).stderr).toContain('already');
    expect(readFileSync(stack.configFile, 'utf8')).toBe(before);
    expect(await each(({ Id }) => Id)).toEqual(ids);
  }, 120_000);

  test('that is interrupted says what stays changed; nothing else may go on meanwhile; and it goes back', async () => {
    const scaling = stack.start('scale', 'worker=3', '--skip-smoke');
    await eventually(() => {
      expect(scaling.printed()).toContain('worker 1 → 3');
    });
    exits(await stack.slipway('restart', 'queue'), 4);
    process.kill(scaling.pid, 'SIGINT');
    const { stderr } = exits(await scaling.answer, 130);
    expect(stderr).toContain('stays changed');
    expect(stderr).toContain(`slipway scale --stack ${stack.name} worker=1`);
    expect(readFileSync(stack.configFile, 'utf8')).toContain('worker:\n      replicas: 3\n');
    exits(await stack.slipway('scale', 'worker=1', '--skip-smoke'), 0);
    expect((await stack.containers('worker')).map(({ State }) => State)).toEqual(['running']);
  }, 240_000);
});

describe('restart', () => {
  test('starts every container anew, in the order of their dependencies; what is one of a kind stays what it was', async () => {
    const single = ['postgres-1', 'redis-1', 'api-1', 'frontend-1', 'timer-1'];
    const all = await each((container) => ({ id: container.Id, doors: doors(container) }));
    const kept = (of: typeof all) => Object.fromEntries(Object.entries(of).filter(([name]) => single.includes(name)));
    const jobs = async (): Promise<string[]> =>
      Promise.all(
        (await stack.containers('migrate')).map(
          async ({ Id }) => (await stack.docker.getContainer(Id).inspect()).State.StartedAt,
        ),
      );
    const [ran, startMs] = [await jobs(), Date.now()];
    exits(await stack.slipway('restart'), 0);
    const after = await each((container) => ({ id: container.Id, doors: doors(container) }));
    expect(Object.keys(after)).toEqual(Object.keys(all));
    expect(kept(after)).toEqual(kept(all));
    const rolled = Object.keys(all).filter((name) => !single.includes(name));
    expect(rolled.filter((name) => after[name]?.id === all[name]?.id)).toEqual([]);
    expect(rolled.map((name) => after[name]?.doors)).toEqual(rolled.map((name) => all[name]?.doors));
    expect(await jobs()).toEqual(ran);
    const started = await each(({ State }) => Date.parse(State.StartedAt));
    expect(Object.entries(started).filter(([, at]) => at < startMs)).toEqual([]);
    const order = [
      ['postgres-1', 'history-1'],
      ['redis-1', 'api-1'],
      ['history-1', 'matching-1'],
      ['matching-1', 'worker-1'],
      ['api-1', 'queue-1'],
      ['queue-1', 'queue-2'],
    ];
    const wrong = order.filter(
      ([earlier = '', later = '']) => !((started[later] ?? 0) > (started[earlier] ?? Infinity)),
    );
    expect(wrong).toEqual([]);
    await work();
    exits(await stack.slipway('preview', '--expect-no-changes'), 0);
  }, 240_000);

  test('of a service leaves the others alone, and puts right what somebody has changed by hand', async () => {
    const others = async () =>
      Object.entries(await each(({ Id }) => Id)).filter(([name]) => !name.startsWith('queue-'));
    const [before, queues] = [await others(), (await stack.containers('queue')).map(({ Id }) => Id)];
    await spoil('queue', 'DB_PASSWORD');
    const { all } = exits(await stack.slipway('restart', 'queue'), 0);
    expect(all).toMatch(/queue-secrets-\w+\/DB_PASSWORD: content/);
    expect(await others()).toEqual(before);
    const now = (await stack.containers('queue')).map(({ Id }) => Id);
    expect(now).toHaveLength(2);
    expect(now.filter((id) => queues.includes(id))).toEqual([]);
    exits(await stack.slipway('health'), 0);
    await work();
  }, 180_000);

  test.each([[['nope'], 2] as const, [['migrate'], 2] as const])('of %j is refused', async (names, code) => {
    exits(await stack.slipway('restart', ...names), code);
  });

  test('is refused by name before it touches anything when an image of the release is gone', async () => {
    const image = `test-tasks/${stack.name}:redis`;
    const [redis] = await stack.containers('redis');
    await makeVariant(stack.docker, redis?.ImageID ?? '', image);
    stack.configure({ ...settings, images: { redis: image } });
    exits(await stack.slipway('up', '--skip-smoke'), 0);
    const [now] = await stack.containers('redis');
    await stack.docker.getContainer(now?.Id ?? '').stop();
    await stack.docker.getImage(image).remove({ force: true });
    const started = await each(({ State }) => State.StartedAt);
    const { stderr } = exits(await stack.slipway('restart'), 2);
    expect(stderr).toContain(`images.redis: image ${image} of redis can't be had`);
    expect(await each(({ State }) => State.StartedAt)).toEqual(started);
  }, 120_000);
});

/** Empties a secret file of a service, as a disk error might; returns what puts its content back. */
async function spoil(service: string, name: string): Promise<() => Promise<void>> {
  const [container] = await stack.containers(service);
  const info = await stack.docker.getContainer(container?.Id ?? '').inspect();
  const volume = info.Mounts.find(({ Destination }) => Destination === '/run/secrets')?.Name ?? '';
  const write = async (content: string): Promise<string> => {
    const helper = await stack.docker.createContainer({
      Image: info.Image,
      User: '0:0',
      Entrypoint: ['sh', '-c', `cat /secrets/${name}; printf %s "$CONTENT" >/secrets/${name}`],
      Env: [`CONTENT=${content}`],
      Tty: true,
      Labels: { 'slipway.stack': stack.name },
      HostConfig: { Binds: [`${volume}:/secrets`] },
    });
    await helper.start();
    await helper.wait();
    const before = (await helper.logs({ stdout: true })).toString();
    await helper.remove();
    return before;
  };
  const content = await write('');
  return async () => {
    await write(content);
  };
}
