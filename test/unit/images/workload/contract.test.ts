import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import type protobufjs from '../../../../images/workload/node_modules/protobufjs/index.js';

const source = path.resolve(import.meta.dirname, '../../../../images/workload/src');

test('engine.json says what engine.proto says (node images/workload/src/proto.mjs writes it)', () => {
  const protobuf = createRequire(path.join(source, 'rpc.ts'))('protobufjs') as typeof protobufjs;
  const { root } = protobuf.parse(readFileSync(path.join(source, 'engine.proto'), 'utf8'));
  expect(JSON.parse(readFileSync(path.join(source, 'engine.json'), 'utf8'))).toEqual(JSON.parse(JSON.stringify(root)));
});
