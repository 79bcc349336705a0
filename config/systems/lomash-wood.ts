import { withMonitoring } from '../monitoring/with-monitoring.ts';
import type { SystemDescription } from '../schema/system.ts';
import { postgresImage } from '../stores/postgres.ts';
import { redisSecrets } from '../stores/redis.ts';
import { commonImages } from './images.ts';
import { databases, serviceSecrets } from './lomash-wood/catalogue.ts';
import { dev, prod, test } from './lomash-wood/environments.ts';
import { services } from './lomash-wood/services.ts';
import { smoke } from './lomash-wood/smoke.ts';
import { sources } from './lomash-wood/sources.ts';
import { tasks } from './lomash-wood/tasks.ts';

const { REDIS_PASSWORD, REDIS_ACL } = redisSecrets('redis');

const described: SystemDescription = {
  name: 'lomash-wood',
  description: 'Kitchens and bedrooms: a gateway and eight services on eight databases of one PostgreSQL, and Redis.',
  parameters: {
    ...{ user: 'lomash_master', database: 'postgres' },
    ...{ nodeEnv: 'development', logLevel: 'info' },
    // Where the world finds it.
    domain: 'api.lomashwood.localhost',
    // Of SES; its password is a secret.
    ...{ mailFrom: 'noreply@lomashwood.local', smtpUser: '' },
    awsRegion: 'eu-west-2',
    ...{ mediaBucket: 'lomash-dev-media', assetsBucket: 'lomash-dev-assets' },
    ...{ notificationQueue: 'lomash-dev-notifications', analyticsQueue: 'lomash-dev-analytics' },
  },
  images: { postgres: postgresImage(17), ...commonImages },
  certificates: { nginx: { description: 'Shown to the world.', names: ['${domain}', 'localhost'] } },
  secrets: {
    POSTGRES_PASSWORD: {
      description: 'Password of the superuser of PostgreSQL, as whom no service logs in.',
      format: { kind: 'password', length: 32 },
      rotation: { postgresRole: { service: 'postgres', role: '${user}' } },
    },
    ...{ REDIS_PASSWORD, REDIS_ACL },
    ...serviceSecrets,
    AUTH_SECRET: { description: 'Signs sessions.', format: { kind: 'base64', bytes: 32 } },
    STRIPE_SECRET_KEY: { description: 'Opens the account at Stripe.', format: { kind: 'password', length: 32 } },
    STRIPE_WEBHOOK_SECRET: {
      description: 'Signs what Stripe reports; in dev that of `stripe listen`.',
      format: { kind: 'password', length: 32 },
    },
    AWS_ACCESS_KEY_ID: {
      description: 'Key for S3 and SQS; LocalStack takes any.',
      format: { kind: 'password', length: 20 },
    },
    AWS_SECRET_ACCESS_KEY: { description: 'Secret of that key.', format: { kind: 'password', length: 40 } },
    TWILIO_AUTH_TOKEN: { description: 'Opens the account at Twilio.', format: { kind: 'password', length: 32 } },
    FCM_SERVER_KEY: { description: 'Sends push messages by Firebase.', format: { kind: 'password', length: 40 } },
    NGINX_CERTIFICATE: {
      description: 'Certificate of the proxy, with its chain.',
      format: { kind: 'certificate', certificate: 'nginx' },
    },
    NGINX_KEY: {
      description: 'Key of the certificate of the proxy.',
      format: { kind: 'private-key', certificate: 'nginx' },
    },
  },
  databases,
  volumes: {
    'postgres-data': { description: 'The eight databases.' },
    'redis-data': { description: 'Sessions, locks, queues and buffers.' },
  },
  services,
  tasks,
  sources,
  environments: { dev, test, prod },
  smoke,
};

/** Lomash Wood: a gateway and eight services, each on a database and an index of Redis of its own, as its Docker guide describes it. */
export const lomashWood: SystemDescription = withMonitoring(described, { postgres: ['postgres'], redis: ['redis'] });
