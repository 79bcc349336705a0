import * as z from 'zod';
import type { App } from '../app.ts';
import { retry } from '../backoff.ts';
import { port, text } from '../environment.ts';
import { createHttp, listen } from '../http.ts';
import { streams, Work, type Result } from '../orchestrator/contract.ts';
import { consume, put } from '../orchestrator/queue.ts';
import { connectRedis, redisEnvironment } from '../streams.ts';

export const environment = z
  .object({
    PORT: port.default(8086),
    OPENAI_API_KEY: text,
    OPENAI_BASE_URL: z.url().default('https://api.openai.com/v1'),
    OPENAI_MODEL: z.string().default('gpt-4o-mini'),
  })
  .and(redisEnvironment);

const Completion = z.object({ choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1) });

/** An answer that no repetition mends. */
class Refused extends Error {}

/** Asks a language model what runs want it to say, by the interface of OpenAI's chat completions. */
export async function start(app: App, env: z.infer<typeof environment>): Promise<void> {
  const redis = connectRedis(app, env.redis);
  const ask = async (prompt: string): Promise<string> => {
    const response = await fetch(`${env.OPENAI_BASE_URL}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${env.OPENAI_API_KEY}` },
      body: JSON.stringify({ model: env.OPENAI_MODEL, messages: [{ role: 'user', content: prompt }] }),
      signal: AbortSignal.timeout(30_000),
    });
    const lasting = response.status >= 400 && response.status < 500 && response.status !== 429;
    if (lasting) throw new Refused(`the model's API answered ${response.status}`);
    if (!response.ok) throw new Error(`the model's API answered ${response.status}`);
    return Completion.parse(await response.json()).choices[0]?.message.content ?? '';
  };
  consume(app, env.redis, {
    stream: streams.agent,
    schema: Work,
    work: async (work) => {
      const self = { work, service: app.role, replica: app.replica };
      const backoff = { attempts: 4, signal: app.stopping, mayPass: (error: unknown) => !(error instanceof Refused) };
      const result = await retry(() => ask(work.prompt), backoff).then(
        (output): Result => ({ ...self, status: 'done', output }),
        (error: unknown): Result => ({ ...self, status: 'failed', output: String(error) }),
      );
      await put(redis, streams.results, result);
    },
  });
  await listen(app, createHttp(app, { redis: () => redis.ping() }), env.PORT);
}
