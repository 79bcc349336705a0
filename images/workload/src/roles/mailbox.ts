import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import * as z from 'zod';
import type { App } from '../app.ts';
import { port } from '../environment.ts';
import { createHttp, listen } from '../http.ts';

export const environment = z.object({ SMTP_PORT: port.default(1025), HTTP_PORT: port.default(8025) });

/** So many are kept, the newest: it is for looking at, and keeps nothing for long. */
const MOST = 500;
const LARGEST_BYTES = 10 * 1024 * 1024;

/** A mail as it came, in the words of MailHog's API. */
interface Kept {
  readonly ID: string;
  readonly From: string;
  readonly To: readonly string[];
  readonly Content: { readonly Headers: Readonly<Record<string, readonly string[]>>; readonly Body: string };
  readonly Created: string;
}

/** Headers by name, folded lines joined; and the body below them. Pure. */
export function parseMail(source: string): Kept['Content'] {
  const [head = '', ...rest] = source.split(/\r?\n\r?\n/);
  const headers: Record<string, string[]> = {};
  for (const line of head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const [, name, value] = /^([^:\s]+):\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) headers[name] = [...(headers[name] ?? []), value];
  }
  return { Headers: headers, Body: rest.join('\n\n') };
}

/** Takes every mail and hands none on: to be seen by HTTP, as MailHog shows it (`/api/v2/messages`). */
export async function start(app: App, env: z.infer<typeof environment>): Promise<void> {
  let kept: Kept[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    size: LARGEST_BYTES,
    onData(stream, session, done) {
      void text(stream).then((source) => {
        const ID = randomBytes(8).toString('hex');
        const { mailFrom, rcptTo } = session.envelope;
        const mail = {
          ...{ ID, From: mailFrom === false ? '' : mailFrom.address, To: rcptTo.map(({ address }) => address) },
          ...{ Content: parseMail(source), Created: new Date().toISOString() },
        };
        kept = [mail, ...kept].slice(0, MOST);
        app.log.info({ mail: ID, to: mail.To }, 'took mail');
        done(null, `Ok: queued as ${ID}`);
      }, done);
    },
  });
  smtp.on('error', (error) => {
    app.log.warn({ err: error }, 'smtp');
  });
  app.onStop(
    'smtp',
    () =>
      new Promise<void>((resolve) => {
        smtp.close(resolve);
      }),
  );
  await new Promise<void>((resolve, reject) => {
    smtp.once('error', reject);
    smtp.listen(env.SMTP_PORT, '0.0.0.0', resolve);
  });

  const http = createHttp(app, {});
  http.get('/api/v2/messages', () => ({ total: kept.length, count: kept.length, start: 0, items: kept }));
  http.delete('/api/v1/messages', async (_request, reply) => {
    kept = [];
    return reply.code(200).send();
  });
  http.get('/', async (_request, reply) => {
    const lines = kept.map(
      ({ Created, To, Content }) => `${Created}  ${To.join(', ')}  ${Content.Headers['Subject']?.[0] ?? ''}`,
    );
    return reply.type('text/plain; charset=utf-8').send(`${lines.join('\n')}\n`);
  });
  await listen(app, http, env.HTTP_PORT);
}
