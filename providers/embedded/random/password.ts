import { randomInt } from 'node:crypto';
import type { CompleteInputs } from '../schema/attribute.ts';
import type { PASSWORD } from './schema.ts';

type PasswordInputs = CompleteInputs<typeof PASSWORD>;

const DIGITS = '0123456789';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const SPECIAL = '!@#$%&*()-_=+[]{}<>:?';

/** Everything that contradicts itself in a password's inputs: property and reason. */
export function contradictions(inputs: PasswordInputs): { property: string; reason: string }[] {
  const { length, minLower, minUpper, minNumeric, minSpecial } = inputs;
  const least = minLower + minUpper + minNumeric + minSpecial;
  return [
    ...(length < least
      ? [{ property: 'length', reason: `${length} is less than the sum of all min inputs; accepted: ${least} or more` }]
      : []),
    ...(alphabet(inputs) === ''
      ? [{ property: 'lower', reason: 'lower, upper, numeric and special are all off; at least one is needed' }]
      : []),
  ];
}

/** A password with at least as many characters of each kind as asked for, the rest of any kind that is on. */
export function generatePassword(inputs: PasswordInputs): string {
  const least = [
    ...pick(LOWER, inputs.minLower),
    ...pick(UPPER, inputs.minUpper),
    ...pick(DIGITS, inputs.minNumeric),
    ...pick(special(inputs), inputs.minSpecial),
  ];
  return shuffle([...least, ...pick(alphabet(inputs), inputs.length - least.length)]).join('');
}

function alphabet(inputs: PasswordInputs): string {
  return [
    inputs.upper ? UPPER : '',
    inputs.lower ? LOWER : '',
    inputs.numeric ? DIGITS : '',
    inputs.special ? special(inputs) : '',
  ].join('');
}

function special({ overrideSpecial }: PasswordInputs): string {
  return overrideSpecial === '' ? SPECIAL : overrideSpecial;
}

function pick(from: string, count: number): string[] {
  const characters = Array.from(from);
  return Array.from({ length: count }, () => characters[randomInt(characters.length)] ?? '');
}

/** Fisher and Yates. */
function shuffle(characters: string[]): string[] {
  for (let at = characters.length - 1; at > 0; at--) {
    const other = randomInt(at + 1);
    [characters[at], characters[other]] = [characters[other] ?? '', characters[at] ?? ''];
  }
  return characters;
}
