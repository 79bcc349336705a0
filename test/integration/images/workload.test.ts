import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { sign } from '../../../images/workload/src/signature.ts';
import { eventually } from '../support/eventually.ts';
import { Bed, attempt, docker } from './bed.ts';
import { hmacSecret, LinkFlow, roles, type Role, type Shown } from './linkflow.ts';

jest.setTimeout(240_000);

const bed = new Bed();
const flow = new LinkFlow(bed);
const sha256 = (input: unknown): string => createHash('sha256').update(JSON.stringify(input)).digest('hex');
const sql = (statement: string): Promise<string> => flow.sql(statement);

beforeAll(() => flow.prepare());
afterAll(() => bed.end());

describe('before the migration', () => {
  test('the api is healthy, and says what is missing', async () => {
    await flow.start('api');
    const { status, body } = await flow.post({});
    expect(status).toBe(503);
    expect(body).toEqual({ error: 'the database has no tables yet: run the migrate job' });
    expect((await flow.check('api')).code).toBe(0);
  });

  test('a migration that cannot log in fails at once', async () => {
    const { code, output } = await flow.migrate('-e', 'DATABASE_URL=postgres://nobody@postgres/linkflow');
    expect(code).toBe(1);
    expect(output).toContain('password authentication failed');
  });

  test('two migrations at once leave the same as one', async () => {
    const [one, other] = await Promise.all([flow.migrate(), flow.migrate()]);
    expect([one.code, other.code]).toEqual([0, 0]);
    const tables = 'SELECT string_agg(table_schema || table_name, $$ $$ ORDER BY 1) FROM information_schema.columns';
    const before = await sql(tables);
    const again = await flow.migrate();
    expect(again.code).toBe(0);
    expect(again.output).toContain('"applied":0,"of":4');
    expect(await sql(tables)).toBe(before);
  });

  test('every role starts and is healthy', async () => {
    await flow.start(...roles.filter((role) => role !== 'api'));
  });
});

const core = ['api.received', 'api.queued', 'queue.taken', 'frontend.accepted', 'history.started'];
const end = [
  'matching.added',
  'matching.leased',
  'worker.started',
  'worker.completed',
  'history.completed',
  'api.completed',
];

const stepsOf = ({ trail }: Shown): string[] => trail.map(({ service, event }) => `${service}.${event}`);

describe('an execution', () => {
  test('completes with a result that can be checked and a trail through the services', async () => {
    const input = { z: 1, a: ['ü', null], '10': { deep: true } };
    const shown = await flow.completed(await flow.submit({ input }));
    expect(shown.result?.sha256).toBe(sha256(input));
    expect(stepsOf(shown)).toEqual([...core, ...end]);
    expect(shown.trail.map(({ ms }) => ms)).toEqual(shown.trail.map(({ ms }) => ms).toSorted((a, b) => a - b));
  });

  test('that is to wait goes by way of the timer and does not begin early', async () => {
    const shown = await flow.completed(await flow.submit({ input: 'later', delayMs: 1500 }));
    const steps = stepsOf(shown);
    expect(steps).toEqual([...core, 'timer.armed', 'timer.fired', ...end]);
    const ms = (step: string): number => shown.trail[steps.indexOf(step)]?.ms ?? NaN;
    expect(ms('timer.fired') - ms('timer.armed')).toBeGreaterThanOrEqual(1490);
  });

  test('asked for twice under the same id is one', async () => {
    const id = randomUUID();
    expect(await flow.post({ id, input: 1 })).toEqual(await flow.post({ id, input: 1 }));
    await flow.completed(id);
    expect(await sql(`SELECT count(*) FROM workflow.events WHERE execution_id = '${id}'`)).toBe('11');
  });

  test('asked for wrongly is refused with every problem', async () => {
    const { status, body } = await flow.post({ delayMs: -1, workMs: 'long', colour: 'red' });
    expect(status).toBe(400);
    expect((body as { problems: unknown[] }).problems).toHaveLength(3);
  });

  test('is found by its state, in the api and in visibility', async () => {
    const id = await flow.submit({ delayMs: 600_000 });
    await eventually(async () => {
      expect((await flow.show(id)).state).toBe('waiting');
    });
    for (const role of ['api', 'visibility'] as const) {
      const { body } = await flow.fetch(role, '/api/v1/executions?state=waiting&limit=5');
      expect((body as { executions: { id: string }[] }).executions.map((execution) => execution.id)).toEqual([id]);
    }
  });
});

describe('a callback', () => {
  const call = (body: string, headers: Record<string, string>): ReturnType<LinkFlow['fetch']> =>
    flow.fetch('api', '/api/v1/jobs/callback', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
  const signed = (body: string, age = 0, secret = hmacSecret): ReturnType<typeof call> => {
    const timestamp = String(Math.floor(Date.now() / 1000) - age);
    const signature = sign(secret, timestamp, body);
    return call(body, { 'x-linkflow-timestamp': timestamp, 'x-linkflow-signature': signature });
  };

  test('unsigned, stale or signed by another is refused and changes nothing; a genuine one is applied once', async () => {
    const executionId = await flow.submit({ delayMs: 600_000 });
    const body = JSON.stringify({ executionId, result: { sha256: 'mine' } });
    expect(await call(body, {})).toEqual({ status: 401, body: { error: 'callback refused: unsigned' } });
    expect(await signed(body, 301)).toEqual({ status: 401, body: { error: 'callback refused: stale' } });
    expect((await signed(body, 0, 'guess')).body).toEqual({ error: 'callback refused: wrong signature' });
    expect((await flow.show(executionId)).state).not.toBe('completed');

    expect(await signed(body)).toEqual({ status: 200, body: { applied: true } });
    expect(await signed(body)).toEqual({ status: 200, body: { applied: false } });
    expect((await flow.show(executionId)).result).toEqual({ sha256: 'mine' });
  });
});

test('the roles beside the flow do their part', async () => {
  await eventually(async () => {
    expect(await sql('SELECT count(*) FROM workflow.ticks')).not.toBe('0');
    expect(await sql('SELECT id, region FROM workflow.cells')).toBe('cell-1|local');
    const counts = await attempt('exec', flow.name('edge'), 'bash', '-c', 'healthcheck http 8080 /counts');
    expect(counts).toEqual({ code: 0, output: '' });
  });
});

describe('health', () => {
  const users = {
    redis: ['api', 'queue'],
    postgres: ['api', 'queue', 'history', 'matching', 'timer', 'visibility', 'scheduler'],
  } as const;

  test.each(['redis', 'postgres'] as const)(
    'fails while %s is gone and recovers; no execution is lost',
    async (store) => {
      // Taken while Redis is gone, for it is stored; while Postgres is gone nothing can be promised.
      const before = await flow.submit({ input: 'before', workMs: 500 });
      await docker('stop', flow.name(store));
      await Promise.all(users[store].map((role) => flow.unhealthy(role, 14)));
      expect((await flow.check('worker')).code).toBe(0);
      const during = store === 'redis' ? await flow.submit({ input: 'during' }) : undefined;
      if (store === 'postgres') expect((await flow.post({})).status).toBe(503);
      await docker('start', flow.name(store));
      await Promise.all(users[store].map((role) => flow.healthy(role)));
      for (const id of [before, during]) if (id !== undefined) await flow.completed(id, 40);
    },
  );
});

describe('an end', () => {
  const stop = async (role: Role): Promise<string> => {
    await docker('stop', '-t', '20', flow.name(role));
    return docker('inspect', '-f', '{{.State.ExitCode}}', flow.name(role));
  };

  test('by SIGTERM finishes the task in hand first', async () => {
    const id = await flow.submit({ input: 'in flight', workMs: 3000 });
    await flow.said('matching', id);
    expect(await stop('worker')).toBe('0');
    expect((await flow.show(id)).state).toBe('completed');
    await docker('start', flow.name('worker'));
    await flow.healthy('worker');
  });

  test('by SIGTERM exits with 0 in every role', async () => {
    const ends = await Promise.all(roles.map(async (role) => [role, await stop(role)]));
    expect(ends).toEqual(roles.map((role) => [role, '0']));
    await Promise.all(roles.map((role) => docker('start', flow.name(role))));
    await Promise.all(roles.map((role) => flow.healthy(role)));
  });

  test('by SIGKILL of any one process loses no execution and completes each once', async () => {
    const ids: string[] = [];
    const victims = ['worker', 'matching', 'history', 'frontend', 'queue', 'api'] as const;
    for (const victim of victims) {
      ids.push(
        ...(await Promise.all(
          Array.from({ length: 4 }, (_, n) => flow.submit({ input: [victim, n], workMs: 100 * n })),
        )),
      );
      await flow.crash(victim, 500);
    }
    const shown = await Promise.all(ids.map((id) => flow.completed(id, 60)));
    const inputs = victims.flatMap((victim) => [0, 1, 2, 3].map((n) => [victim, n]));
    expect(shown.map(({ result }) => result?.sha256)).toEqual(inputs.map(sha256));
    for (const each of shown) {
      expect(stepsOf(each).filter((step) => step !== 'queue.requeued')).toEqual([...core, ...end]);
    }
    expect(await sql('SELECT count(*) FROM matching.tasks WHERE done_at IS NULL')).toBe('0');
  });
});

describe('a step that was taken, but whose answer died with who took it, keeps its time', () => {
  /** All that is repeated has been repeated once the queue lets the entry go. */
  const handedOver = (id: string): Promise<void> => flow.said('queue', `"execution":"${id}","msg":"handed over"`);

  test('when matching is asked again', async () => {
    const release = await flow.hold('LOCK TABLE matching.tasks IN SHARE MODE');
    const id = await flow.submit({ input: 'added' });
    await flow.blocked('matching');
    await docker('kill', flow.name('matching'));
    // PostgreSQL finishes the statement and finds nobody to answer; history asks again only after a worker has the task.
    await docker('pause', flow.name('history'));
    await release();
    await docker('start', flow.name('matching'));
    await eventually(async () => {
      expect(await sql(`SELECT attempts FROM matching.tasks WHERE execution_id = '${id}'`)).toBe('1');
    });
    await docker('unpause', flow.name('history'));
    await handedOver(id);
    expect(stepsOf(await flow.completed(id))).toEqual([...core, ...end]);
  });

  test('when the timer is asked again', async () => {
    const release = await flow.hold('LOCK TABLE workflow.timers IN SHARE MODE');
    const id = await flow.submit({ input: 'armed', delayMs: 1 });
    await flow.blocked('timer');
    await docker('kill', flow.name('timer'));
    await docker('pause', flow.name('history'));
    await release();
    await docker('start', flow.name('timer'));
    // It has fired, and waits for history's answer.
    await eventually(async () => {
      const firing = `application_name LIKE 'timer@%' AND state = 'idle in transaction' AND now() - state_change > '0.2s'`;
      expect(await sql(`SELECT count(*) FROM pg_stat_activity WHERE ${firing}`)).toBe('1');
    });
    await docker('unpause', flow.name('history'));
    await handedOver(id);
    expect(stepsOf(await flow.completed(id))).toEqual([...core, 'timer.armed', 'timer.fired', ...end]);
  });

  test('when the api is asked again', async () => {
    await sql(`CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS
      $$BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END$$`);
    await sql(`CREATE TRIGGER hold BEFORE UPDATE ON workflow.executions FOR EACH ROW
      WHEN (NEW.state = 'queued') EXECUTE FUNCTION hold()`);
    const release = await flow.hold('SELECT pg_advisory_xact_lock(1)');
    const submitted = flow.submit({ input: 'queued' });
    await flow.blocked('api');
    await docker('kill', flow.name('api'));
    await release();
    await sql('DROP TRIGGER hold ON workflow.executions');
    // The entry is in Redis, and the engine gets to the end with it before the client repeats the request.
    await eventually(async () => {
      expect(await sql(`SELECT count(*) FROM workflow.completions WHERE result LIKE '%${sha256('queued')}%'`)).toBe(
        '1',
      );
    });
    await docker('start', flow.name('api'));
    expect(stepsOf(await flow.completed(await submitted))).toEqual([...core, ...end]);
  });
});

test('a configuration that cannot be used is refused with every problem at once and exit code 78', async () => {
  const options = ['-e', 'DATABASE_URL=mysql://x', '-e', 'HTTP_PORT=0', '-e', 'DB_PASSWORD_FILE=/nowhere'];
  const { code, output } = await attempt('run', '--rm', ...options, `${bed.name}-workload`, 'history');
  expect(code).toBe(78);
  expect(output.split('\n')).toEqual([
    'configuration: DB_PASSWORD_FILE: cannot read /nowhere (ENOENT)',
    'configuration: HTTP_PORT must be a whole number of at least 1',
    'configuration: DATABASE_URL must look like postgres://user:password@host:5432/database?sslmode=disable',
  ]);
});

test('no secret stands in a log', async () => {
  for (const role of roles) {
    expect((await attempt('logs', flow.name(role))).output).not.toMatch(/callback secret|p@ss|p%40ss/);
  }
});
