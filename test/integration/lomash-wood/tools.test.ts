import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { exits } from '../support/answer.ts';
import { freePorts } from '../support/free-ports.ts';
import { TestStack } from '../support/test-stack.ts';

/*
 * The tools of a developer at work, with the two stores that they look into and nothing else of the system.
 */

// Three images are built from packages where the engine has none of them yet.
jest.setTimeout(600_000);

const stack = new TestStack('tools');
let addresses: { pgadmin: string; redisCommander: string; aws: string };

beforeAll(async () => {
  const [http = 0, commander = 0, aws = 0] = await freePorts(3);
  addresses = {
    pgadmin: `http://127.0.0.1:${http}`,
    redisCommander: `http://127.0.0.1:${commander}`,
    aws: `http://127.0.0.1:${aws}`,
  };
  stack.configure({
    ...{ system: 'lomash-wood', environment: 'dev', profiles: ['tools'] },
    ports: { postgres: 'free', redis: 'free', pgadmin: http, 'redis-commander': commander, localstack: aws },
  });
  const only = 'postgres,redis,pgadmin,redis-commander,localstack';
  exits(await stack.slipway('up', '--yes', '--skip-smoke', '--only', only), 0);
});

afterAll(async () => {
  await stack.dispose();
});

async function revealed(name: string): Promise<string> {
  return exits(await stack.secrets(['get', name, '--reveal']), 0).stdout.trim();
}

interface Request {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: URLSearchParams;
}

/** A browser as far as pgAdmin needs one: it sends back the cookies that it was given. */
class Visitor {
  readonly #cookies = new Map<string, string>();

  async ask(path: string, { headers = {}, ...more }: Request = {}): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const all = { ...more, headers: { ...headers, cookie }, redirect: 'manual' as const };
    const answer = await fetch(addresses.pgadmin + path, all);
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.#cookies.set(name, value);
    }
    return answer;
  }
}

/** What a page says after a name, in quotes. */
function tokenIn(page: string, name: string): string {
  const found = new RegExp(`${name}['"\\]]*\\s*[:=]\\s*['"]([^'"]+)['"]`).exec(page)?.[1];
  if (found === undefined) throw new Error(`no ${name} in ${page.slice(0, 500)}`);
  return found;
}

test('pgAdmin lets its user in with the password that is generated, and the stack’s PostgreSQL opens without another', async () => {
  const login = async (password: string): Promise<[Visitor, string | null]> => {
    const visitor = new Visitor();
    const csrf = tokenIn(await (await visitor.ask('/login')).text(), 'csrfToken');
    const body = new URLSearchParams({ csrf_token: csrf, email: 'dev@lomashwood.local', password });
    const { headers } = await visitor.ask('/authenticate/login', { method: 'POST', body });
    return [visitor, headers.get('location')];
  };
  expect((await login('guessed'))[1]).not.toBe('/browser/');
  const [visitor, to] = await login(await revealed('PGADMIN_PASSWORD'));
  expect(to).toBe('/browser/');
  const token = tokenIn(await (await visitor.ask('/browser/js/utils.js')).text(), 'csrf_token');
  const ask = async (path: string, method = 'GET'): Promise<{ data: unknown; success?: number }> => {
    const answer = await visitor.ask(path, { method, headers: { 'X-pgA-CSRFToken': token } });
    return (await answer.json()) as { data: unknown; success?: number };
  };
  const [group] = (await ask('/browser/nodes/')).data as { _id: string }[];
  const parent = group?._id ?? '';
  const [server] = (await ask(`/browser/server_group/children/${parent}`)).data as { _id: string; label: string }[];
  expect(server?.label).toBe('Lomash Wood');
  const at = `${parent}/${server?._id ?? ''}`;
  expect(await ask(`/browser/server/connect/${at}`, 'POST')).toMatchObject({ success: 1 });
  expect(JSON.stringify(await ask(`/browser/database/nodes/${at}/`))).toContain('"label":"lomash_orders"');
});

test('Redis Commander lets its user in alone, and shows an index of Redis for each service', async () => {
  const base = addresses.redisCommander;
  const login = async (password: string): Promise<{ ok: boolean; bearerToken?: string }> => {
    const body = new URLSearchParams({ username: 'dev', password });
    const answer = await fetch(`${base}/signin`, { method: 'POST', body });
    return (await answer.json()) as { ok: boolean; bearerToken?: string };
  };
  expect((await fetch(`${base}/connections`)).status).toBe(401);
  expect(await login('guessed')).toEqual({ ok: false });
  const { bearerToken = '' } = await login(await revealed('REDIS_COMMANDER_PASSWORD'));
  const authorization = `Bearer ${bearerToken}`;
  const asked = await fetch(`${base}/connections`, { headers: { authorization } });
  const { connections = [] } = (await asked.json()) as { connections?: { label: string; conId: string }[] };
  expect(connections.map(({ label }) => label)).toContain('order-payment-service');
  expect(connections).toHaveLength(8);
  const info = await fetch(`${base}/apiv2/server/info`, { headers: { authorization } });
  expect(await info.text()).toContain('"Redis version"');
});

test('LocalStack keeps what is put into the buckets, and hands on what is sent to the queues, from its start', async () => {
  const as = (service: string): Record<string, string> => ({
    authorization: `AWS4-HMAC-SHA256 Credential=any/20300101/eu-west-2/${service}/aws4_request, SignedHeaders=host, Signature=none`,
  });
  for (const bucket of ['lomash-dev-media', 'lomash-dev-assets']) {
    const object = `${addresses.aws}/${bucket}/doors/shaker.txt`;
    const put = await fetch(object, { method: 'PUT', headers: as('s3'), body: `kept in ${bucket}` });
    expect(put.status).toBe(200);
    expect(await (await fetch(object, { headers: as('s3') })).text()).toBe(`kept in ${bucket}`);
  }
  const sqs = async (action: string, body: object): Promise<Record<string, unknown>> => {
    const headers = {
      ...as('sqs'),
      'x-amz-target': `AmazonSQS.${action}`,
      'content-type': 'application/x-amz-json-1.0',
    };
    const answer = await fetch(addresses.aws, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await answer.json()) as Record<string, unknown>;
  };
  for (const queue of ['lomash-dev-notifications', 'lomash-dev-analytics']) {
    const { QueueUrl } = await sqs('GetQueueUrl', { QueueName: queue });
    // Under the address at which it was asked for: a service and a developer ask at different ones.
    expect(QueueUrl).toMatch(new RegExp(`^${addresses.aws}/.*${queue}$`));
    await sqs('SendMessage', { QueueUrl, MessageBody: `sent to ${queue}` });
    expect(await sqs('ReceiveMessage', { QueueUrl })).toMatchObject({ Messages: [{ Body: `sent to ${queue}` }] });
  }
});

test('no tool runs as root, has a capability or can write beside its code, and none shows a password to whoever looks at it', async () => {
  const secrets = await Promise.all(
    ['PGADMIN_PASSWORD', 'REDIS_COMMANDER_PASSWORD', 'POSTGRES_PASSWORD', 'REDIS_PASSWORD'].map(revealed),
  );
  for (const service of ['pgadmin', 'redis-commander', 'localstack']) {
    const [found] = await stack.containers(service);
    const container = stack.docker.getContainer(found?.Id ?? '');
    const seen = await container.inspect();
    expect(seen.Config.User).toMatch(/^[1-9]/);
    expect(seen.HostConfig).toMatchObject({ ReadonlyRootfs: true, CapDrop: ['ALL'] });
    expect(seen.HostConfig.CapAdd ?? []).toEqual([]);
    const { Processes } = (await container.top({ ps_args: 'axe -o pid,args' })) as { Processes: string[][] };
    const shown =
      JSON.stringify(seen) +
      JSON.stringify(Processes) +
      (await container.logs({ stdout: true, stderr: true })).toString();
    expect(secrets.filter((secret) => shown.includes(secret))).toEqual([]);
  }
});
