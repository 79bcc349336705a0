import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import type Docker from 'dockerode';
import { exits } from '../support/answer.ts';
import { eventually } from '../support/eventually.ts';
import { freePorts } from '../support/free-ports.ts';
import { TestStack } from '../support/test-stack.ts';
import { batch, expectCompleted, look, submit, type Shown, type Wanted } from './load.ts';

/*
 * All of LinkFlow on a real engine, and each of its containers killed in turn while executions are under way: nothing may
 * be lost, nothing doubled, nothing left open, and nobody has to lend a hand.
 */

const VICTIMS = [
  ...['nginx', 'api', 'queue', 'scheduler', 'frontend', 'history', 'matching', 'worker', 'timer', 'visibility', 'edge'],
  ...['control-plane', 'postgres', 'redis'],
];
const SIZE = 20;
/** Between two submissions, in milliseconds: half of them come before the kill, half of them after it. */
const PACE = 30;
/** Within which everything has healed, in milliseconds; an idle machine takes a tenth of it. */
const HEALED = 60_000;

const stack = new TestStack('kills');
let door: string;

beforeAll(async () => {
  const [proxy, api, http, grpc, postgres, redis] = await freePorts(6);
  door = `http://127.0.0.1:${proxy ?? 0}`;
  stack.configure({
    system: 'linkflow',
    environment: 'dev',
    profiles: ['control', 'edge', 'migrate', 'production', 'scheduler'],
    ports: { nginx: { http: proxy }, api, frontend: { http, grpc }, postgres, redis },
    services: {
      // What heals by waiting is to heal within a test.
      queue: { env: { JOB_CLAIM_MIN_IDLE: '3s', JOB_REQUEUE_AFTER: '2s', JOB_LOST_AFTER: '5s' } },
      matching: { env: { TASK_LEASE: '3s' } },
      timer: { env: { SCAN_INTERVAL: '200ms' } },
      worker: { env: { NUM_WORKERS: 10 } },
      edge: { env: { SYNC_INTERVAL: '1s' } },
    },
  });
});

afterAll(async () => {
  await stack.dispose();
}, 120_000);

/** The container of each long-running service. */
async function containers(): Promise<Record<string, Docker.ContainerInspectInfo>> {
  const found = (await stack.containers()).filter(({ Labels }) => Labels['slipway.kind'] === 'service');
  const inspected = found.map(async ({ Id, Labels }) => {
    return [Labels['slipway.service'] ?? '', await stack.docker.getContainer(Id).inspect()] as const;
  });
  return Object.fromEntries(await Promise.all(inspected));
}

/** What a command in the container of a store answers, without its line's end. */
async function ask(service: string, ...command: string[]): Promise<string> {
  const [container] = await stack.containers(service);
  return (await execa('docker', ['exec', container?.Id ?? '', ...command])).stdout;
}

/** Rows of the database, each with its columns joined by `|`. */
async function rows(statement: string): Promise<string[]> {
  const answer = await ask('postgres', 'psql', '-XAtqU', 'linkflow', '-c', statement);
  return answer.split('\n').filter((row) => row !== '');
}

/** What Redis answers to a script. */
async function evaluate(script: string): Promise<string> {
  const login = 'REDISCLI_AUTH="$(cat /run/secrets/HEALTHCHECK_PASSWORD)" exec redis-cli --raw EVAL "$1" 0';
  return ask('redis', 'sh', '-c', login, 'sh', script);
}

/** Entries that are still in Redis, and entries that somebody has taken and not finished. */
function inRedis(): Promise<string> {
  return evaluate(`local entries, pending = 0, 0
    for _, stream in ipairs(redis.call('KEYS', 'workflows-*')) do
      entries = entries + redis.call('XLEN', stream)
      pending = pending + redis.call('XPENDING', stream, 'engine-group')[1]
    end
    return entries .. ' ' .. pending`);
}

/** Kills the first process of a container as a crash would, from outside. */
function crash(container: Docker.ContainerInspectInfo | undefined): number {
  if (container?.State.Running !== true) throw new Error('what is to be killed does not run');
  process.kill(container.State.Pid, 'SIGKILL');
  return Date.now();
}

/** Submits a batch and kills a container in the middle of it; gives the moment. */
async function disturb(wanted: readonly Wanted[], victim: Docker.ContainerInspectInfo | undefined): Promise<number> {
  const taken = wanted.map(async (each, number) => {
    await delay(number * PACE);
    await submit(door, each, HEALED);
  });
  await Promise.all(taken.slice(0, SIZE / 2));
  const moment = crash(victim);
  await Promise.all(taken);
  return moment;
}

describe('a first up whose migration is killed halfway', () => {
  /** A transaction that makes one of the migration's tables, and so holds up whoever wants to make it too. */
  async function holdUp(): Promise<() => Promise<unknown>> {
    // Over TCP, as the server of the first boot listens on the socket only.
    await eventually(() => ask('postgres', 'pg_isready', '-h', '127.0.0.1'), 240_000);
    const [container] = await stack.containers('postgres');
    const psql = execa('docker', ['exec', '-i', container?.Id ?? '', 'psql', '-XqU', 'linkflow'], { reject: false });
    psql.stdin.write('BEGIN; CREATE TABLE workflow.cells ();\n');
    return () => {
      psql.stdin.end('ROLLBACK;\n');
      return psql;
    };
  }

  test('fails, and the next one runs it again to its end', async () => {
    const first = stack.start('up', '--skip-smoke');
    const letGo = await holdUp();
    await eventually(async () => {
      const waiting = `wait_event_type = 'Lock' AND application_name LIKE 'migrate@%'`;
      expect(await rows(`SELECT count(*) FROM pg_stat_activity WHERE ${waiting}`)).toEqual(['1']);
    }, 60_000);
    const [job] = await stack.containers('migrate');
    crash(await stack.docker.getContainer(job?.Id ?? '').inspect());
    const failed = exits(await first.answer, 1);
    expect(failed.all).toContain('migrate');
    expect(failed.all).toContain('137');
    await letGo();
    expect(await rows('SELECT count(*) FROM workflow.migrations')).toEqual(['1']);

    exits(await stack.slipway('up'), 0);
    expect(await rows('SELECT count(DISTINCT name) > 3, count(*) FROM workflow.migrations')).toEqual(['t|4']);
    exits(await stack.slipway('status'), 0);
  }, 600_000);
});

/** Writes down every change of a completed execution, the one that completes it included. */
async function audit(): Promise<void> {
  await rows(`CREATE SCHEMA audit; CREATE TABLE audit.completions (execution_id uuid);
    CREATE FUNCTION audit.note() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN INSERT INTO audit.completions VALUES (NEW.id); RETURN NEW; END $$;
    CREATE TRIGGER note AFTER UPDATE ON workflow.executions FOR EACH ROW
      WHEN (NEW.state = 'completed') EXECUTE FUNCTION audit.note()`);
}

/** Expects that all of a batch completes, each execution once, and that nothing of it stays open; gives what the api shows. */
async function allDone(name: string, wanted: readonly Wanted[]): Promise<Shown[]> {
  const mine = `input::json->>'batch' = '${name}'`;
  await eventually(async () => {
    const states = await rows(`SELECT state, count(*) FROM workflow.executions WHERE ${mine} GROUP BY 1`);
    expect(states).toEqual([`completed|${wanted.length}`]);
  }, HEALED);
  const shown: Shown[] = [];
  for (const each of wanted) {
    const found = await eventually(() => look(door, each.id), HEALED);
    expectCompleted(each, found);
    shown.push(found);
  }
  await eventually(async () => {
    const open = await rows(`SELECT (SELECT count(*) FROM matching.tasks WHERE done_at IS NULL),
      (SELECT count(*) FROM workflow.timers WHERE fired_at IS NULL)`);
    expect({ open, redis: await inRedis() }).toEqual({ open: ['0|0'], redis: '0 0' });
  }, HEALED);
  const ids = `SELECT id FROM workflow.executions WHERE ${mine}`;
  const counts = ['workflow.completions', 'matching.tasks', 'audit.completions'].map(
    (table) => `(SELECT count(*) FROM ${table} WHERE execution_id IN (${ids}))`,
  );
  expect(await rows(`SELECT ${counts.join(', ')}`)).toEqual([Array(3).fill(wanted.length).join('|')]);
  return shown;
}

/** Expects that everything runs as planned, and that of the containers only the victim was restarted, once. */
async function allWell(victim: string, before: Awaited<ReturnType<typeof containers>>): Promise<void> {
  await eventually(async () => {
    exits(await stack.slipway('status'), 0);
  }, HEALED);
  const after = Object.entries(await containers()).map(([service, { Id, RestartCount }]) => [
    service,
    Id,
    RestartCount,
  ]);
  const expected = Object.entries(before).map(([service, { Id, RestartCount }]) => {
    return [service, Id, RestartCount + (service === victim ? 1 : 0)];
  });
  const fallen = after.filter(
    ([service, , restarts], index) => service !== victim && restarts !== expected[index]?.[2],
  );
  // What one of them said when it ended is gone with the stack.
  const logs = await Promise.all(fallen.map(([, id]) => lastWords(String(id))));
  expect({ after, logs }).toEqual({ after: expected, logs: [] });
}

async function lastWords(container: string): Promise<string> {
  const { all } = await execa('docker', ['logs', '--tail', '60', container], {
    env: stack.env,
    all: true,
    reject: false,
  });
  return all
    .split('\n')
    .filter((line) => !/"level":(?:10|20|30)\b|"level":"(?:trace|debug|info)"/.test(line))
    .join('\n');
}

describe('a container that is killed while executions are under way', () => {
  beforeAll(audit);

  test.each(VICTIMS)(
    '%s: comes back, and every execution completes, once',
    async (victim) => {
      const before = await containers();
      expect(Object.keys(before).sort()).toEqual([...VICTIMS].sort());
      const wanted = batch(victim, SIZE);
      const killed = await disturb(wanted, before[victim]);
      const shown = await allDone(victim, wanted);
      // Some had been taken before, and were not done.
      const ends = shown.slice(0, SIZE / 2).map(({ trail }) => Date.parse(trail.at(-1)?.at ?? ''));
      expect(Math.max(...ends)).toBeGreaterThan(killed);
      await allWell(victim, before);
    },
    180_000,
  );
});

describe('Redis that comes back without its data', () => {
  test('costs nothing: what it had lost is queued again, for it stands in PostgreSQL', async () => {
    const before = await containers();
    const queue = stack.docker.getContainer(before['queue']?.Id ?? '');
    const wanted = batch('flushed', SIZE);
    await queue.pause();
    try {
      // What it still waited for would be handed to it, paused or not.
      await eventually(async () => {
        expect(await evaluate(`return redis.call('INFO', 'clients')`)).toContain('blocked_clients:0');
      });
      await Promise.all(wanted.map((each) => submit(door, each, HEALED)));
      expect(await inRedis()).toBe(`${SIZE} 0`);
      await evaluate(`return redis.call('FLUSHALL')`);
      crash(before['redis']);
    } finally {
      await queue.unpause();
    }
    const shown = await allDone('flushed', wanted);
    expect(shown.every(({ trail }) => trail.some(({ event }) => event === 'requeued'))).toBe(true);
    await allWell('redis', before);
  }, 180_000);
});
