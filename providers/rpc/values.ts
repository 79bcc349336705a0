/**
 * A value that is not known yet: during a preview, what another resource will only have once it is made.
 * It can stand anywhere in inputs, and a preview may answer with it in a state.
 */
export const UNKNOWN: unique symbol = Symbol('unknown');

/** What inputs and states are made of. Secrets are unwrapped; what was secret is kept beside, see {@link Decoded}. */
export type Value = string | number | boolean | null | typeof UNKNOWN | readonly Value[] | Values;
/** Inputs or the state of a resource. */
export interface Values {
  readonly [key: string]: Value;
}

/** Keys from the root of inputs or of a state down to a value; a number is a position in a list. */
export type Path = readonly (string | number)[];

/** Values as they came over the wire. `secrets` are the paths of what was wrapped as a secret. */
export interface Decoded {
  readonly values: Values;
  readonly secrets: readonly Path[];
}

/** Whether `value` itself is not known yet. */
export function isUnknown(value: unknown): value is typeof UNKNOWN {
  return value === UNKNOWN;
}

/** Whether `value` is, or holds anywhere, something that is not known yet. */
export function hasUnknowns(value: Value | undefined): boolean {
  if (isUnknown(value)) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(hasUnknowns);
}

/** Whether `value` is a mapping: neither a list nor a plain value. */
export function isValues(value: Value | undefined): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How Pulumi marks a special value on the wire, and the mark of a secret; both are constants of its protocol. */
const SIGNATURE = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';

/** Unknowns travel as strings, a different one for each expected type; we send the one for strings, as SDKs do. */
const UNKNOWN_STRING = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
const UNKNOWN_STRINGS = new Set([
  UNKNOWN_STRING,
  '1c4a061d-8072-4f0a-a4cb-0ff528b18fe7', // a boolean
  '3eeb2bf0-c639-47a8-9e75-3b44932eb421', // a number
  '6a19a0b0-7e62-4c92-b797-7f8e31da9cc2', // a list
  '030794c1-ac77-496b-92df-f27374a8bd58', // an asset
  'e48ece36-62e2-4504-bad9-02848725956a', // an archive
  'dd056dcd-154b-4c76-9bd3-c8f88648b5ff', // an object
]);

/** What Pulumi's bridge to Terraform providers writes into states for itself. */
const BRIDGE_KEYS = new Set(['__meta', '__pulumi_raw_state_delta']);

/**
 * Reads values from the wire (a protobuf Struct as plain JavaScript).
 * @throws on assets, archives and resource references, which none of our resources takes.
 */
export function decode(wire: Readonly<Record<string, unknown>>): Decoded {
  const secrets: Path[] = [];
  const values = decodeMap(wire, [], secrets);
  return { values, secrets };
}

function decodeMap(wire: Readonly<Record<string, unknown>>, path: Path, secrets: Path[]): Values {
  const entries = Object.entries(wire).filter(([key]) => !BRIDGE_KEYS.has(key));
  return Object.fromEntries(entries.map(([key, value]) => [key, decodeValue(value, [...path, key], secrets)]));
}

function decodeValue(wire: unknown, path: Path, secrets: Path[]): Value {
  if (wire === null || wire === undefined) return null;
  if (typeof wire === 'string') return UNKNOWN_STRINGS.has(wire) ? UNKNOWN : wire;
  if (typeof wire === 'number' || typeof wire === 'boolean') return wire;
  if (Array.isArray(wire)) return wire.map((item, at) => decodeValue(item, [...path, at], secrets));
  if (typeof wire !== 'object') throw new Error(`${renderPath(path)}: a ${typeof wire} is not a value`);
  const map = wire as Readonly<Record<string, unknown>>;
  if (!Object.hasOwn(map, SIGNATURE)) return decodeMap(map, path, secrets);
  if (map[SIGNATURE] !== SECRET) {
    throw new Error(`${renderPath(path)}: assets, archives and resource references are not accepted here`);
  }
  secrets.push(path);
  return decodeValue(map['value'], path, secrets);
}

/**
 * Turns values into what goes over the wire, and marks as secret again what stands at one of `secrets`: a list that
 * held a secret as a whole (its items may have moved), and, where a path is not there any more, the part that is left.
 */
export function encode(values: Values, secrets: readonly Path[] = []): Record<string, unknown> {
  return encodeMap(values, secrets);
}

function encodeMap(values: Values, secrets: readonly Path[]): Record<string, unknown> {
  const encoded: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(values) as [string, Value | undefined][]) {
    if (value === undefined) continue;
    const below = secrets.filter(([first]) => first === key).map(([, ...rest]) => rest);
    encoded[key] = encodeValue(value, below);
  }
  return encoded;
}

function encodeValue(value: Value, secrets: readonly Path[]): unknown {
  const inside = isValues(value) && secrets.every(([key]) => typeof key === 'string' && Object.hasOwn(value, key));
  if (secrets.length > 0 && !inside) return { [SIGNATURE]: SECRET, value: encodeValue(value, []) };
  if (isUnknown(value)) return UNKNOWN_STRING;
  if (isValues(value)) return encodeMap(value, secrets);
  return Array.isArray(value) ? value.map((item) => encodeValue(item as Value, [])) : value;
}

/** A path as Pulumi and its users write it: `files["a.txt"].content`, `networks[0]`. */
export function renderPath(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    if (!/^[\w$-]+$/.test(key)) return `${text}[${JSON.stringify(key)}]`;
    return text === '' ? key : `${text}.${key}`;
  }, '');
}

/** The value at `path`, or undefined where there is none. */
export function valueAt(value: Value | undefined, path: Path): Value | undefined {
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<string | number, Value>>)[key];
  }
  return value;
}
