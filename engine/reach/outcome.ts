import type { Unreached } from '../../config/plan/types.ts';

/** What stands in the way, in the words of whoever said so. */
export class Obstacle extends Error {
  override name = 'Obstacle';
  readonly reason: Unreached['cause'];

  constructor(reason: Unreached['cause'], detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.reason = reason;
  }
}

/** What an error tells, as an obstacle; of what is not known it is silence. */
export function obstacleOf(error: unknown): Obstacle {
  if (error instanceof Obstacle) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  // Node's advice is about the machine that it runs on.
  const said = message.replace(/; if the root CA is installed locally, .*$/s, '').trim();
  const detail = said === '' ? code : said;
  const found = CODES.find(([pattern]) => pattern.test(code));
  return new Obstacle(found?.[1] ?? 'silent', detail, { cause: error });
}

/** Codes of PostgreSQL (Appendix A of its manual), of OpenSSL by way of Node, and of the system. */
const CODES: readonly (readonly [RegExp, Unreached['cause']])[] = [
  [/^28/, 'login'],
  [/^3D000$/, 'database'],
  [/^42501$/, 'database'],
  [/^(57P0[1-3]|53\w{3})$/, 'unready'],
  [/^08P01$/, 'stranger'],
  [/^ERR_TLS_|CERT|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH/, 'untrusted'],
  [/^ERR_SSL_|^EPROTO$/, 'stranger'],
  [/^ECONNREFUSED$/, 'refused'],
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'name'],
];
