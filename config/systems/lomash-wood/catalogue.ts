import type { SystemInput } from '../../schema/system.ts';

type Services = SystemInput['services'];
type Secrets = NonNullable<SystemInput['secrets']>;
type Databases = NonNullable<SystemInput['databases']>;

/** One of the eight services: all that is its own, by what the rest is made from. */
export interface Entry {
  /** What its secrets are called after: `AUTH` of AUTH_DB_PASSWORD. */
  readonly prefix: string;
  readonly description: string;
  readonly port: number;
  readonly debugPort: number;
  /** Database, its owner, and what is made in it beside what all have. */
  readonly database: string;
  readonly owner: string;
  readonly extensions?: readonly string[];
  /** Index of its logical database in Redis. */
  readonly index: number;
  /** Others of the eight that it asks. */
  readonly asks?: readonly string[];
  /** Secrets beside its two addresses: variable → secret. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** True: it talks to the world. */
  readonly egress?: true;
}

/** In every database; those of a service alone stand with it. */
const EVERYWHERE = ['citext', 'pgcrypto', 'uuid-ossp'];

const aws = { AWS_ACCESS_KEY_ID: 'AWS_ACCESS_KEY_ID', AWS_SECRET_ACCESS_KEY: 'AWS_SECRET_ACCESS_KEY' };

/** The services by name, as the guide's tables have them: ports, databases, owners, indexes. */
export const catalogue: Readonly<Record<string, Entry>> = {
  'auth-service': {
    prefix: 'AUTH',
    description: 'Users, sessions and roles.',
    ...{ port: 3001, debugPort: 9230, index: 0 },
    ...{ database: 'lomash_auth', owner: 'lomash_auth' },
    secrets: { AUTH_SECRET: 'AUTH_SECRET' },
  },
  'product-service': {
    prefix: 'PRODUCT',
    description: 'Products, categories, colours and stock.',
    ...{ port: 3002, debugPort: 9231, index: 1 },
    ...{ database: 'lomash_products', owner: 'lomash_product', extensions: ['pg_trgm'] },
  },
  'order-payment-service': {
    prefix: 'ORDER',
    description: 'Orders, payments, invoices and refunds.',
    ...{ port: 3003, debugPort: 9232, index: 2 },
    ...{ database: 'lomash_orders', owner: 'lomash_order' },
    asks: ['product-service', 'notification-service', 'analytics-service', 'customer-service'],
    secrets: { STRIPE_SECRET_KEY: 'STRIPE_SECRET_KEY', STRIPE_WEBHOOK_SECRET: 'STRIPE_WEBHOOK_SECRET' },
    egress: true,
  },
  'appointment-service': {
    prefix: 'APPOINTMENT',
    description: 'Bookings, availability and consultants.',
    ...{ port: 3004, debugPort: 9233, index: 3 },
    // No two appointments of a consultant overlap: a constraint over text and time.
    ...{ database: 'lomash_appointments', owner: 'lomash_appointment', extensions: ['btree_gist'] },
  },
  'content-service': {
    prefix: 'CONTENT',
    description: 'Pages, blogs, the media wall and landing pages.',
    ...{ port: 3005, debugPort: 9234, index: 4 },
    ...{ database: 'lomash_content', owner: 'lomash_content', extensions: ['pg_trgm', 'unaccent'] },
    secrets: aws,
    environment: { AWS_S3_BUCKET: '${mediaBucket}', AWS_S3_ASSETS_BUCKET: '${assetsBucket}' },
    egress: true,
  },
  'customer-service': {
    prefix: 'CUSTOMER',
    description: 'Profiles, wish lists, reviews and points.',
    ...{ port: 3006, debugPort: 9235, index: 5 },
    ...{ database: 'lomash_customers', owner: 'lomash_customer' },
  },
  'notification-service': {
    prefix: 'NOTIFICATION',
    description: 'Mail, text messages and push messages.',
    ...{ port: 3007, debugPort: 9236, index: 6 },
    ...{ database: 'lomash_notifications', owner: 'lomash_notification' },
    secrets: { ...aws, TWILIO_AUTH_TOKEN: 'TWILIO_AUTH_TOKEN', FCM_SERVER_KEY: 'FCM_SERVER_KEY' },
    environment: {
      ...{ SMTP_HOST: 'mailhog', SMTP_PORT: '1025', SMTP_SECURE: 'false', MAIL_FROM: '${mailFrom}' },
      AWS_SQS_QUEUE: '${notificationQueue}',
    },
    egress: true,
  },
  'analytics-service': {
    prefix: 'ANALYTICS',
    description: 'Events, funnels and dashboards.',
    ...{ port: 3008, debugPort: 9237, index: 7 },
    ...{ database: 'lomash_analytics', owner: 'lomash_analytics', extensions: ['pg_stat_statements', 'pg_trgm'] },
    secrets: aws,
    environment: { AWS_SQS_QUEUE: '${analyticsQueue}' },
    egress: true,
  },
};

/** What a service answers to inside the stack. */
export function urlOf(name: string): string {
  return `http://${name}:${catalogue[name]?.port ?? 0}`;
}

/** The variable that an address is told in: AUTH_SERVICE_URL. */
export function urlVariable(name: string): string {
  return `${name.toUpperCase().replaceAll('-', '_')}_URL`;
}

/** The job that makes the tables of a service. */
export function migrationOf(name: string): string {
  return `migrate-${name.replace(/-service$/, '')}`;
}

/** What every container of the original is told. */
export const common = { NODE_ENV: '${nodeEnv}', TZ: 'Europe/London', LOG_LEVEL: '${logLevel}' };

/** Ten megabytes five times over, as the guide's files have it. */
export const logging = {
  driver: 'json-file',
  options: { 'max-file': '5', 'max-size': '10m' },
} satisfies Services[string]['logging'];

function databaseUrl({ prefix, database, owner }: Entry): string {
  const login = `${owner}:\${${prefix}_DB_PASSWORD|url}`;
  return `postgresql://${login}@\${postgres:host}:\${postgres:port}/${database}?schema=public&sslmode=\${postgres:sslmode}`;
}

/**
 * The addresses of the databases where somebody else runs them: their server has a time of its own, and perhaps an authority, which
 * the stack names.
 */
export const urlsElsewhere = Object.fromEntries(
  Object.values(catalogue).map((entry) => [
    `${entry.prefix}_DATABASE_URL`,
    {
      format: {
        kind: 'template' as const,
        template: `${databaseUrl(entry)}&sslrootcert=\${postgres:ca}&options=-c%20TimeZone%3DEurope%2FLondon`,
      },
    },
  ]),
);

/** Databases of a service: one of PostgreSQL, one of Redis. */
export const databases: Databases = Object.fromEntries(
  Object.values(catalogue).flatMap(
    ({ prefix, database, owner, extensions = [], index }): [string, Databases[string]][] => [
      [
        database,
        {
          ...{ kind: 'postgres', service: 'postgres', owner, password: `${prefix}_DB_PASSWORD` },
          extensions: [...EVERYWHERE, ...extensions],
        },
      ],
      [`redis-${prefix.toLowerCase()}`, { kind: 'redis', service: 'redis', index }],
    ],
  ),
);

/** A password and two addresses for each service; none is another's. */
export const serviceSecrets: Secrets = Object.fromEntries(
  Object.entries(catalogue).flatMap(([name, entry]): [string, Secrets[string]][] => [
    [
      `${entry.prefix}_DB_PASSWORD`,
      { description: `Password of the role that owns ${entry.database}.`, format: { kind: 'password', length: 32 } },
    ],
    [
      `${entry.prefix}_DATABASE_URL`,
      {
        description: `Address of the database of ${name}, with its password.`,
        format: { kind: 'template', template: databaseUrl(entry) },
      },
    ],
    [
      `${entry.prefix}_REDIS_URL`,
      {
        description: `Address of the logical database of ${name} in Redis, with the password.`,
        format: {
          kind: 'template',
          template: `\${redis:scheme}://:\${REDIS_PASSWORD|url}@\${redis:host}:\${redis:port}/${entry.index}`,
        },
      },
    ],
  ]),
);
