import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { PlannedSmoke } from '../../../../config/plan/types.ts';
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
    const proof = await prove({ address }, { ...smoke, timeoutMs: 400 });
    expect(proof).toMatchObject({ ok: false, cause: 'it was not "completed" within 0.4 s, but "queued"' });
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
