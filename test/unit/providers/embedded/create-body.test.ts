import { describe, expect, test } from '@jest/globals';
import { toCreateBody, toUpdateBody } from '../../../../providers/embedded/docker/container/create-body.ts';
import { CONTAINER } from '../../../../providers/embedded/docker/container/schema.ts';
import { complete } from '../../../../providers/embedded/schema/complete.ts';
import type { Values } from '../../../../providers/rpc/index.ts';

const body = (inputs: Values) => toCreateBody(complete(CONTAINER, { name: 'web', image: 'a', ...inputs }));

describe('what the engine is asked to create', () => {
  test('leaves to the image what is not given', () => {
    expect(body({})).not.toHaveProperty('Cmd');
    expect(body({})).not.toHaveProperty('Entrypoint');
    expect(body({})).not.toHaveProperty('Healthcheck');
    expect(body({})).not.toHaveProperty('StopSignal');
  });

  test('publishes a port on every address and a free port unless told otherwise', () => {
    const { HostConfig, ExposedPorts } = body({
      ports: [{ internal: 80 }, { internal: 53, external: 5353, ip: '127.0.0.1', protocol: 'udp' }],
    });
    expect(ExposedPorts).toEqual({ '80/tcp': {}, '53/udp': {} });
    expect(HostConfig?.PortBindings).toEqual({
      '80/tcp': [{ HostPort: '0', HostIp: '0.0.0.0' }],
      '53/udp': [{ HostPort: '5353', HostIp: '127.0.0.1' }],
    });
  });

  test('turns MiB into bytes and durations into nanoseconds', () => {
    const { HostConfig, Healthcheck } = body({
      memory: 64,
      memorySwap: -1,
      shmSize: 16,
      cpus: '0.5',
      healthcheck: { tests: ['CMD', 'true'], interval: '1m30s', startInterval: '500ms', retries: 3 },
    });
    expect(HostConfig).toMatchObject({ Memory: 2 ** 26, MemorySwap: -1, ShmSize: 2 ** 24, NanoCpus: 5e8 });
    expect(Healthcheck).toEqual({
      Test: ['CMD', 'true'],
      Interval: 90e9,
      Timeout: 0,
      StartPeriod: 0,
      StartInterval: 5e8,
      Retries: 3,
    });
  });

  test('names no start interval that is not given, which old engines refuse', () => {
    expect(body({ healthcheck: { tests: ['NONE'] } }).Healthcheck).not.toHaveProperty('StartInterval');
  });

  test('mounts by kind, each with the options of its own kind', () => {
    const { HostConfig } = body({
      volumes: [{ volumeName: 'data', containerPath: '/data', readOnly: true }, { containerPath: '/anonymous' }],
      mounts: [
        { type: 'volume', source: 'more', target: '/more', readOnly: true },
        { type: 'tmpfs', target: '/tmp', tmpfsOptions: { sizeBytes: 1, mode: 2 } },
        { type: 'bind', source: '/etc', target: '/host', bindOptions: { propagation: 'rslave' } },
      ],
    });
    expect(HostConfig?.Binds).toEqual(['data:/data:ro']);
    expect(HostConfig?.Mounts).toEqual(
      expect.arrayContaining([
        { Type: 'volume', Source: 'more', Target: '/more', ReadOnly: true },
        { Type: 'tmpfs', Source: '', Target: '/tmp', ReadOnly: false, TmpfsOptions: { SizeBytes: 1, Mode: 2 } },
        { Type: 'bind', Source: '/etc', Target: '/host', ReadOnly: false, BindOptions: { Propagation: 'rslave' } },
      ]),
    );
  });
});

test('an update names limits and restart policy alone', () => {
  expect(toUpdateBody(complete(CONTAINER, { image: 'a', memory: 1, memorySwap: 1, restart: 'always' }))).toEqual({
    RestartPolicy: { Name: 'always', MaximumRetryCount: 0 },
    Memory: 2 ** 20,
    MemoryReservation: 0,
    MemorySwap: 2 ** 20,
    CpuShares: 0,
  });
});
