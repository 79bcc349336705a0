import { randomBytes } from 'node:crypto';
import { setImmediate as others } from 'node:timers/promises';
import { Blowfish, cyclicWords } from './blowfish.ts';

/** As the official plugin has it: 2^10 rounds. */
const COST = 10;
const SALT_BYTES = 16;
/** What counts of a password. */
const LONGEST = 72;
const HASH_BYTES = 23;
/** Encrypted with the key that the password and the salt make. */
const PLAINTEXT = Buffer.from('OrpheanBeholderScryDoubt');
const ALPHABET = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** Rounds after which whatever else there is to do gets its turn: a few milliseconds. */
const STRETCH = 64;

/** The bcrypt hash (version 2a) of `text`; what is beyond 72 bytes does not count. */
export async function bcryptHash(
  text: string,
  salt: Uint8Array = randomBytes(SALT_BYTES),
  cost = COST,
): Promise<string> {
  const key = cyclicWords(Buffer.concat([Buffer.from(text).subarray(0, LONGEST), Buffer.of(0)]));
  const saltKey = cyclicWords(salt);
  const cipher = new Blowfish();
  cipher.expandKey(key, saltKey);
  for (let round = 1; round <= 2 ** cost; round++) {
    cipher.expandKey(key);
    cipher.expandKey(saltKey);
    if (round % STRETCH === 0) await others();
  }
  return `$2a$${String(cost).padStart(2, '0')}$${encode(salt)}${encode(encrypted(cipher).subarray(0, HASH_BYTES))}`;
}

function encrypted(cipher: Blowfish): Buffer {
  const bytes = Buffer.from(PLAINTEXT);
  for (let at = 0; at < bytes.length; at += 8) {
    let block: [number, number] = [bytes.readInt32BE(at), bytes.readInt32BE(at + 4)];
    for (let times = 0; times < 64; times++) block = cipher.encrypt(block);
    bytes.writeInt32BE(block[0], at);
    bytes.writeInt32BE(block[1], at + 4);
  }
  return bytes;
}

/** Base 64 with an alphabet of bcrypt's own, without padding. */
function encode(bytes: Uint8Array): string {
  let bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  bits = bits.padEnd(Math.ceil(bits.length / 6) * 6, '0');
  return (bits.match(/.{6}/g) ?? []).map((six) => ALPHABET.charAt(parseInt(six, 2))).join('');
}
