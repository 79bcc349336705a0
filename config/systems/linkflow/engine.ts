import type { SystemInput } from '../../schema/system.ts';

type Services = SystemInput['services'];

const environment = { LOG_LEVEL: '${logLevel}', LOG_FORMAT: 'json' };
const secrets = { DATABASE_URL: 'DATABASE_URL', REDIS_URL: 'REDIS_URL' };
const common = { image: 'workload', secrets, tmpfs: { '/tmp': {} } } satisfies Partial<Services[string]>;

/** What has tables of its own waits for the databases, and for the job that makes them where it is part of the stack. */
const databases = {
  postgres: 'healthy',
  redis: 'healthy',
  migrate: { condition: 'completed', required: false },
} satisfies Services[string]['dependsOn'];

function health(port: number, startPeriod = '30s'): Services[string]['healthcheck'] {
  return {
    test: ['CMD', '/usr/local/bin/healthcheck', 'http', String(port), '/health'],
    interval: '10s',
    timeout: '5s',
    retries: 5,
    startPeriod,
  };
}

/** The services that execute: Go in the original, one image with the service's name as its argument. */
export const engine: Services = {
  migrate: {
    ...common,
    description: 'Makes the schemas and tables that the engine works on, then ends.',
    kind: 'job',
    command: ['migrate'],
    profiles: ['migrate'],
    dependsOn: { postgres: 'healthy' },
    calls: ['postgres'],
    environment,
  },
  frontend: {
    ...common,
    description: 'Gateway of the engine, over HTTP and gRPC.',
    command: ['frontend'],
    bounds: { max: 4 },
    ports: { http: { container: 8080, metrics: '/metrics' }, grpc: { container: 9090 } },
    dependsOn: { history: 'healthy', matching: 'healthy' },
    calls: ['history', 'matching', 'visibility', 'postgres', 'redis'],
    healthcheck: health(8080),
    environment: {
      ...environment,
      SERVICE_NAME: 'frontend',
      HTTP_PORT: 8080,
      GRPC_PORT: 9090,
      HISTORY_ADDR: 'history:7234',
      MATCHING_ADDR: 'matching:7235',
      VISIBILITY_ADDR: 'visibility:7237',
      RATE_LIMIT_REQUESTS: 1000,
      RATE_LIMIT_WINDOW: '60s',
      ENGINE_PARTITION_COUNT: '${partitions}',
      JOB_CONSUMER_GROUP: 'engine-group',
      JOB_CLAIM_MIN_IDLE: '30s',
      JOB_CLAIM_BATCH: 50,
    },
    secrets: { ...secrets, JWT_SECRET: 'JWT_SECRET' },
  },
  history: {
    ...common,
    description: 'Records the events of executions and drives them.',
    command: ['history'],
    bounds: { max: 2 },
    ports: { http: { container: 8080, metrics: '/metrics' }, grpc: { container: 7234 } },
    dependsOn: databases,
    calls: ['matching', 'timer', 'postgres', 'redis'],
    healthcheck: health(8080),
    environment: {
      ...environment,
      SERVICE_NAME: 'history',
      HTTP_PORT: 8080,
      GRPC_PORT: 7234,
      SHARD_COUNT: 16,
      MATCHING_ADDR: 'matching:7235',
      TIMER_ADDR: 'timer:7238',
    },
  },
  matching: {
    ...common,
    description: 'Holds the task queues that workers poll.',
    command: ['matching'],
    bounds: { max: 2 },
    ports: { http: { container: 8080, metrics: '/metrics' }, grpc: { container: 7235 } },
    dependsOn: { ...databases, history: 'healthy' },
    calls: ['postgres', 'redis'],
    healthcheck: health(8080),
    environment: {
      ...environment,
      SERVICE_NAME: 'matching',
      HTTP_PORT: 8080,
      GRPC_PORT: 7235,
      PARTITION_COUNT: 4,
      TASK_QUEUE_SYNC_INTERVAL: '1s',
      LONG_POLL_TIMEOUT: '60s',
    },
  },
  worker: {
    ...common,
    description: 'Does the tasks and reports their results to the api.',
    command: ['worker'],
    bounds: { max: 16 },
    ports: { http: { container: 8080, metrics: '/metrics' } },
    // Tasks call whatever a workflow names, on the internet too.
    egress: true,
    dependsOn: { matching: 'healthy' },
    calls: ['api', 'history', 'matching', 'postgres', 'redis'],
    healthcheck: health(8080),
    environment: {
      ...environment,
      SERVICE_NAME: 'worker',
      HTTP_PORT: 8080,
      MATCHING_ADDR: 'matching:7235',
      HISTORY_ADDR: 'history:7234',
      TASK_QUEUE: 'default',
      NUM_WORKERS: 4,
      POLL_INTERVAL: '1s',
      CALLBACK_URL: 'http://api:8000/api/v1/jobs/callback',
    },
    secrets: { ...secrets, CALLBACK_SECRET: 'LINKFLOW_SECRET' },
  },
  timer: {
    ...common,
    description: 'Fires what is delayed; a single leader.',
    command: ['timer'],
    singleton: true,
    ports: { http: { container: 8083, metrics: '/metrics' }, grpc: { container: 7238 } },
    dependsOn: { history: 'healthy' },
    calls: ['history', 'postgres', 'redis'],
    healthcheck: health(8083),
    environment: {
      ...environment,
      SERVICE_NAME: 'timer',
      HTTP_PORT: 8083,
      GRPC_PORT: 7238,
      HISTORY_ADDR: 'history:7234',
      SCAN_INTERVAL: '1s',
      BATCH_SIZE: 100,
    },
  },
  visibility: {
    ...common,
    description: 'Lists and searches executions.',
    command: ['visibility'],
    bounds: { max: 2 },
    ports: { http: { container: 8085, metrics: '/metrics' }, grpc: { container: 7237 } },
    dependsOn: { ...databases, history: 'healthy' },
    calls: ['postgres', 'redis'],
    healthcheck: health(8085),
    environment: { ...environment, SERVICE_NAME: 'visibility', HTTP_PORT: 8085, GRPC_PORT: 7237 },
  },
  edge: {
    ...common,
    description: 'Keeps other regions in step.',
    command: ['edge'],
    profiles: ['edge'],
    // Ours: the guide names no bounds; two would each sync the same.
    bounds: { max: 1 },
    ports: { http: { container: 8080, metrics: '/metrics' } },
    egress: true,
    dependsOn: { history: 'healthy', frontend: 'healthy' },
    calls: ['frontend', 'postgres', 'redis'],
    healthcheck: health(8080),
    environment: {
      ...environment,
      SERVICE_NAME: 'edge',
      HTTP_PORT: 8080,
      FRONTEND_ADDR: 'frontend:9090',
      SYNC_INTERVAL: '30s',
    },
  },
  'control-plane': {
    ...common,
    description: 'Registers the cell with others.',
    command: ['control-plane'],
    profiles: ['control'],
    // Ours: the guide names no bounds; a cell registers once.
    bounds: { max: 1 },
    ports: { http: { container: 8080, metrics: '/metrics' }, grpc: { container: 7239 } },
    dependsOn: { ...databases, history: 'healthy' },
    calls: ['postgres', 'redis'],
    healthcheck: health(8080),
    environment: {
      ...environment,
      SERVICE_NAME: 'control-plane',
      HTTP_PORT: 8080,
      GRPC_PORT: 7239,
      CELL_ID: 'cell-1',
      REGION: 'local',
    },
  },
};
