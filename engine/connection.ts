import { addAbortSignal } from 'node:stream';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type Docker from 'dockerode';

type Answered = NonNullable<Parameters<Docker['modem']['dial']>[1]>;

/** What Node says where nobody answers, or no longer. */
const CODES = 'EACCES ECONNREFUSED ECONNRESET EHOSTUNREACH ENETUNREACH ENOENT ENOTFOUND EPIPE ETIMEDOUT'.split(' ');

/** There is no connection to an engine, or none any more: its message is Node's word for it. */
export class EngineConnectionError extends Error {
  override name = 'EngineConnectionError';
  /** Address of the engine. */
  readonly host: string;
  readonly code: string;

  /**
   * @param host address of the engine
   * @param why what Node says
   */
  constructor(host: string, why: { readonly message: string; readonly code: string }, options?: ErrorOptions) {
    super(why.message, options);
    this.host = host;
    this.code = why.code;
  }
}

/**
 * Has whatever a client asks fail with {@link EngineConnectionError} where the engine can't be reached, or goes away in the
 * middle of an answer. docker-modem (5.0.7) waits for the end of one without looking for anything else, so that a request
 * such as `wait`, whose answer begins at once and ends much later, would never be settled. Answers that are asked for as a
 * stream are left to whoever reads them.
 */
export function settled(docker: Docker, host: string): Docker {
  const { modem } = docker;
  const dial = modem.dial.bind(modem);
  modem.dial = (request, answered) => {
    const given: Answered = (error, answer) => {
      answered?.(error && named(error, host), answer);
    };
    if (request.isStream === true || request.hijack === true || request.openStdin === true) {
      dial(request, given);
      return;
    }
    dial({ ...request, isStream: true }, (error, answer) => {
      if (error) given(error, null);
      else
        void whole(answer as Readable, request.abortSignal).then(
          (content) => {
            given(null, content);
          },
          (thrown: unknown) => {
            given(thrown as Error, null);
          },
        );
    });
  };
  return docker;
}

async function whole(answer: Readable, signal: AbortSignal | undefined): Promise<Buffer | object> {
  const content = await buffer(signal ? addAbortSignal(signal, answer) : answer);
  return parsed(content) ?? content;
}

function named(error: Error, host: string): Error {
  const code = 'code' in error && String(error.code);
  if (code === false || !CODES.includes(code)) return error;
  const isCut = error.message === 'aborted';
  const message = isCut ? 'the connection ended before the answer did' : error.message;
  return new EngineConnectionError(host, { message, code }, { cause: error });
}

/** What a JSON text says; undefined: it is none, as the one word with which `ping` answers. */
function parsed(content: Buffer): object | undefined {
  try {
    return JSON.parse(content.toString()) as object;
  } catch {
    return undefined;
  }
}
