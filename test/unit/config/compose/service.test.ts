import { describe, expect, test } from '@jest/globals';
import { toComposeService, type ServiceContext } from '../../../../config/compose/service.ts';
import type { PlannedService } from '../../../../config/plan/types.ts';
import { plannedService } from '../../components/planned-service.ts';

const context: ServiceContext = {
  image: 'slipway/app:0123456789ab',
  build: './images/app',
  project: '/project',
  isOnDemand: false,
  isChecked: () => true,
};
const MEBIBYTE = 2 ** 20;
const attachment = { aliases: [], join: 'create' as const };

describe('toComposeService', () => {
  test('gives a plain service nothing that its plan does not name', () => {
    expect(toComposeService(plannedService(), context)).toEqual({
      image: 'slipway/app:0123456789ab',
      pull_policy: 'never',
      build: './images/app',
      networks: ['home'],
      read_only: true,
      security_opt: ['no-new-privileges:true'],
      pids_limit: 512,
      restart: 'unless-stopped',
      stop_grace_period: '30s',
      logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } },
    });
  });

  test.each<[string, Partial<PlannedService>, object]>([
    ['a command', { command: ['worker', '--all'] }, { command: ['worker', '--all'] }],
    ['an entrypoint', { entrypoint: ['sh'] }, { entrypoint: ['sh'] }],
    ['a user', { user: '999:999' }, { user: '999:999' }],
    ['variables', { environment: { A: '$1', B: 'true' } }, { environment: { A: '$1', B: 'true' } }],
    [
      'variables that are secrets, from a file',
      { environmentSecrets: [{ name: 'KEY', secret: 'KEY' }] },
      { env_file: ['./secrets/api.env'] },
    ],
    [
      'capabilities',
      { capAdd: ['NET_BIND_SERVICE'], capDrop: ['ALL'] },
      { cap_add: ['NET_BIND_SERVICE'], cap_drop: ['ALL'] },
    ],
    [
      'a log that goes to a socket, as what the engine would keep of it',
      {
        logging: {
          driver: 'fluentd',
          options: { 'cache-max-size': '50m', 'cache-max-file': '2' },
          socket: { option: 'fluentd-address', volume: 'sockets', file: 'a.sock' },
        },
      },
      { logging: { driver: 'json-file', options: { 'max-size': '50m', 'max-file': '2' } } },
    ],
    ['swap', { swap: 64 * MEBIBYTE, limits: { memory: 64 * MEBIBYTE } }, { memswap_limit: '128m' }],
    ['a limit of processes', { pidsLimit: 99 }, { pids_limit: 99 }],
    ['limits of each process', { ulimits: { nofile: 1024 } }, { ulimits: { nofile: 1024 } }],
    ['shared memory', { shmSize: 256 * MEBIBYTE }, { shm_size: '256m' }],
    [
      'limits, without swap',
      { limits: { memory: 2048 * MEBIBYTE, cpus: 1.5 } },
      { memswap_limit: '2g', deploy: { resources: { limits: { cpus: '1.5', memory: '2g', pids: 512 } } } },
    ],
    ['part of a MiB as a whole one', { limits: { memory: MEBIBYTE + 1 } }, { memswap_limit: '2m' }],
    [
      'reservations, of CPUs as shares too',
      { reservations: { memory: 64 * MEBIBYTE, cpus: 0.25 } },
      { cpu_shares: 256, deploy: { resources: { reservations: { cpus: '0.25', memory: '64m' } } } },
    ],
    ['replicas', { replicas: 3 }, { deploy: { replicas: 3 } }],
    ['a policy of restarts', { restart: 'on-failure' }, { restart: 'on-failure' }],
    [
      'a grace period in whole seconds, never shorter than planned',
      {
        rollout: {
          order: 'createFirst',
          parallelism: 1,
          minReadyMs: 0,
          healthTimeoutMs: 1,
          drainMs: 0,
          stopGraceMs: 60_001,
        },
      },
      { stop_grace_period: '1m1s' },
    ],
    [
      'published ports with the address that they bind to',
      {
        ports: [
          { name: 'a', container: 8080, protocol: 'tcp' },
          { name: 'b', container: 9090, published: 19090, protocol: 'tcp' },
          { name: 'c', container: 53, published: 53, address: '0.0.0.0', protocol: 'udp' },
          { name: 'd', container: 80, published: 80, address: '::1', protocol: 'tcp' },
        ],
      },
      { ports: ['127.0.0.1:19090:9090', '0.0.0.0:53:53/udp', '[::1]:80:80'] },
    ],
    [
      'folders in memory that all may write and none may clear',
      {
        tmpfs: [
          { path: '/tmp', size: 0 },
          { path: '/cache', size: MEBIBYTE },
        ],
      },
      { tmpfs: ['/tmp:mode=1777', '/cache:mode=1777,size=1048576'] },
    ],
    [
      'a health check with its durations as planned',
      {
        healthcheck: {
          test: ['CMD', 'true'],
          interval: '1m0s',
          timeout: '5s',
          retries: 3,
          startPeriod: '30s',
          startInterval: '500ms',
        },
      },
      {
        healthcheck: {
          test: ['CMD', 'true'],
          interval: '1m0s',
          timeout: '5s',
          retries: 3,
          start_period: '30s',
          start_interval: '500ms',
        },
      },
    ],
    [
      'what is waited for',
      {
        dependsOn: [
          { service: 'db', condition: 'healthy' },
          { service: 'migrate', condition: 'completed' },
        ],
      },
      {
        depends_on: {
          db: { condition: 'service_healthy' },
          migrate: { condition: 'service_completed_successfully' },
        },
      },
    ],
    [
      'volumes, and folders of the host by their absolute paths',
      {
        volumes: [
          { volume: 'data', path: '/data', readOnly: false },
          { volume: 'shared', path: '/shared', readOnly: true },
        ],
        binds: [
          { source: '../app', path: '/app', readOnly: false },
          { source: '/srv/conf', path: '/conf', readOnly: true },
        ],
      },
      {
        volumes: [
          { type: 'volume', source: 'data', target: '/data' },
          { type: 'volume', source: 'shared', target: '/shared', read_only: true },
          { type: 'bind', source: '/app', target: '/app', bind: { create_host_path: false } },
          { type: 'bind', source: '/srv/conf', target: '/conf', read_only: true, bind: { create_host_path: false } },
        ],
      },
    ],
  ])('writes %s', (_, changes, expected) => {
    expect(toComposeService(plannedService(changes), context)).toMatchObject(expected);
  });

  test('mounts each file by itself, in a folder that holds nothing else', () => {
    const secret = { mode: '0400', uid: 1000, gid: 1000 };
    const { volumes, tmpfs } = toComposeService(
      plannedService({
        tmpfs: [{ path: '/tmp', size: 0 }],
        secrets: [
          { ...secret, name: 'KEY', secret: 'APP_KEY', path: '/run/secrets/KEY' },
          { ...secret, name: 'PASSWORD', secret: 'DB_PASSWORD', path: '/run/secrets/PASSWORD' },
        ],
        files: [{ path: '/etc/app/a.conf', content: 'a', mode: '0444', uid: 1000, gid: 1000 }],
      }),
      context,
    );
    const mount = (source: string, target: string) => ({
      type: 'bind',
      source,
      target,
      read_only: true,
      bind: { create_host_path: false },
    });
    expect(volumes).toEqual([
      mount('./files/api/etc/app/a.conf', '/etc/app/a.conf'),
      mount('./secrets/api/KEY', '/run/secrets/KEY'),
      mount('./secrets/api/PASSWORD', '/run/secrets/PASSWORD'),
    ]);
    expect(tmpfs).toEqual(['/tmp:mode=1777', '/etc/app:mode=0755', '/run/secrets:mode=0755']);
  });

  test('is content with a dependency that runs where it has no health check', () => {
    const dependsOn = [{ service: 'db', condition: 'healthy' as const }];
    expect(toComposeService(plannedService({ dependsOn }), { ...context, isChecked: () => false })).toMatchObject({
      depends_on: { db: { condition: 'service_started' } },
    });
  });

  test('lets nothing check the health of a job, and runs one on demand under a profile', () => {
    const job = plannedService({ kind: 'job', restart: 'no' });
    expect(toComposeService(job, context)).toMatchObject({ healthcheck: { disable: true }, restart: 'no' });
    expect(toComposeService(job, context)).not.toHaveProperty('profiles');
    expect(toComposeService(job, { ...context, isOnDemand: true })).toMatchObject({ profiles: ['jobs'] });
  });

  test('takes an image from a registry as it is', () => {
    const { image, project, isOnDemand, isChecked } = { ...context, image: 'postgres:16' };
    const made = toComposeService(plannedService(), { image, project, isOnDemand, isChecked });
    expect(made).toMatchObject({ image: 'postgres:16' });
    expect(made).not.toHaveProperty('build');
    expect(made).not.toHaveProperty('pull_policy');
  });

  test('leaves doors out, and keeps the names that a service has on them', () => {
    const networks = [
      { ...attachment, network: 'door-db' },
      { network: 'door-api', aliases: ['api', 'public'], join: 'healthy' as const },
      { ...attachment, network: 'egress' },
      { ...attachment, network: 'home' },
    ];
    expect(toComposeService(plannedService({ networks }), context).networks).toEqual({
      egress: {},
      home: { aliases: ['public'] },
    });
    expect(toComposeService(plannedService({ networks: networks.slice(2) }), context).networks).toEqual([
      'egress',
      'home',
    ]);
  });
});
