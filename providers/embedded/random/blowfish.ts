import { fractionOfPi } from './pi.ts';

const ROUNDS = 16;
const SUBKEYS = ROUNDS + 2;
const BOX = 256;
const WORDS = SUBKEYS + 4 * BOX;
const [BOX_2, BOX_3, BOX_4] = [SUBKEYS + BOX, SUBKEYS + 2 * BOX, SUBKEYS + 3 * BOX];

/**
 * Schneier's Blowfish as bcrypt uses it: a key schedule that is expanded again and again, 2049 times for a hash of cost
 * 10. Most of the time of making a password goes to it, so its words are plain numbers in local variables.
 */
export class Blowfish {
  /** The subkeys, then the four boxes. */
  readonly #words = initialWords().slice();

  /** Mixes the key, as many words as there are subkeys, into these, then replaces everything by what it encrypts. */
  expandKey(key: Int32Array, salt?: Int32Array): void {
    const words = this.#words;
    for (let at = 0; at < SUBKEYS; at++) words[at] = (words[at] ?? 0) ^ (key[at] ?? 0);
    let left = 0;
    let right = 0;
    for (let at = 0; at < WORDS; at += 2) {
      if (salt !== undefined) {
        left ^= salt[at % SALT_WORDS] ?? 0;
        right ^= salt[(at + 1) % SALT_WORDS] ?? 0;
      }
      left ^= words[0] ?? 0;
      for (let round = 1; round <= ROUNDS; round += 2) {
        right ^= mixed(words, left) ^ (words[round] ?? 0);
        left ^= mixed(words, right) ^ (words[round + 1] ?? 0);
      }
      const last = left;
      words[at] = left = right ^ (words[SUBKEYS - 1] ?? 0);
      words[at + 1] = right = last;
    }
  }

  /** Encrypts two words. */
  encrypt(block: readonly [number, number]): [number, number] {
    const words = this.#words;
    let [left, right] = block;
    left ^= words[0] ?? 0;
    for (let round = 1; round <= ROUNDS; round += 2) {
      right ^= mixed(words, left) ^ (words[round] ?? 0);
      left ^= mixed(words, right) ^ (words[round + 1] ?? 0);
    }
    return [right ^ (words[SUBKEYS - 1] ?? 0), left];
  }
}

const SALT_WORDS = 4;

function mixed(words: Int32Array, word: number): number {
  const a = words[SUBKEYS + (word >>> 24)] ?? 0;
  const b = words[BOX_2 + ((word >>> 16) & 0xff)] ?? 0;
  const c = words[BOX_3 + ((word >>> 8) & 0xff)] ?? 0;
  const d = words[BOX_4 + (word & 0xff)] ?? 0;
  return (((a + b) ^ c) + d) | 0;
}

/** The first `count` words of `bytes`, over and over. */
export function cyclicWords(bytes: Uint8Array, count = SUBKEYS): Int32Array {
  return Int32Array.from({ length: count }, (_, index) => {
    const byte = (offset: number): number => bytes[(4 * index + offset) % bytes.length] ?? 0;
    return (byte(0) << 24) | (byte(1) << 16) | (byte(2) << 8) | byte(3);
  });
}

let initial: Int32Array | undefined;

/** Blowfish starts from the digits of pi behind the point; reckoning them is shorter than listing them. */
function initialWords(): Int32Array {
  if (initial === undefined) {
    const digits = fractionOfPi(WORDS * 32)
      .toString(16)
      .padStart(WORDS * 8, '0');
    initial = Int32Array.from({ length: WORDS }, (_, at) => parseInt(digits.slice(at * 8, at * 8 + 8), 16));
  }
  return initial;
}
