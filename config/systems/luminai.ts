import { withMonitoring } from '../monitoring/with-monitoring.ts';
import type { SystemDescription } from '../schema/system.ts';
import { postgresImage } from '../stores/postgres.ts';
import { redisSecrets } from '../stores/redis.ts';
import { commonImages } from './images.ts';
import { dev, prod, test } from './luminai/environments.ts';
import { sources } from './luminai/sources.ts';
import { services } from './luminai/services.ts';
import { smoke } from './luminai/smoke.ts';
import { tasks } from './luminai/tasks.ts';
import { variants } from './luminai/variants.ts';

const described: SystemDescription = {
  name: 'luminai',
  description: 'Web application: Symfony on FrankenPHP behind nginx, on PostgreSQL 18 and Redis.',
  parameters: {
    ...{ user: 'luminai_user', database: 'luminai_db', logLevel: 'info' },
    // Where the world finds it, and any name below.
    domain: 'luminai.localhost',
  },
  images: { postgres: postgresImage(18), ...commonImages },
  certificates: {
    nginx: {
      description: 'Shown to the world.',
      // The guide's `*.localhost` is right below a top-level name, where OpenSSL, Node and browsers take no wildcard: below the
      // domain they do.
      names: ['${domain}', '*.${domain}', 'localhost', '*.localhost'],
    },
  },
  secrets: {
    POSTGRES_PASSWORD: {
      description: 'Password of the database user.',
      format: { kind: 'password', length: 32 },
      rotation: { postgresRole: { service: 'database', role: '${user}' } },
    },
    DATABASE_URL: {
      description: 'Address of the database, with its password, as Doctrine reads it.',
      format: {
        kind: 'template',
        template:
          'postgresql://${user}:${POSTGRES_PASSWORD|url}@database:5432/${database}?serverVersion=18&charset=utf8',
      },
    },
    ...redisSecrets('redis'),
    APP_SECRET: { description: 'Signs what the application hands out.', format: { kind: 'hex', bytes: 32 } },
    NGINX_CERTIFICATE: {
      description: 'Certificate of the proxy, with its chain.',
      format: { kind: 'certificate', certificate: 'nginx' },
    },
    NGINX_KEY: {
      description: 'Key of the certificate of the proxy.',
      format: { kind: 'private-key', certificate: 'nginx' },
    },
  },
  volumes: {
    'postgres-data': { description: 'The database: visitors and pages.' },
    'redis-data': { description: 'Sessions, and rendered pages.' },
  },
  services,
  tasks,
  sources,
  environments: { dev, test, prod },
  variants,
  smoke,
};

/** Luminai: a Symfony application on FrankenPHP behind nginx, with PostgreSQL 18 and Redis, as its Docker guide describes it. */
export const luminai: SystemDescription = withMonitoring(described, { postgres: ['database'], redis: ['redis'] });
