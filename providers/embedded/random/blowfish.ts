const ROUNDS = 16;
const SUBKEYS = ROUNDS + 2;
const BOX = 256;
const WORDS = SUBKEYS + 4 * BOX;

/** Schneier's Blowfish as bcrypt uses it: a key schedule that is expanded again and again. */
export class Blowfish {
  /** The subkeys, then the four boxes. */
  readonly #words = initialWords().slice();

  /** Mixes the key into the subkeys, then replaces everything by what it encrypts, with `salt` mixed in. */
  expandKey(key: Uint8Array, salt?: Uint8Array): void {
    const words = this.#words;
    const keyWord = cyclicWords(key);
    for (let at = 0; at < SUBKEYS; at++) words[at] = (words[at] ?? 0) ^ keyWord();
    const saltWord = salt === undefined ? () => 0 : cyclicWords(salt);
    const block = new Uint32Array(2);
    for (let at = 0; at < WORDS; at += 2) {
      block[0] = (block[0] ?? 0) ^ saltWord();
      block[1] = (block[1] ?? 0) ^ saltWord();
      this.encrypt(block);
      words.set(block, at);
    }
  }

  /** Encrypts the two words of `block` in place. */
  encrypt(block: Uint32Array): void {
    const words = this.#words;
    let left = (block[0] ?? 0) ^ (words[0] ?? 0);
    let right = block[1] ?? 0;
    for (let round = 1; round <= ROUNDS; round += 2) {
      right ^= this.#mix(left) ^ (words[round] ?? 0);
      left ^= this.#mix(right) ^ (words[round + 1] ?? 0);
    }
    block[0] = right ^ (words[SUBKEYS - 1] ?? 0);
    block[1] = left;
  }

  #mix(word: number): number {
    const words = this.#words;
    const a = words[SUBKEYS + (word >>> 24)] ?? 0;
    const b = words[SUBKEYS + BOX + ((word >>> 16) & 0xff)] ?? 0;
    const c = words[SUBKEYS + 2 * BOX + ((word >>> 8) & 0xff)] ?? 0;
    const d = words[SUBKEYS + 3 * BOX + (word & 0xff)] ?? 0;
    return ((((a + b) | 0) ^ c) + d) | 0;
  }
}

/** The words of `bytes`, over and over. */
function cyclicWords(bytes: Uint8Array): () => number {
  let at = 0;
  return () => {
    let word = 0;
    for (let byte = 0; byte < 4; byte++) {
      word = (word << 8) | (bytes[at] ?? 0);
      at = (at + 1) % bytes.length;
    }
    return word;
  };
}

let words: Uint32Array | undefined;

/** Blowfish starts from the digits of pi behind the point; reckoning them is shorter than listing them. */
function initialWords(): Uint32Array {
  words ??= piWords(WORDS);
  return words;
}

function piWords(count: number): Uint32Array {
  const guard = 64n;
  const bits = BigInt(count * 32) + guard;
  // Machin: pi = 16 arctan(1/5) - 4 arctan(1/239).
  const pi = 16n * arctanOfInverse(5n, bits) - 4n * arctanOfInverse(239n, bits);
  const fraction = (pi & ((1n << bits) - 1n)) >> guard;
  const digits = fraction.toString(16).padStart(count * 8, '0');
  return Uint32Array.from({ length: count }, (_, at) => parseInt(digits.slice(at * 8, at * 8 + 8), 16));
}

/** arctan(1/x) as a whole number of 2^-bits. */
function arctanOfInverse(x: bigint, bits: bigint): bigint {
  let power = (1n << bits) / x;
  let sum = power;
  for (let divisor = 3n, sign = -1n; power > 0n; divisor += 2n, sign = -sign) {
    power /= x * x;
    sum += (sign * power) / divisor;
  }
  return sum;
}
