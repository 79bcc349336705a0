import { describe, expect, test } from '@jest/globals';
import { foldersOf } from '../../../../providers/slipway/files/archive.ts';
import { reasonOf } from '../../../../providers/slipway/host/host.ts';
import { plainText } from '../../../../providers/slipway/host/logs.ts';
import { containerOptions } from '../../../../providers/slipway/job/container-options.ts';
import { isRun } from '../../../../providers/slipway/job/run.ts';
import type { JobInputs } from '../../../../providers/slipway/job/schema.ts';
import { keepable } from '../../../../providers/slipway/subnets/allocate.ts';
import { sameOwner } from '../../../../providers/slipway/subnets/occupied.ts';

describe('the archive of a volume', () => {
  test('lists each folder once, outer ones first', () => {
    expect(foldersOf(['b/c/d', 'a', 'b/e'])).toEqual(['', 'b/', 'b/c/']);
  });
});

describe('a container’s log', () => {
  const frame = (stream: number, text: string) => {
    const header = Buffer.alloc(8);
    header.writeUInt8(stream, 0);
    header.writeUInt32BE(Buffer.byteLength(text), 4);
    return Buffer.concat([header, Buffer.from(text)]);
  };

  test('is read across frames, whichever stream they are of', () => {
    expect(plainText(Buffer.concat([frame(1, 'öne\n'), frame(2, 'two\n')]))).toBe('öne\ntwo\n');
    expect(plainText(Buffer.alloc(0))).toBe('');
  });
});

describe('an engine’s error', () => {
  test('is told in the engine’s own words', () => {
    expect(reasonOf(new Error('(HTTP code 404) no such container - No such image: x:latest '))).toBe(
      'No such image: x:latest',
    );
    expect(reasonOf(new Error('(HTTP code 500) server error - a - b'))).toBe('a - b');
    expect(reasonOf('text')).toBe('text');
  });
});

describe('the container of a job', () => {
  const job: JobInputs = {
    ...{ name: 'migrate', service: 'migrate', image: 'i', command: ['run'], environment: { A: '1' } },
    mounts: [{ volume: 'v', path: '/v', readOnly: true }],
    ...{ tmpfs: { '/tmp': 'mode=1777' }, labels: { l: 'x' }, readOnly: true, capAdd: [], capDrop: ['ALL'] },
    networks: [
      { network: 'home', aliases: ['migrate'] },
      { network: 'door', aliases: [] },
    ],
    ...{ securityOpts: ['no-new-privileges:true'], timeoutMs: 1000, triggers: {} },
  };

  test('swaps what it may on top of its memory', () => {
    const { HostConfig } = containerOptions('migrate-abcdef0', { ...job, memory: 1024, swap: 512 });
    expect(HostConfig).toMatchObject({ Memory: 1024, MemorySwap: 1536 });
  });

  test('has everything of the inputs, is never restarted and never probed', () => {
    const limited = { ...job, memory: 1024, cpus: 0.1, user: '70', entrypoint: ['sh'], logDriver: 'local' };
    expect(containerOptions('migrate-abcdef0', limited)).toEqual({
      name: 'migrate-abcdef0',
      Image: 'i',
      Cmd: ['run'],
      Entrypoint: ['sh'],
      User: '70',
      Env: ['A=1'],
      Labels: { l: 'x' },
      Healthcheck: { Test: ['NONE'] },
      HostConfig: {
        RestartPolicy: { Name: 'no' },
        NetworkMode: 'home',
        Mounts: [{ Type: 'volume', Source: 'v', Target: '/v', ReadOnly: true }],
        Tmpfs: { '/tmp': 'mode=1777' },
        ReadonlyRootfs: true,
        CapAdd: [],
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges:true'],
        Memory: 1024,
        MemorySwap: 1024,
        NanoCpus: 100_000_000,
        LogConfig: { Type: 'local', Config: {} },
      },
      NetworkingConfig: { EndpointsConfig: { home: { Aliases: ['migrate'] } } },
    });
  });

  test('mounts folders of the host beside its volumes', () => {
    const folders = [{ source: '/srv/app', path: '/app', readOnly: false }];
    expect(containerOptions('x', { ...job, folders }).HostConfig?.Mounts).toEqual([
      { Type: 'volume', Source: 'v', Target: '/v', ReadOnly: true },
      { Type: 'bind', Source: '/srv/app', Target: '/app', ReadOnly: false },
    ]);
  });

  test('is on no network when it is given none, and keeps the image’s own command', () => {
    const options = containerOptions('x', { ...job, networks: [], command: [] });
    expect(options.HostConfig?.NetworkMode).toBe('none');
    expect(options).not.toHaveProperty('Cmd');
    expect(options).not.toHaveProperty('NetworkingConfig');
  });

  test('is told from others by its whole name', () => {
    expect(isRun('/dev-migrate-abcdef0', 'dev-migrate')).toBe(true);
    expect(isRun('/dev-migrate-2-abcdef0', 'dev-migrate')).toBe(false);
    expect(isRun('/dev-migrate', 'dev-migrate')).toBe(false);
    expect(isRun('/other-dev-migrate-abcdef0', 'dev-migrate')).toBe(false);
  });
});

describe('subnets', () => {
  test('those that are still wanted and lie in the pool are kept', () => {
    const had = { home: '10.0.1.0/27', gone: '10.0.2.0/27', outside: '10.1.0.0/27', edge: '10.0.255.224/27' };
    const networks = { home: 5, outside: 5, edge: 5, added: 5 };
    expect(keepable({ pool: '10.0.0.0/16', networks }, had)).toEqual({ home: had.home, edge: had.edge });
  });

  test('a record is a stack’s own only if both instance and stack agree', () => {
    const own = { 'slipway.instance': 'i', 'slipway.stack': 's' };
    expect(sameOwner(own, { ...own, more: 'x' })).toBe(true);
    expect(sameOwner(own, { ...own, 'slipway.stack': 't' })).toBe(false);
    expect(sameOwner({}, {})).toBe(false);
  });
});
