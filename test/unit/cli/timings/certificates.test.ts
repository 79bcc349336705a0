import { expect, test } from '@jest/globals';
import { TYPES } from '../../../../cli/pulumi/resource-types.ts';
import { lineOf, nameOf } from '../../../../cli/timings/names.ts';
import { needsOf } from '../../../../cli/timings/needs.ts';
import type { Operation } from '../../../../cli/timings/trace.ts';
import { plan } from './run.ts';

const made = (type: string, name: string): Operation => ({
  ...{ urn: `urn:pulumi:dev::slipway::${type}::${name}`, type, name, op: 'create' },
  ...{ beganMs: 0, failed: false, said: [] },
});
const operations = [
  made('pulumi:providers:tls', 'default_5_6_1'),
  made(TYPES.privateKey, 'CA'),
  made(TYPES.authority, 'CA'),
  made(TYPES.privateKey, 'edge'),
  made(TYPES.certificateRequest, 'edge'),
  made(TYPES.certificate, 'edge'),
  made(TYPES.certificate, 'other'),
];

test('certificates share a line of the report, and each has a name of its own', () => {
  const [, ...issued] = operations;
  expect(new Set(issued.map((operation) => lineOf(operation, plan)))).toEqual(new Set(['certificates']));
  expect(issued.slice(0, 5).map((operation) => nameOf(operation, plan))).toEqual([
    'private key CA',
    'certificate CA',
    'private key edge',
    'certificate request edge',
    'certificate edge',
  ]);
});

test('a certificate waits for its request and the authority, a request for its key', () => {
  const provider = 'pulumi:providers:tls default_5_6_1';
  const needs = (type: string, name: string) => {
    const operation = operations.find((each) => each.type === type && each.name === name);
    return operation && needsOf(operation, operations, plan);
  };
  expect(needs(TYPES.authority, 'CA')).toEqual([provider, `${TYPES.privateKey} CA`]);
  expect(needs(TYPES.certificateRequest, 'edge')).toEqual([provider, `${TYPES.privateKey} edge`]);
  expect(needs(TYPES.certificate, 'edge')).toEqual([
    provider,
    `${TYPES.authority} CA`,
    `${TYPES.certificateRequest} edge`,
  ]);
});
