import { describe, expect, test } from '@jest/globals';
import { migrations } from '../../../../images/workload/src/migrations.ts';
import { clear, prefix, type Keys } from '../../../../images/workload/src/roles/cache-clear.ts';
import { schemas } from '../../../../images/workload/src/roles/migrate-fresh.ts';
import { examples } from '../../../../images/workload/src/roles/seed.ts';

describe('migrate-fresh', () => {
  test('drops every schema in which a migration makes something, and no other', () => {
    const statements = migrations.map((migration) => migration.statements).join('\n');
    const made = [...statements.matchAll(/CREATE (?:TABLE|VIEW|SEQUENCE|TYPE|FUNCTION) (\w+)\./g)].map(
      ([, schema]) => schema,
    );
    expect([...new Set(made)].sort()).toEqual([...schemas]);
    for (const schema of schemas) expect(statements).toContain(`CREATE SCHEMA IF NOT EXISTS ${schema};`);
  });
});

describe('seed', () => {
  test('has examples with ids of their own, of which some wait and some take their time', () => {
    expect(new Set(examples.map(({ id }) => id)).size).toBe(examples.length);
    expect(examples.some(({ delayMs }) => delayMs > 0)).toBe(true);
    expect(examples.some(({ workMs }) => workMs > 0)).toBe(true);
  });
});

describe('cache-clear', () => {
  /** Redis, as far as clearing needs it: pages of two keys, of which a page may be empty. */
  function store(names: readonly string[]): { readonly keys: Keys; readonly left: () => string[] } {
    const left = new Set(names);
    const keys = {
      scan: (cursor: string, _match: string, pattern: string) => {
        const from = Number(cursor);
        const page = names.slice(from, from + 2).filter((name) => name.startsWith(pattern.replace('*', '')));
        return Promise.resolve([from + 2 < names.length ? String(from + 2) : '0', page]);
      },
      unlink: (...gone: string[]) => Promise.resolve(gone.filter((name) => left.delete(name)).length),
    };
    return { keys: keys as unknown as Keys, left: () => [...left] };
  }

  test('deletes what is cached on every page, and nothing else', async () => {
    const cached = ['a', 'b', 'c'].map((name) => `${prefix}${name}`);
    const others = ['workflows-default:0', 'workflows-default:1', 'session:1'];
    const { keys, left } = store([cached[0] ?? '', ...others, ...cached.slice(1)]);
    expect(await clear(keys)).toBe(3);
    expect(left()).toEqual(others);
  });

  test('is content where nothing is cached', async () => {
    expect(await clear(store(['workflows-default:0']).keys)).toBe(0);
  });
});
