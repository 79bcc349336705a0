import { randomBytes } from 'node:crypto';
import type { CheckArgs, CheckResult, Resource, Values } from '../../rpc/index.ts';
import { hasUnknowns } from '../../rpc/index.ts';
import type { Schema } from '../schema/attribute.ts';
import { checkInputs } from '../schema/check.ts';
import { complete } from '../schema/complete.ts';
import { diffInputs } from '../schema/diff.ts';
import { stateOf, unknownOutputs } from '../schema/state.ts';
import { withNotes } from '../schema/takeover.ts';
import { bcryptHash } from './bcrypt.ts';
import { contradictions, generatePassword } from './password.ts';
import { BYTES, ID, PASSWORD } from './schema.ts';

interface Drawn {
  readonly id: string;
  readonly outputs: Values;
}

interface Kind {
  readonly token: string;
  /** Version of the official plugin's state. */
  readonly format?: string;
  readonly schema: Schema;
  readonly outputs: readonly string[];
  readonly secretOutputs?: readonly string[];
  readonly check?: (args: CheckArgs) => CheckResult;
  /** Draws anew; ids of secrets tell nothing. */
  readonly generate: (inputs: Values) => Drawn | Promise<Drawn>;
}

const KINDS: readonly Kind[] = [
  {
    token: 'random:index/randomPassword:RandomPassword',
    format: '3',
    schema: PASSWORD,
    outputs: ['result', 'bcryptHash', 'number'],
    secretOutputs: ['result', 'bcryptHash'],
    check: (args) => {
      const checked = checkInputs(PASSWORD, args, { notesDefaults: false });
      if (checked.failures.length > 0 || hasUnknowns(checked.inputs)) return checked;
      return { ...checked, failures: contradictions(complete(PASSWORD, checked.inputs)) };
    },
    generate: async (inputs) => {
      const known = complete(PASSWORD, inputs);
      const result = generatePassword(known);
      // "number" is what "numeric" was called once.
      return { id: 'none', outputs: { result, bcryptHash: await bcryptHash(result), number: known.numeric } };
    },
  },
  {
    token: 'random:index/randomBytes:RandomBytes',
    schema: BYTES,
    outputs: ['base64', 'hex'],
    secretOutputs: ['base64', 'hex'],
    generate: (inputs) => {
      const bytes = randomBytes(complete(BYTES, inputs).length);
      // The official plugin has the bytes themselves here, and so in clear in the state.
      return { id: 'none', outputs: { base64: bytes.toString('base64'), hex: bytes.toString('hex') } };
    },
  },
  {
    token: 'random:index/randomId:RandomId',
    schema: ID,
    outputs: ['b64Std', 'b64Url', 'dec', 'hex'],
    generate: (inputs) => {
      const { byteLength, prefix } = complete(ID, inputs);
      const bytes = randomBytes(byteLength);
      const id = bytes.toString('base64url');
      const hex = bytes.toString('hex');
      return {
        id,
        outputs: {
          id,
          b64Std: `${prefix}${bytes.toString('base64')}`,
          b64Url: `${prefix}${id}`,
          dec: `${prefix}${BigInt(`0x${hex}`)}`,
          hex: `${prefix}${hex}`,
        },
      };
    },
  },
];

/** What is drawn once and then kept in the state alone: nothing of it is anywhere else. */
export const RANDOM_RESOURCES: readonly Resource[] = KINDS.map(toResource);

function toResource({ token, format, schema, outputs, secretOutputs = [], check, generate }: Kind): Resource {
  const resource: Resource = {
    token,
    secretOutputs,
    check: check ?? ((args) => checkInputs(schema, args, { notesDefaults: false })),
    diff: (args) => diffInputs(schema, args),
    create: async ({ preview }, inputs) => {
      const planned = stateOf(schema, inputs, undefined, preview);
      if (preview) return { id: '', state: { ...planned, ...unknownOutputs(outputs) } };
      const drawn = await generate(inputs);
      return { id: drawn.id, state: { ...planned, ...drawn.outputs } };
    },
    read: (_operation, { state }) => Promise.resolve({ state }),
    update: (_operation, { news, state }) => Promise.resolve({ ...state, ...stateOf(schema, news, state) }),
    delete: () => Promise.resolve(),
  };
  return withNotes(resource, format);
}
