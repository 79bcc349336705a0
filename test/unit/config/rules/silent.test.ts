import { describe, expect, test } from '@jest/globals';
import { resolveShop, service, system } from '../fixture.ts';

function paths(changes: Parameters<typeof service>[0]): string[] {
  return resolveShop(system({ web: service(changes) })).issues.map(({ path }) => path);
}

describe('a health check', () => {
  type Check = [kind: 'CMD' | 'CMD-SHELL', command: string, ...more: string[]];
  const check = (test: Check) => paths({ healthcheck: { test } });

  test.each<[Check]>([
    [['CMD-SHELL', 'pgrep -f "queue:work" > /dev/null']],
    [['CMD-SHELL', 'pgrep -lf queue']],
    [['CMD-SHELL', 'ps aux | grep queue:work']],
    [['CMD', 'sh', '-c', "ps | grep '[q]ueue' || pgrep --full queue"]],
    [['CMD-SHELL', 'curl -f localhost || true']],
    [['CMD-SHELL', 'curl -f localhost || exit 0']],
  ])('that can never fail is refused: %j', (test) => {
    expect(check(test)).toEqual(['shop:services.web.healthcheck.test']);
  });

  test.each<[Check]>([
    [['CMD', 'pgrep', '-f', 'queue']],
    [['CMD-SHELL', 'pgrep php-fpm']],
    [['CMD-SHELL', 'ps | grep queue | grep -v grep']],
    [['CMD-SHELL', 'curl -f localhost || exit 1']],
    [['CMD', '/usr/local/bin/healthcheck', 'http', '80', '/health']],
  ])('that can is taken: %j', (test) => {
    expect(check(test)).toEqual([]);
  });
});

describe('a job', () => {
  const job = (command: string[]) => paths({ kind: 'job', command });

  test('whose failure is passed over is refused', () => {
    expect(job(['sh', '-c', 'php artisan migrate --force || echo "migration complete"'])).toEqual([
      'shop:services.web.command',
    ]);
    expect(job(['bash', '-ec', 'migrate || :'])).toEqual(['shop:services.web.command']);
  });

  test('whose failure tells is taken', () => {
    expect(job(['sh', '-c', 'test -e done || migrate'])).toEqual([]);
    expect(job(['php', 'artisan', 'migrate'])).toEqual([]);
  });
});
