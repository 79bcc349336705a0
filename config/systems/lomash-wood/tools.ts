import type { SystemInput } from '../../schema/system.ts';
import { catalogue, common, logging } from './catalogue.ts';

type Services = SystemInput['services'];
type Images = SystemInput['images'];
type Secrets = NonNullable<SystemInput['secrets']>;

/*
 * What developers look into the stores with, and what stands for Amazon's services: each in a profile, each built from packages, as a
 * closed machine reaches those and no registry of images. The workload stands for MailHog, which nobody maintains.
 */

/** The tools' images; what they are made of is pinned in their folders. */
export const toolImages: Images = {
  pgadmin: { build: { context: 'images/pgadmin' }, uid: 5050, gid: 5050 },
  'redis-commander': { build: { context: 'images/redis-commander' }, uid: 999, gid: 999 },
  localstack: { build: { context: 'images/localstack' }, uid: 1000, gid: 1000 },
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
      ...{ Name: 'Lomash Wood', Group: 'Servers', Host: 'postgres', Port: 5432, MaintenanceDB: 'postgres' },
      Username: '${user}',
      ConnectionParameters: { sslmode: 'prefer', connect_timeout: 10, passfile: '/pgpass' },
    },
  },
};

/** An index of Redis for each service, under its name. */
const hosts = Object.entries(catalogue).map(([name, { index }]) => `${name}:redis:6379:${index}`);

/** LocalStack keeps nothing from one start to the next: each is there as soon as it is asked for, and not before. */
const RESOURCES = `import os

import boto3

REGION = os.environ["AWS_DEFAULT_REGION"]


def client(service):
    login = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return boto3.client(service, region_name=REGION, endpoint_url="http://127.0.0.1:4566", **login)


# Amazon's first region is the one that a bucket may not name.
place = {} if REGION == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": REGION}}
for bucket in ('\${mediaBucket}', '\${assetsBucket}'):
    client("s3").create_bucket(Bucket=bucket, **place)
for queue in ('\${notificationQueue}', '\${analyticsQueue}'):
    client("sqs").create_queue(QueueName=queue)
client("ses").verify_email_identity(EmailAddress='\${mailFrom}')
`;

const often = { interval: '15s', timeout: '5s', retries: 5, startPeriod: '90s', startInterval: '2s' };

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
    healthcheck: { test: ['CMD', '/usr/local/bin/healthcheck', 'http', '5050', '/misc/ping'], ...often },
    environment: { TZ: common.TZ, PGADMIN_DEFAULT_EMAIL: 'dev@lomashwood.local' },
    secrets: { PGADMIN_DEFAULT_PASSWORD: 'PGADMIN_PASSWORD', PGPASSWORD: 'POSTGRES_PASSWORD' },
    files: { '/pgadmin4/servers.json': { content: `${JSON.stringify(SERVERS, undefined, 2)}\n` } },
    volumes: { 'pgadmin-data': '/var/lib/pgadmin' },
    tmpfs: { '/tmp': {} },
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
    healthcheck: { test: ['CMD', '/usr/local/bin/healthcheck', 'http', '8081', '/favicon.png'], ...often },
    environment: { TZ: common.TZ, REDIS_HOSTS: hosts.join(','), HTTP_USER: 'dev' },
    secrets: { REDIS_PASSWORD: 'REDIS_PASSWORD', HTTP_PASSWORD: 'REDIS_COMMANDER_PASSWORD' },
    tmpfs: { '/tmp': {} },
    logging,
  },
  localstack: {
    description: "Stands for Amazon's S3, SES, SQS and Secrets Manager, with both buckets and both queues.",
    image: 'localstack',
    profiles: ['localstack', 'tools'],
    bounds: { max: 1 },
    ports: { aws: { container: 4566 } },
    // Not before what is made at its start is there.
    healthcheck: { test: ['CMD', '/usr/local/bin/healthcheck'], ...often },
    environment: { TZ: common.TZ, SERVICES: 's3,ses,sqs,secretsmanager', AWS_DEFAULT_REGION: '${awsRegion}' },
    files: { '/etc/localstack/init/ready.d/lomash-wood.py': { content: RESOURCES } },
    tmpfs: { '/tmp': {}, '/var/lib/localstack': {} },
    logging,
  },
};

/** What the services are told of LocalStack, by service. */
export const awsClients = Object.entries(catalogue).flatMap(([name, { egress, secrets = {} }]) =>
  egress === true && 'AWS_ACCESS_KEY_ID' in secrets ? [name] : [],
);
