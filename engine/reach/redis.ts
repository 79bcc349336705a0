import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';
import { Obstacle, obstacleOf } from './outcome.ts';
import { tlsOptions, type Credentials, type Transport } from './postgres.ts';

/**
 * Logs in to a Redis over a connection that is there, and pings it.
 * @throws Obstacle
 */
export async function tryRedis(
  stream: Duplex,
  { user, password }: Pick<Credentials, 'user' | 'password'>,
  { timeoutMs, ...transport }: Transport,
): Promise<void> {
  const signal = AbortSignal.timeout(timeoutMs);
  const tls = tlsOptions(transport);
  try {
    const talk = tls === false ? stream : connect({ ...tls, socket: stream });
    if (talk !== stream) await once(talk, 'secureConnect', { signal });
    const answer = answers(talk, signal);
    talk.write(command('AUTH', ...(user === undefined ? [] : [user]), password));
    check(await answer());
    talk.write(command('PING'));
    check(await answer());
  } catch (error) {
    if (signal.aborted) {
      throw new Obstacle('silent', `it takes the connection, and does not answer within ${timeoutMs / 1000} s`);
    }
    throw obstacleOf(error);
  }
}

/** As Redis reads it: a list of texts, each with its length in bytes. */
function command(...words: readonly string[]): string {
  return [`*${words.length}`, ...words.flatMap((word) => [`$${Buffer.byteLength(word)}`, word]), ''].join('\r\n');
}

/** Gives one line of answer after the other. */
function answers(talk: Duplex, signal: AbortSignal): () => Promise<string> {
  const lines = (async function* () {
    let rest = '';
    for await (const chunk of talk as AsyncIterable<Buffer>) {
      rest += chunk.toString('latin1');
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        yield rest.slice(0, end);
        rest = rest.slice(end + 2);
      }
      if (rest.length > 0 && !/^[-+]/.test(rest)) break;
    }
  })();
  return async () => {
    const late = once(signal, 'abort').then((): never => {
      throw new Error('late');
    });
    late.catch(() => undefined);
    const next = await Promise.race([lines.next(), late]);
    if (next.done === true) throw new Obstacle('stranger', 'it does not answer as Redis does');
    return next.value;
  };
}

function check(answer: string): void {
  if (answer.startsWith('+')) return;
  const detail = answer.slice(1);
  if (!answer.startsWith('-')) throw new Obstacle('stranger', 'it does not answer as Redis does');
  if (/^(LOADING|BUSY|MASTERDOWN)/.test(detail)) throw new Obstacle('unready', detail);
  throw new Obstacle('login', detail);
}
