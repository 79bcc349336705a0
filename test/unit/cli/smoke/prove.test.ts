import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { PlannedSmoke, PlannedStep } from '../../../../config/plan/types.ts';
import { unpainted } from '../../../../cli/context.ts';
import { prove } from '../../../../cli/smoke/prove.ts';
import { proofText } from '../../../../cli/smoke/show.ts';
import { trailLines, trailOf } from '../../../../cli/smoke/trail.ts';

const smoke: PlannedSmoke = {
  service: 'api',
  port: 'http',
  start: { method: 'POST', path: '/work', body: { input: 1 } },
  poll: { path: '/work/{id}', done: 'completed', failed: ['failed'] },
  timeoutMs: 5000,
  urls: [],
};
const trail = [
  { service: 'api', event: 'received', at: '2026-11-21T10:00:00.000Z', replica: 'api-1' },
  { service: 'worker', event: 'completed', at: Date.parse('2026-11-21T10:00:00.042Z') },
];

describe('prove', () => {
  let server: Server | undefined;

  afterEach(() => {
    server?.close();
  });

  /** A service whose answers are given in turn, the last one for ever: status and body. */
  async function serving(...answers: [number, unknown][]): Promise<string> {
    let turn = 0;
    server = createServer((request, response) => {
      const [status, body] = answers[Math.min(turn++, answers.length - 1)] ?? [500, {}];
      request.resume();
      response.writeHead(status, { connection: 'close' }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  test('follows work to its end and brings its trail', async () => {
    const address = await serving(
      [202, { id: 'x1' }],
      [200, { state: 'queued' }],
      [200, { state: 'completed', trail }],
    );
    const proof = await prove({ address }, smoke);
    expect(proof).toMatchObject({ ok: true, id: 'x1', state: 'completed' });
    expect(proof.trail.map(({ service }) => service)).toEqual(['api', 'worker']);
  });

  test('goes on over answers that may pass', async () => {
    const address = await serving([503, {}], [202, { id: 'x1' }], [502, {}], [200, { state: 'completed' }]);
    expect(await prove({ address }, smoke)).toMatchObject({ ok: true });
  });

  test('fails at once where the work is refused', async () => {
    const address = await serving([401, { error: 'who are you' }]);
    const proof = await prove({ address }, smoke);
    expect(proof).toMatchObject({ ok: false, cause: `POST ${address}/work answered 401: {"error":"who are you"}` });
    expect(proof.tookMs).toBeLessThan(2000);
  });

  test('fails at once where the work has failed, with what is known of it', async () => {
    const address = await serving([202, { id: 'x1' }], [200, { state: 'failed', trail }]);
    const proof = await prove({ address }, smoke);
    expect(proof).toMatchObject({ ok: false, state: 'failed', cause: 'it ended as "failed"' });
    expect(proof.trail).toHaveLength(2);
  });

  test('names the last state where time runs out', async () => {
    const address = await serving([202, { id: 'x1' }], [200, { state: 'queued' }]);
    const proof = await prove({ address }, { ...smoke, timeoutMs: 1000 });
    // On a busy machine the time may be over while it asks once more, which it then says too.
    const cause = expect.stringMatching(/^it was not "completed" within 1 s, but "queued"/) as unknown;
    expect(proof).toMatchObject({ ok: false, cause });
  });

  test('names what keeps it from the service where nothing answers', async () => {
    const address = await serving([500, {}]);
    server?.close();
    const proof = await prove({ address }, { ...smoke, timeoutMs: 400 });
    expect(proof.cause).toMatch(/accepted no work within 0.4 s; last: .*ECONNREFUSED/);
  });

  test('ends early when it is interrupted', async () => {
    const address = await serving([503, {}]);
    const proof = await prove({ address }, smoke, AbortSignal.timeout(200));
    expect(proof).toMatchObject({ ok: false, cause: 'interrupted' });
    expect(proof.tookMs).toBeLessThan(2000);
  });
});

describe('a visitor', () => {
  interface Seen {
    readonly method: string;
    readonly url: string;
    readonly cookie: string;
    readonly body: string;
  }
  type Reply = readonly [status: number, body: string, headers?: Record<string, string | string[]>];
  let server: Server | undefined;

  afterEach(() => {
    server?.close();
  });

  /** A site: what it answers to a request, in turn, and what it was asked. */
  async function site(...replies: readonly Reply[]): Promise<{ address: string; asked: Seen[] }> {
    const asked: Seen[] = [];
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        const [status, text, more] = replies[Math.min(asked.length, replies.length - 1)] ?? [500, ''];
        asked.push({ method, url, cookie: headers.cookie ?? '', body });
        response.writeHead(status, { connection: 'close', ...more }).end(text);
      });
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
  }

  const step = (does: string, path: string, more: Partial<PlannedStep> = {}): PlannedStep => ({
    ...{ does, method: 'GET', path, shows: [], keep: {} },
    ...more,
  });
  const visit = (...steps: PlannedStep[]): PlannedSmoke => ({
    ...{ service: 'app', port: 'http', timeoutMs: 2000, urls: [], steps },
  });

  test('keeps cookies and what it was told, and shows what it did', async () => {
    const { address, asked } = await site(
      [200, '{"id":"a/b"}', { 'set-cookie': ['session=s1; HttpOnly; Secure', 'old=1; Max-Age=0'] }],
      [200, 'Page of the visitor'],
      [204, '', { 'set-cookie': 'session=; Max-Age=0' }],
      [401, ''],
    );
    const proof = await prove(
      { address },
      visit(
        step('logs in', '/login', { method: 'POST', body: { name: 'v-{run}', list: ['{run}'] }, keep: { page: 'id' } }),
        step('reads a page', '/pages/{page}?of={run}&{other}', { shows: ['Page of'] }),
        step('logs out', '/logout', { method: 'DELETE' }),
        step('is nobody', '/me', { status: 401 }),
      ),
    );
    expect(proof).toMatchObject({ ok: true });
    expect(proof.trail.map(({ service, event }) => `${service} ${event}`)).toEqual([
      ...['app logs in', 'app reads a page', 'app logs out', 'app is nobody'],
    ]);
    const { name: sent, list } = JSON.parse(asked[0]?.body ?? '{}') as { name: string; list: string[] };
    expect(sent).toMatch(/^v-[0-9a-f]{10}$/);
    expect(list).toEqual([sent.slice(2)]);
    expect(asked.map(({ method, url, cookie }) => [method, url, cookie])).toEqual([
      ['POST', '/login', ''],
      ['GET', `/pages/a%2Fb?of=${sent.slice(2)}&{other}`, 'session=s1'],
      ['DELETE', '/logout', 'session=s1'],
      ['GET', '/me', ''],
    ]);
  });

  test.each<[string, PlannedStep, Reply, string]>([
    [
      'another status',
      step('is nobody', '/', { status: 401 }),
      [200, 'come in'],
      'answered 200 in place of 401: come in',
    ],
    ['a refusal', step('logs in', '/', { method: 'POST' }), [403, 'no'], 'answered 403: no'],
    [
      'a page of something else',
      step('reads', '/', { shows: ['mine'] }),
      [200, 'yours'],
      'does not show "mine", but: yours',
    ],
    ['an answer without what is to be kept', step('writes', '/', { keep: { id: 'id' } }), [200, '{}'], 'without "id"'],
    [
      'an answer that is no object',
      step('writes', '/', { keep: { id: 'id' } }),
      [200, '1'],
      'something else than an object',
    ],
  ])('fails over %s, and says at which step', async (_, failing, reply, message) => {
    const { address } = await site(reply);
    const proof = await prove({ address }, { ...visit(failing), timeoutMs: 1000 });
    expect(proof).toMatchObject({ ok: false, cause: expect.stringContaining(message) as unknown });
    expect(proof.cause).toMatch(new RegExp(`^where a visitor ${failing.does}: `));
  });

  test('waits for what may pass: a service that starts, a page that is not there yet', async () => {
    const { address, asked } = await site([503, ''], [404, ''], [200, 'empty'], [200, 'found it']);
    expect(await prove({ address }, visit(step('searches', '/', { shows: ['found it'] })))).toMatchObject({ ok: true });
    expect(asked).toHaveLength(4);
  });

  test('goes on to the work of the system, as the one that has logged in', async () => {
    const { address, asked } = await site(
      [200, '{}', { 'set-cookie': 'session=s1' }],
      [202, '{"id":"x1"}'],
      [200, JSON.stringify({ state: 'completed', trail })],
    );
    const proof = await prove({ address }, { ...smoke, steps: [step('logs in', '/login', { method: 'POST' })] });
    expect(proof).toMatchObject({ ok: true, id: 'x1' });
    expect(proof.trail.map(({ event }) => event)).toEqual(['logs in', 'received', 'completed']);
    expect(asked.map(({ cookie }) => cookie)).toEqual(['', 'session=s1', 'session=s1']);
  });
});

test('a trail shows each step with its time after the first', () => {
  expect(trailLines(trailOf(trail), unpainted)).toEqual([
    '     +0 ms  api     received   api-1',
    '    +42 ms  worker  completed',
  ]);
  expect(trailOf([{ service: 'api' }, 'x', null])).toEqual([]);
});

test('a failed proof tells where the work was seen last', () => {
  const proof = {
    ok: false,
    id: 'x1',
    state: 'queued',
    tookMs: 5,
    trail: trailOf(trail.slice(0, 1)),
    cause: 'too late',
  };
  expect(proofText(proof, unpainted).split('\n')).toEqual([
    'smoke: execution x1 failed: too late',
    '       +0 ms  api  received  api-1',
    '  last state: queued; look at `slipway logs` of the services after this step',
  ]);
});
