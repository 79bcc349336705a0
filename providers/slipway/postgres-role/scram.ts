import { createHash, createHmac, pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';

/** What PostgreSQL itself uses (`scram_iterations`). */
const ITERATIONS = 4096;
const LENGTH = 32;

/**
 * What PostgreSQL stores of a password (RFC 5803, `src/common/scram-common.c`): `SCRAM-SHA-256$<iterations>:<salt>$
 * <stored key>:<server key>`. Made here, so that no statement ever holds the password, and no log of the server.
 * @param password that {@link isOneToAll} has accepted
 */
export async function scramVerifier(password: string, salt: Buffer, iterations = ITERATIONS): Promise<string> {
  const salted = await promisify(pbkdf2)(password, salt, iterations, LENGTH, 'sha256');
  const key = (name: string): Buffer => createHmac('sha256', salted).update(name).digest();
  const stored = createHash('sha256').update(key('Client Key')).digest();
  const base64 = (bytes: Buffer): string => bytes.toString('base64');
  return `SCRAM-SHA-256$${iterations}:${base64(salt)}$${base64(stored)}:${base64(key('Server Key'))}`;
}

/** What SASLprep (RFC 4013) turns into a blank (table C.1.2 of RFC 3454), or into nothing (B.1). */
const REPLACED = [
  /[\u00A0\u1680\u2000-\u200B\u202F\u205F\u3000]/,
  /\u00AD|\u034F|\u1806|[\u180B-\u180D]|\u200C|\u200D|\u2060|[\uFE00-\uFE0F]|\uFEFF/,
];

/**
 * Whether a password is the same text to every client: libpq normalises it (SASLprep), many drivers send it as it is.
 * What SASLprep forbids altogether, it leaves alone in PostgreSQL.
 */
export function isOneToAll(password: string): boolean {
  return (
    password.isWellFormed() && password.normalize('NFKC') === password && !REPLACED.some((part) => part.test(password))
  );
}
