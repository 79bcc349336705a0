import type { CheckArgs, CheckResult, Operation, Resource, Values } from '../../rpc/index.ts';
import { hasUnknowns } from '../../rpc/index.ts';
import type { Schema } from '../schema/attribute.ts';
import { checkInputs } from '../schema/check.ts';
import { complete } from '../schema/complete.ts';
import { diffInputs } from '../schema/diff.ts';
import { stateOf, unknownOutputs } from '../schema/state.ts';
import { withNotes } from '../schema/takeover.ts';
import { locallySigned, request, selfSigned, type Issued } from './issue.ts';
import { keyProblems, newKey } from './keys.ts';
import { isBornDue, isDue } from './renewal.ts';
import { LOCALLY_SIGNED, PRIVATE_KEY, REQUEST, SELF_SIGNED } from './schema.ts';

interface Kind {
  readonly token: string;
  /** Version of the official plugin's state. */
  readonly format?: string;
  readonly schema: Schema;
  readonly outputs: readonly string[];
  readonly secretOutputs: readonly string[];
  /** Whether it expires, and is made anew in time. */
  readonly expires?: true;
  readonly check?: (args: CheckArgs) => CheckResult;
  readonly issue: (inputs: Values, operation: Operation) => Promise<Issued>;
}

const CERTIFICATE = ['certPem', 'validityStartTime', 'validityEndTime'];

/* What the official plugin says of keys in OpenSSH's formats (privateKeyOpenssh, publicKeyFingerprintMd5, …) is left out. */
const KINDS: readonly Kind[] = [
  {
    token: 'tls:index/privateKey:PrivateKey',
    format: '1',
    schema: PRIVATE_KEY,
    outputs: ['privateKeyPem', 'privateKeyPemPkcs8', 'publicKeyPem'],
    secretOutputs: ['privateKeyPem', 'privateKeyPemPkcs8'],
    check: (args) => {
      const checked = checkInputs(PRIVATE_KEY, args, { notesDefaults: false });
      if (checked.failures.length > 0 || hasUnknowns(checked.inputs)) return checked;
      return { ...checked, failures: keyProblems(complete(PRIVATE_KEY, checked.inputs)) };
    },
    issue: (inputs) => newKey(complete(PRIVATE_KEY, inputs)),
  },
  {
    token: 'tls:index/selfSignedCert:SelfSignedCert',
    schema: SELF_SIGNED,
    outputs: [...CERTIFICATE, 'keyAlgorithm'],
    secretOutputs: ['privateKeyPem'],
    expires: true,
    issue: (inputs) => selfSigned(complete(SELF_SIGNED, inputs)),
  },
  {
    token: 'tls:index/certRequest:CertRequest',
    schema: REQUEST,
    outputs: ['certRequestPem', 'keyAlgorithm'],
    secretOutputs: ['privateKeyPem'],
    issue: (inputs) => request(complete(REQUEST, inputs)),
  },
  {
    token: 'tls:index/locallySignedCert:LocallySignedCert',
    schema: LOCALLY_SIGNED,
    outputs: [...CERTIFICATE, 'caKeyAlgorithm'],
    secretOutputs: ['caPrivateKeyPem'],
    expires: true,
    issue: (inputs, operation) =>
      locallySigned(complete(LOCALLY_SIGNED, inputs), (message) => {
        operation.log('warning', message);
      }),
  },
];

/** What is made once and then kept in the state alone: nothing of it is anywhere else. */
export const TLS_RESOURCES: readonly Resource[] = KINDS.map(toResource);

function toResource({ token, format, schema, outputs, secretOutputs, expires, check, issue }: Kind): Resource {
  const ready = (inputs: Values): Values => (expires ? { readyForRenewal: isBornDue(inputs) } : {});
  const resource: Resource = {
    token,
    secretOutputs,
    check: check ?? ((args) => checkInputs(schema, args, { notesDefaults: false })),
    diff: (args) => {
      const found = diffInputs(schema, args);
      if (expires !== true || !isDue(args.state, args.news['earlyRenewalHours'])) return found;
      const renewal = { path: ['readyForRenewal'], kind: 'update', replace: true, inputDiff: false } as const;
      return { ...found, changes: [...found.changes, renewal] };
    },
    create: async (operation, inputs) => {
      const planned = { ...stateOf(schema, inputs, undefined, operation.preview), ...ready(inputs) };
      if (operation.preview) return { id: '', state: { ...planned, ...unknownOutputs(outputs) } };
      const issued = await issue(inputs, operation);
      return { id: issued.id, state: { ...planned, ...issued.outputs } };
    },
    read: (_operation, { state }) => {
      const due = expires === true && isDue(state, state['earlyRenewalHours']);
      return Promise.resolve({ state: due ? { ...state, readyForRenewal: true } : state });
    },
    update: (_operation, { news, state }) =>
      Promise.resolve({ ...state, ...stateOf(schema, news, state), ...ready(news) }),
    delete: () => Promise.resolve(),
  };
  return withNotes(resource, format);
}
