import type { Variant } from '../../schema/system.ts';
import { redisCommand } from '../../stores/redis.ts';
import { services } from './services.ts';

/** The remedy for sessions that a cache drops. */
const sessionStore: Variant = {
  description: 'Sessions in a Redis of their own, which drops nothing.',
  // In test they are as short-lived as the stack.
  environments: ['dev', 'prod'],
  overlay: {
    secrets: {
      SESSION_REDIS_URL: {
        description: 'Address of the Redis with the sessions, with its password.',
        format: { kind: 'template', template: 'redis://:${REDIS_PASSWORD|url}@sessions:6379' },
      },
    },
    volumes: { 'session-data': { description: 'Who is logged in.' } },
    services: {
      redis: { description: 'Cache.' },
      sessions: {
        ...services['redis'],
        description: 'Who is logged in.',
        command: redisCommand({ maxMemory: '256mb' }),
        volumes: { 'session-data': '/data' },
        limits: { memory: '512m', cpus: 0.5 },
        reservations: { memory: '384m', cpus: 0.25 },
      },
      app: {
        dependsOn: { sessions: 'healthy' },
        calls: ['database', 'redis', 'sessions'],
        keeps: { sessions: { in: 'sessions' } },
        secrets: { SESSION_REDIS_URL: 'SESSION_REDIS_URL' },
      },
    },
  },
};

/** What a stack may choose beside its environment. */
export const variants: Readonly<Record<string, Variant>> = { 'session-store': sessionStore };
