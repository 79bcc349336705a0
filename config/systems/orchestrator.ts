import { withMonitoring } from '../monitoring/with-monitoring.ts';
import type { SystemDescription } from '../schema/system.ts';
import { psqlTask, redisCliTask, shellTask } from '../stores/clients.ts';
import { postgresImage } from '../stores/postgres.ts';
import { redisSecrets } from '../stores/redis.ts';
import { commonImages } from './images.ts';
import { dev, prod, test, variants } from './orchestrator/environments.ts';
import { services } from './orchestrator/services.ts';
import { smoke } from './orchestrator/smoke.ts';

const { REDIS_PASSWORD, REDIS_ACL } = redisSecrets('redis');

const described: SystemDescription = {
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
  images: { postgres: postgresImage(15), ...commonImages },
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

/** Orchestrator: workflows of HTTP calls, human approvals and language models on PostgreSQL 15 and Redis Streams. */
export const orchestrator: SystemDescription = withMonitoring(described, { postgres: ['postgres'], redis: ['redis'] });
