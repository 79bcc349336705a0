import type { SystemInput } from '../../schema/system.ts';
import { catalogue, common, logging } from './catalogue.ts';

type Services = SystemInput['services'];
type Images = SystemInput['images'];
type Secrets = NonNullable<SystemInput['secrets']>;

/*
 * What developers look into the stores with, and what stands for Amazon's services: each in a profile, each from its registry.
 * No package registry that a closed machine reaches has pgAdmin or LocalStack; the workload stands for MailHog.
 */

/** The tools' images, pinned. */
export const toolImages: Images = {
  pgadmin: { reference: 'dpage/pgadmin4:8.14', uid: 5050, gid: 0 },
  'redis-commander': { reference: 'ghcr.io/joeferner/redis-commander:0.9.0', uid: 999, gid: 999 },
  localstack: { reference: 'localstack/localstack:3.8.1', uid: 0, gid: 0 },
};

/** Who logs in to them: generated, shown by `slipway secrets get <name> --reveal`. */
export const toolSecrets: Secrets = {
  PGADMIN_PASSWORD: {
    description: 'Password of dev@lomashwood.local in pgAdmin.',
    format: { kind: 'password', length: 32 },
  },
  REDIS_COMMANDER_PASSWORD: {
    description: 'Password of `dev` in Redis Commander.',
    format: { kind: 'password', length: 32 },
  },
};

const SERVERS = {
  Servers: {
    1: {
      ...{ Name: 'Lomash Wood', Group: 'Servers', Host: 'postgres', Port: 5432, SSLMode: 'prefer' },
      ...{ MaintenanceDB: 'postgres', Username: '${user}' },
    },
  },
};

/** Each may be there already: LocalStack keeps nothing from one start to the next, and forgives what it has. */
const RESOURCES = `#!/bin/sh
set -eu
for bucket in '\${mediaBucket}' '\${assetsBucket}'; do awslocal s3 mb "s3://$bucket"; done
for queue in '\${notificationQueue}' '\${analyticsQueue}'; do awslocal sqs create-queue --queue-name "$queue"; done
awslocal ses verify-email-identity --email-address '\${mailFrom}'
`;

/** The tools, each in a profile of its own name, and all in `tools`. */
export const tools: Services = {
  pgadmin: {
    description: 'Looks into PostgreSQL from a browser.',
    image: 'pgadmin',
    profiles: ['pgadmin', 'tools'],
    bounds: { max: 1 },
    ports: { http: { container: 5050 } },
    dependsOn: { postgres: 'healthy' },
    calls: ['postgres'],
    healthcheck: {
      test: ['CMD', 'wget', '-q', '-O', '/dev/null', 'http://127.0.0.1:5050/misc/ping'],
      ...{ interval: '15s', timeout: '5s', retries: 5, startPeriod: '60s' },
    },
    environment: {
      TZ: common.TZ,
      PGADMIN_DEFAULT_EMAIL: 'dev@lomashwood.local',
      // It refuses an address below .local otherwise.
      PGADMIN_CONFIG_ALLOW_SPECIAL_EMAIL_DOMAINS: "['local']",
      PGADMIN_LISTEN_PORT: 5050,
      PGADMIN_DISABLE_POSTFIX: 'true',
    },
    secrets: { PGADMIN_DEFAULT_PASSWORD: 'PGADMIN_PASSWORD' },
    files: { '/pgadmin4/servers.json': { content: `${JSON.stringify(SERVERS, undefined, 2)}\n` } },
    volumes: { 'pgadmin-data': '/var/lib/pgadmin' },
    tmpfs: { '/tmp': {} },
    readOnly: false,
    capAdd: ['NET_BIND_SERVICE'],
    reasons: {
      capAdd: { NET_BIND_SERVICE: 'The file of its Python asks for it, and the kernel starts it with it only.' },
      readOnly: 'Its entrypoint writes configuration beside its code.',
    },
    logging,
  },
  'redis-commander': {
    description: 'Looks into Redis from a browser.',
    image: 'redis-commander',
    profiles: ['redis-commander', 'tools'],
    bounds: { max: 1 },
    ports: { http: { container: 8081 } },
    dependsOn: { redis: 'healthy' },
    calls: ['redis'],
    healthcheck: {
      test: ['CMD', 'wget', '-q', '-O', '/dev/null', 'http://127.0.0.1:8081/favicon.png'],
      ...{ interval: '15s', timeout: '5s', retries: 5, startPeriod: '30s' },
    },
    environment: {
      TZ: common.TZ,
      ...{ REDIS_HOST: 'redis', REDIS_PORT: 6379, HTTP_USER: 'dev', PORT: 8081 },
    },
    secrets: { REDIS_PASSWORD: 'REDIS_PASSWORD', HTTP_PASSWORD: 'REDIS_COMMANDER_PASSWORD' },
    tmpfs: { '/tmp': {} },
    readOnly: false,
    reasons: { readOnly: 'Its entrypoint writes configuration beside its code.' },
    logging,
  },
  localstack: {
    description: "Stands for Amazon's S3, SES, SQS and Secrets Manager, with both buckets and both queues.",
    image: 'localstack',
    profiles: ['localstack', 'tools'],
    bounds: { max: 1 },
    ports: { aws: { container: 4566 } },
    healthcheck: {
      // Not before what is made at its start is there.
      test: ['CMD-SHELL', 'curl -fsS http://127.0.0.1:4566/_localstack/init/ready | grep -q \'"completed": true\''],
      ...{ interval: '15s', timeout: '5s', retries: 5, startPeriod: '60s' },
    },
    environment: { TZ: common.TZ, SERVICES: 's3,ses,sqs,secretsmanager', AWS_DEFAULT_REGION: '${awsRegion}' },
    files: { '/etc/localstack/init/ready.d/10-lomash-wood.sh': { content: RESOURCES, mode: '0555' } },
    tmpfs: { '/tmp': {}, '/var/lib/localstack': {} },
    readOnly: false,
    reasons: { readOnly: 'It installs what it emulates beside its code.', user: 'Its supervisor starts as root.' },
    logging,
  },
};

/** What the services are told of LocalStack, by service. */
export const awsClients = Object.entries(catalogue).flatMap(([name, { egress, secrets = {} }]) =>
  egress === true && 'AWS_ACCESS_KEY_ID' in secrets ? [name] : [],
);
