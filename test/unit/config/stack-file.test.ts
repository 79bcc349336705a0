import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readStackFile, StackFileError } from '../../../config/stack-file.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-stack-file-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function read(content: string): ReturnType<typeof readStackFile> {
  writeFileSync(join(folder, 'Pulumi.dev.yaml'), content);
  return readStackFile(folder, 'dev');
}

test('the settings of a stack are read as Pulumi would give them, its secrets by name alone', () => {
  const settings = read(`
encryptionsalt: v1:abc
config:
  slipway:system: linkflow
  slipway:profiles: [migrate]
  slipway:host: 5
  slipway:services:
    api: { replicas: 2, env: { A: "1" } }
  slipway:ports: '{"api": 18000}'
  other:key: 1
  secrets:REDIS_PASSWORD: plain
  secrets:POSTGRES_PASSWORD:
    secure: v1:xyz
`);
  expect(settings).toEqual({
    stack: 'dev',
    values: {
      system: 'linkflow',
      profiles: ['migrate'],
      host: '5',
      services: { api: { replicas: 2, env: { A: '1' } } },
      ports: { api: 18000 },
    },
    encrypted: [],
    providedSecrets: ['POSTGRES_PASSWORD', 'REDIS_PASSWORD'],
    clearSecrets: ['REDIS_PASSWORD'],
  });
});

test('settings that hold something encrypted are told by key, however deep it stands', () => {
  const settings = read(`
config:
  slipway:system: linkflow
  slipway:host:
    secure: v1:abc
  slipway:services:
    api: { env: { TOKEN: { secure: v1:xyz } } }
`);
  expect(settings.encrypted).toEqual(['host', 'services']);
});

test.each(['', '# nothing yet\n', 'encryptionsalt: v1:abc\n', 'config:\n', 'config: {}\n'])(
  'a file without settings has none: %j',
  (content) => {
    expect(read(content)).toEqual({ stack: 'dev', values: {}, encrypted: [], providedSecrets: [], clearSecrets: [] });
  },
);

describe('a message says what to do when the file', () => {
  test('is missing', () => {
    expect(() => readStackFile(folder, 'alice')).toThrow(StackFileError);
    expect(() => readStackFile(folder, 'alice')).toThrow(
      'there is no Pulumi.alice.yaml: `slipway init` lists the systems, and `slipway init <system> --environment dev ' +
        '--stack alice` writes it; or name another with --stack',
    );
  });

  test('is not YAML', () => {
    expect(() => read('config: [')).toThrow(/^Pulumi\.dev\.yaml is not YAML: .*line 1/);
  });

  test('has no map of settings', () => {
    expect(() => read('config: linkflow')).toThrow(
      'Pulumi.dev.yaml: `config` must be a map of keys such as slipway:system',
    );
  });
});
