import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { execa } from 'execa';
import { LABELS } from '../../../engine/labels.ts';
import { exits } from '../support/answer.ts';
import { TestStack } from '../support/test-stack.ts';

jest.setTimeout(300_000);

const SERVICES = [
  ...['analytics', 'appointment', 'auth', 'content', 'customer', 'notification', 'order-payment', 'product'],
].map((name) => `${name}-service`);

const stack = new TestStack('lomash');

beforeAll(async () => {
  stack.configure({ system: 'lomash-wood', environment: 'test' });
  // Ends with the smoke test.
  exits(await stack.slipway('up', '--yes'), 0);
});

afterAll(async () => {
  await stack.dispose();
});

/** The name of a service's container. */
async function containerOf(service: string): Promise<string> {
  const [container] = await stack.containers(service);
  if (!container) throw new Error(`${service} has no container`);
  return container.Id;
}

/** What a command inside a container of a service prints. */
async function inside(service: string, ...command: readonly string[]): Promise<string> {
  return (await execa('docker', ['exec', await containerOf(service), ...command])).stdout;
}

/** The address of its database that a service has really been given. */
async function databaseOf(service: string): Promise<{ role: string; password: string; database: string }> {
  const url = new URL(await inside(service, 'cat', '/run/secrets/DATABASE_URL'));
  const { username, password, pathname } = url;
  return { role: username, password: decodeURIComponent(password), database: pathname.slice(1) };
}

test('a customer is served by all eight services, and the invoice arrives where mail is looked at', async () => {
  const messages = await inside(
    'mailhog',
    'node',
    '-e',
    `
    fetch('http://127.0.0.1:8025/api/v2/messages').then((answer) => answer.text()).then(console.log)`,
  );
  const { items } = JSON.parse(messages) as {
    items: { Content: { Headers: Record<string, string[]>; Body: string } }[];
  };
  expect(items.map(({ Content }) => Content.Headers['Subject']?.[0])).toEqual([
    expect.stringMatching(/^Invoice 1000 for order [0-9a-f-]{36}$/),
  ]);
});

test('each role opens its own database, and none of the seven others', async () => {
  const logins = await Promise.all(SERVICES.map(databaseOf));
  const lines = logins.flatMap(({ role, password }) => logins.map(({ database }) => `${role} ${password} ${database}`));
  const script = `host=$(hostname -i); while read -r role password database; do
    said=$(PGPASSWORD=$password psql -XAtqw -h "$host" -U "$role" -d "$database" -c 'SELECT current_user' 2>&1)
    echo "$role $database $said" | tr '\\n' ' '; echo; done`;
  const { stdout } = await execa('docker', ['exec', '-i', await containerOf('postgres'), 'sh', '-c', script], {
    input: `${lines.join('\n')}\n`,
  });
  const answers = stdout.split('\n').map((line) => line.trim());
  expect(answers).toHaveLength(64);
  const expected = logins.flatMap(({ role, database: own }) =>
    logins.map(({ database }) =>
      database === own
        ? `${role} ${database} ${role}`
        : expect.stringMatching(`^${role} ${database} .*permission denied for database "${database}"`),
    ),
  );
  expect(answers).toEqual(expected);
});

test('each service works on an index of its own in Redis', async () => {
  const indexes = await Promise.all(
    SERVICES.map(async (service) => new URL(await inside(service, 'cat', '/run/secrets/REDIS_URL')).pathname),
  );
  expect([...indexes].sort()).toEqual(['/0', '/1', '/2', '/3', '/4', '/5', '/6', '/7']);
  const keyspace = await inside(
    'redis',
    'sh',
    '-c',
    'REDISCLI_AUTH="$(cat /run/secrets/HEALTHCHECK_PASSWORD)" redis-cli -n 0 --scan --pattern "rate:*" | wc -l',
  );
  expect(Number(keyspace)).toBe(1);
});

describe('day two', () => {
  test('migrations run again only on a change, and examples are written once', async () => {
    const before = await jobs();
    const { all } = exits(await stack.slipway('up', '--yes', '--skip-smoke'), 0);
    expect(all).toMatch(/is up and unchanged: 20 services/);
    expect(await jobs()).toEqual(before);
    const seeds = [exits(await stack.slipway('seed'), 0), exits(await stack.slipway('seed'), 0)];
    // Products, then pages.
    expect(seeds.map(({ all }) => [...all.matchAll(/"written":(\d)/g)].map(([, written]) => written))).toEqual([
      ['3', '1'],
      ['0', '0'],
    ]);
  });

  test('a migration that fails half-way changes nothing and lets nothing roll, and the next up goes on', async () => {
    const sql = async (statement: string): Promise<string> =>
      inside('postgres', 'psql', '-XAtq', '-U', 'lomash_master', '-d', 'lomash_orders', '-c', statement);
    const state = `SELECT count(*), to_regclass('outbox') IS NULL FROM migrations`;
    const before = { jobs: await jobs(), service: await containerOf('order-payment-service') };
    // Its second migration makes a table, then finds that the name of an index is taken, as by an earlier hand.
    await sql(`DELETE FROM migrations WHERE name LIKE '2:%'; DROP TABLE outbox; CREATE TABLE outbox_at ()`);
    const release = { env: { RELEASE: '2' } };
    const services = { 'migrate-order-payment': release, 'order-payment-service': release };
    stack.configure({ system: 'lomash-wood', environment: 'test', services });

    const failed = exits(await stack.slipway('up', '--yes', '--skip-smoke'), 1);
    expect(failed.all).toMatch(/✗ .*migrate-order-payment.*/);
    expect(failed.all).toContain('relation "outbox_at" already exists');
    expect(failed.all).toMatch(/not reached: .*order-payment-service/);
    expect(await sql(state)).toBe('1|t');
    expect(await containerOf('order-payment-service')).toBe(before.service);

    await sql('DROP TABLE outbox_at');
    exits(await stack.slipway('up', '--yes', '--skip-smoke'), 0);
    expect(await sql(state)).toBe('2|f');
    expect(await containerOf('order-payment-service')).not.toBe(before.service);
    // Those of the seven others have not run again.
    const after = await jobs();
    expect([after.length, after.filter((id) => !before.jobs.includes(id)).length]).toEqual([8, 1]);
  });

  test('down leaves nothing', async () => {
    exits(await stack.slipway('down', '--yes'), 0);
    expect(await stack.containers()).toEqual([]);
    expect(await stack.volumes()).toEqual([]);
  });
});

/** Ids of the containers in which migrations ran. */
async function jobs(): Promise<string[]> {
  const all = await stack.containers();
  return all.filter(({ Labels }) => Labels[LABELS.kind] === 'job').map(({ Id }) => Id);
}
