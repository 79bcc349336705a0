import { describe, expect, test } from '@jest/globals';
import type { SystemInput } from '../../../../config/schema/system.ts';
import { error, outcome, resolveShop, service, system } from '../fixture.ts';

const LOSS = 'who is logged in has to log in again';

function issuesOf(command: string[], kept: object = {}): readonly unknown[] {
  const services: SystemInput['services'] = {
    app: service({ calls: ['redis'], keeps: { sessions: { in: 'redis', loss: LOSS, ...kept } } }),
    redis: service({ command }),
  };
  return outcome(resolveShop(system(services))).issues;
}

describe('what a service keeps in a Redis', () => {
  test.each([
    ['allkeys-lru', 'any key'],
    ['allkeys-random', 'any key'],
    ['volatile-ttl', 'any key that expires'],
  ])('is told to be at risk under %s, with what it means and what to do', (policy, which) => {
    const message = `"redis" drops ${which} once its memory is full (${policy}), sessions of "app" too: ${LOSS}`;
    expect(issuesOf(['redis-server', '--maxmemory', '256mb', '--maxmemory-policy', policy])).toEqual([
      {
        ...error('shop:services.app.keeps.sessions', message, 'a Redis of its own for sessions, with noeviction'),
        severity: 'warning',
      },
    ]);
  });

  test('names the variant that keeps it elsewhere', () => {
    expect(
      issuesOf(['redis-server', '--maxmemory-policy', 'allkeys-lru'], { elsewhere: 'session-store' }),
    ).toMatchObject([
      {
        severity: 'warning',
        accepted: 'the variant session-store (slipway:variants), which keeps sessions in a Redis with noeviction',
      },
    ]);
  });

  test.each([[['redis-server']], [['redis-server', '--maxmemory-policy', 'noeviction']]])(
    'is safe with %j',
    (command) => {
      expect(issuesOf(command)).toEqual([]);
    },
  );

  test('is in a service that there is', () => {
    expect(issuesOf([], { in: 'rediss' })).toEqual([
      error('shop:services.app.keeps.sessions.in', 'no service "rediss"', 'did you mean "redis"? known: app, redis'),
    ]);
  });
});
