import { expect, test } from '@jest/globals';
import type { PlannedService } from '../../../../../config/plan/types.ts';
import { planOf, resolveLinkflow } from '../../fixture.ts';

/*
 * Where LinkFlow's own Compose files fall down, the plan does not. What they do is told by each test.
 */

const profiles = ['control', 'edge', 'migrate', 'production', 'scheduler'];
const plans = ['dev', 'test', 'prod'].map((stack) => planOf(resolveLinkflow({ stack, values: { profiles } })));
const everyService = plans.flatMap(({ services }) => services);
const [, tested, prod] = plans;

function inProd(name: string): PlannedService {
  const found = planOf(resolveLinkflow({ stack: 'prod' })).services.find((service) => service.name === name);
  if (!found) throw new Error(`prod runs no ${name}`);
  return found;
}

test('prod runs nginx and scheduler without a profile: the original’s empty list does not clear that of its base', () => {
  expect(inProd('nginx').profiles).toEqual([]);
  expect(inProd('scheduler').profiles).toEqual([]);
});

test('the certificate that PostgreSQL is told of is there: the original names one that no image has', () => {
  const { command, secrets } = inProd('postgres');
  const told = command.flatMap((argument) => /^ssl_(?:cert|key)_file=(.*)$/.exec(argument)?.[1] ?? []);
  expect(told).toHaveLength(2);
  expect(secrets.map(({ path }) => path)).toEqual(expect.arrayContaining(told));
  const sources = Object.fromEntries(prod?.secrets.map(({ name, source }) => [name, source]) ?? []);
  expect(sources).toMatchObject({ POSTGRES_CERTIFICATE: 'issued', POSTGRES_KEY: 'issued' });
});

test('what first boot grants, it grants on the database that it makes: the original’s test grants on another', () => {
  const postgres = tested?.services.find(({ name }) => name === 'postgres');
  const script = postgres?.files.find(({ path }) => path.startsWith('/docker-entrypoint-initdb.d/'))?.content ?? '';
  expect(postgres?.environment['POSTGRES_DB']).toBe('linkflow_test');
  expect([...script.matchAll(/ON DATABASE "?(\w+)"?/g)].map(([, name]) => name)).toEqual(['linkflow_test']);
});

test('nginx writes where it may: the original’s has a read-only root and no place for its cache', () => {
  const { readOnly, tmpfs, files } = inProd('nginx');
  expect(readOnly).toBe(true);
  const configuration = files.map(({ content }) => content).join('\n');
  const written = [...configuration.matchAll(/^\s*(?:\w+_temp_path|pid|proxy_cache_path)\s+([^\s;]+)/gm)].map(
    ([, path = '']) => path,
  );
  expect(written.length).toBeGreaterThan(0);
  const writable = tmpfs.map(({ path }) => `${path}/`);
  expect(written.filter((path) => !writable.some((folder) => path.startsWith(folder)))).toEqual([]);
});

test('nginx looks names up again: the original keeps the addresses that it had when it started', () => {
  const { files, edge } = inProd('nginx');
  const configuration = files.map(({ content }) => content).join('\n');
  const servers = Object.values(edge?.lists ?? {}).flatMap((list) => /^\s*server \S+:\d+.*;/m.exec(list) ?? []);
  expect(servers).toHaveLength(2);
  for (const line of servers) expect(line).toMatch(/ resolve\b/);
  expect(configuration).toMatch(/resolver 127\.0\.0\.11 valid=\d+s/);
});

test('nginx needs no way out: the original staples, through a public resolver', () => {
  const configuration = inProd('nginx')
    .files.map(({ content }) => content)
    .join('\n');
  expect(configuration).not.toMatch(/ssl_stapling|8\.8\.8\.8|1\.1\.1\.1/);
});

test('no password stands where inspect shows it: the original’s is an argument of Redis and of its health check', () => {
  for (const { command, entrypoint, healthcheck, environment } of everyService) {
    const shown = [...command, ...entrypoint, ...(healthcheck?.test ?? [])].join(' ');
    expect(shown).not.toMatch(/requirepass|redis-cli.* (?:-a|--pass)\b|PGPASSWORD=[^"$]/);
    const named = Object.keys(environment).filter(
      (name) => /PASSWORD|SECRET|_KEY$/.test(name) && !name.endsWith('_FILE'),
    );
    expect(named).toEqual([]);
  }
});

test('every health check can fail: the original’s find the shell that they run in', () => {
  const checks = everyService
    .filter(({ kind }) => kind === 'service')
    .map(({ name, healthcheck }) => [name, healthcheck?.test]);
  expect(checks.filter(([, test]) => test === undefined)).toEqual([]);
  expect(JSON.stringify(checks)).not.toMatch(/pgrep|\bps\b/);
});

test('a migration that fails has failed: the original’s ends with `|| echo`', () => {
  const migrate = inProd('migrate');
  expect(migrate.kind).toBe('job');
  expect(migrate.command.join(' ')).not.toContain('||');
  const waiting =
    prod?.services.filter(({ dependsOn }) => dependsOn.some(({ service }) => service === 'migrate')) ?? [];
  expect(waiting.length).toBeGreaterThan(0);
  for (const { dependsOn } of waiting) {
    expect(dependsOn).toContainEqual({ service: 'migrate', condition: 'completed' });
  }
});
