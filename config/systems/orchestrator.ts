import type { SystemDescription } from '../schema/system.ts';
import { psqlTask, redisCliTask, shellTask } from '../stores/clients.ts';
import { postgresImage } from '../stores/postgres.ts';
import { redisSecrets } from '../stores/redis.ts';
import { dev, prod, test, variants } from './orchestrator/environments.ts';
import { services } from './orchestrator/services.ts';
import { smoke } from './orchestrator/smoke.ts';

const { REDIS_PASSWORD, REDIS_ACL } = redisSecrets('redis');

/** Orchestrator: workflows of HTTP calls, human approvals and language models on PostgreSQL 15 and Redis Streams. */
export const orchestrator: SystemDescription = {
  name: 'orchestrator',
  description:
    'Workflow automation: HTTP calls, human approvals and language models, on PostgreSQL 15 and Redis Streams.',
  parameters: {
    ...{ user: 'orchestrator', database: 'orchestrator', logLevel: 'info' },
    // Where agent-runner asks, by the interface of OpenAI.
    modelUrl: 'https://api.openai.com/v1',
    // Where the world finds it.
    domain: 'orchestrator.localhost',
  },
  images: {
    postgres: postgresImage(15),
    redis: { build: { context: 'images/redis' }, uid: 999, gid: 999 },
    nginx: { build: { context: 'images/nginx' }, uid: 101, gid: 101 },
    workload: {
      build: { context: 'images/workload', bundle: { entry: 'src/main.ts', output: 'main.mjs' } },
      uid: 1000,
      gid: 1000,
    },
  },
  secrets: {
    POSTGRES_PASSWORD: {
      description: 'Password of the database user.',
      format: { kind: 'password', length: 32 },
      rotation: { postgresRole: { service: 'postgres', role: '${user}' } },
    },
    REDIS_PASSWORD,
    REDIS_ACL,
    OPENAI_API_KEY: {
      description: "Key of the model's API.",
      format: { kind: 'password', length: 32 },
      provided: true,
    },
  },
  volumes: {
    'postgres-data': { description: 'The database: workflows, runs and what happened to them.' },
    'redis-data': { description: 'Work on its way from service to service.' },
  },
  services,
  tasks: {
    'shell-db': psqlTask('postgres'),
    'shell-redis': redisCliTask('redis'),
    'shell-api': shellTask('orchestrator', 'Opens a shell beside the API.'),
  },
  environments: { dev, test, prod },
  variants,
  smoke,
};
