/** Writes engine.json, what engine.proto says, so that the bundle needs no file beside it: `node proto.mjs`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { URL } from 'node:url';
import protobuf from 'protobufjs';

const at = (/** @type {string} */ name) => new URL(name, import.meta.url);
const { root } = protobuf.parse(readFileSync(at('engine.proto'), 'utf8'));
writeFileSync(at('engine.json'), `${JSON.stringify(root.toJSON(), null, 2)}\n`);
