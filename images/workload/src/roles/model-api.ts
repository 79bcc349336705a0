import { createHash, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { App } from '../app.ts';
import { port } from '../environment.ts';
import { createHttp, listen } from '../http.ts';

export const environment = z.object({ PORT: port.default(8087), OPENAI_API_KEY: z.string().optional() });

const Request = z.object({
  model: z.string(),
  messages: z.array(z.object({ role: z.string(), content: z.string() })).min(1),
});

/** Stands in for a language model's API where none is to be asked: echoes what it is told, to whoever has the key, or any where none is given. */
export async function start(app: App, env: z.infer<typeof environment>): Promise<void> {
  const digest = (value: string): Buffer => createHash('sha256').update(value).digest();
  const key = env.OPENAI_API_KEY === undefined ? undefined : digest(`Bearer ${env.OPENAI_API_KEY}`);
  const isKnown = (authorization = ''): boolean =>
    key === undefined ? /^Bearer ./.test(authorization) : timingSafeEqual(digest(authorization), key);
  const http = createHttp(app, {});
  http.post('/v1/chat/completions', async (request, reply) => {
    if (!isKnown(request.headers.authorization)) {
      return reply.code(401).send({ error: { message: 'Incorrect API key provided', code: 'invalid_api_key' } });
    }
    const asked = Request.safeParse(request.body);
    if (!asked.success) return reply.code(400).send({ error: { message: 'messages must be given' } });
    const { model, messages } = asked.data;
    const content = `You said: ${messages.at(-1)?.content ?? ''}`;
    const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }];
    return { id: `chatcmpl-${request.id}`, object: 'chat.completion', model, choices };
  });
  await listen(app, http, env.PORT);
}
