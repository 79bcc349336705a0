import { describe, expect, test } from '@jest/globals';
import { toContainerArgs } from '../../../components/engines/docker-host/container-args.ts';
import type { PlannedService } from '../../../config/plan/types.ts';
import { plannedService } from './planned-service.ts';

describe('toContainerArgs', () => {
  test('gives a plain service nothing that its plan does not name', () => {
    expect(toContainerArgs(plannedService(), '/project')).toEqual({
      envs: [],
      ports: [],
      mounts: [],
      restart: 'unless-stopped',
      readOnly: true,
      securityOpts: ['no-new-privileges:true'],
      logDriver: 'json-file',
      logOpts: { 'max-size': '10m', 'max-file': '3' },
      stopTimeout: 30,
      destroyGraceSeconds: 30,
    });
  });

  // Each value in the form in which the provider reads it back: any other form is a change in every preview.
  test.each<[string, Partial<PlannedService>, object]>([
    ['whole cpus with a decimal', { limits: { cpus: 2 } }, { cpus: '2.0' }],
    ['part of a cpu as it is', { limits: { cpus: 0.5 } }, { cpus: '0.5' }],
    ['memory in MiB, without swap', { limits: { memory: 512 * 2 ** 20 } }, { memory: 512, memorySwap: 512 }],
    ['a memory reservation in MiB', { reservations: { memory: 256 * 2 ** 20 } }, { memoryReservation: 256 }],
    ['a cpu reservation as shares', { reservations: { cpus: 0.5 } }, { cpuShares: 512 }],
    [
      'limits of each process, soft and hard alike',
      { ulimits: { nofile: 1024, core: 0 } },
      {
        ulimits: [
          { name: 'nofile', soft: 1024, hard: 1024 },
          { name: 'core', soft: 0, hard: 0 },
        ],
      },
    ],
    [
      'swap on top of the limit of memory',
      { limits: { memory: 64 * 2 ** 20 }, swap: 32 * 2 ** 20 },
      { memory: 64, memorySwap: 96 },
    ],
    ['shared memory in MiB', { shmSize: 2 ** 30 }, { shmSize: 1024 }],
    [
      'leave to gain privileges in so many words: what is left out changes nothing',
      { noNewPrivileges: false },
      { securityOpts: ['no-new-privileges:false'] },
    ],
    ['variables sorted by name', { environment: { B: '2', A: '1' } }, { envs: ['A=1', 'B=2'] }],
    ['a command', { command: ['worker'] }, { command: ['worker'] }],
    ['an entrypoint', { entrypoint: ['sh'] }, { entrypoints: ['sh'] }],
    ['a user', { user: '1000:1000' }, { user: '1000:1000' }],
    [
      'capabilities by their full names',
      { capDrop: ['ALL'], capAdd: ['NET_BIND_SERVICE', 'CAP_CHOWN'] },
      { capabilities: { adds: ['CAP_NET_BIND_SERVICE', 'CAP_CHOWN'], drops: ['ALL'] } },
    ],
    [
      'only published ports, on the loopback address unless another is named',
      {
        ports: [
          { name: 'http', container: 8080, protocol: 'tcp' },
          { name: 'grpc', container: 9090, published: 19090, protocol: 'tcp' },
        ],
      },
      { ports: [{ internal: 9090, external: 19090, ip: '127.0.0.1', protocol: 'tcp' }] },
    ],
    [
      'folders in memory that all may write and none may clear',
      { tmpfs: [{ path: '/tmp', size: 0 }] },
      { mounts: [{ type: 'tmpfs', target: '/tmp', tmpfsOptions: { mode: 0o1777 } }] },
    ],
    [
      'folders of the host by their absolute paths, relative ones from the project on',
      {
        binds: [
          { source: '../app', path: '/app', readOnly: false },
          { source: '/srv/app', path: '/srv', readOnly: true },
        ],
      },
      {
        mounts: [
          { type: 'bind', target: '/app', source: '/app', readOnly: false },
          { type: 'bind', target: '/srv', source: '/srv/app', readOnly: true },
        ],
      },
    ],
    [
      'a grace period in whole seconds, never shorter than planned',
      {
        rollout: {
          order: 'createFirst',
          parallelism: 1,
          minReadyMs: 0,
          healthTimeoutMs: 1,
          drainMs: 0,
          stopGraceMs: 1500,
        },
      },
      { stopTimeout: 2, destroyGraceSeconds: 2 },
    ],
  ])('writes %s', (_, changes, expected) => {
    expect(toContainerArgs(plannedService(changes), '/project')).toMatchObject(expected);
  });

  test('hands a health check over with the durations as planned', () => {
    const healthcheck = {
      test: ['CMD', 'true'],
      interval: '1m0s',
      timeout: '5s',
      retries: 3,
      startPeriod: '30s',
      startInterval: '1s',
    };
    const { test: tests, ...rest } = healthcheck;
    expect(toContainerArgs(plannedService({ healthcheck }), '/project').healthcheck).toEqual({ tests, ...rest });
  });
});
