import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { secretDateRules } from '../../../config/monitoring/secret-dates.ts';
import type { Plan, PlannedService } from '../../../config/plan/types.ts';
import { resolvePlan } from '../../../config/resolve.ts';
import { systems } from '../../../config/systems/index.ts';
import { eventually } from '../support/eventually.ts';
import { attempt, Bed, docker } from './bed.ts';

jest.setTimeout(300_000);

const watched = Object.entries(systems).flatMap(([name, { monitoring }]) => (monitoring ? [name] : []));
const bed = new Bed();
const locked = ['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];
let image = '';

function planOf(system: string): Plan {
  const { plan, issues } = resolvePlan({
    stack: `${system}-dev`,
    // Prometheus and its exporters, watching nothing but each other and what the system has.
    values: { system, environment: 'dev', profiles: ['prometheus'] },
    ...{ providedSecrets: [], encrypted: [], clearSecrets: [], acceptsMissingSecrets: true },
  });
  if (!plan) throw new Error(JSON.stringify(issues));
  return plan;
}

function serviceOf(plan: Plan, name: string): PlannedService {
  const found = plan.services.find((service) => service.name === name);
  if (!found) throw new Error(`there is no ${name}`);
  return found;
}

/** What a deployment tells of secrets: one that is old, and one of today. */
const DATES = { 'secret-dates.yml': secretDateRules({ OLD: '2020-01-01T00:00:00Z', NEW: new Date().toISOString() }) };

/** A volume with the files of one service that lie in `folder`, as the plan has them but for how long things take, and more. */
async function configured(
  system: string,
  name: string,
  folder: string,
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  const files = serviceOf(planOf(system), name)
    .files.filter(({ path }) => path.startsWith(`${folder}/`))
    .map(({ path, content }) => [path.slice(folder.length + 1), hurried(content)] as const);
  return bed.volume(`${system}-${name}`, image, 103, { ...Object.fromEntries(files), ...more });
}

function hurried(content: string): string {
  return content.replace(/: 1[05]s$/gm, ': 1s').replaceAll('for: 1m\n', 'for: 2s\n');
}

beforeAll(async () => {
  image = await bed.build('prometheus');
  await bed.network();
});

afterAll(() => bed.end());

test.each(watched)('Prometheus takes the configuration of %s, and every expression of its alerts', async (system) => {
  const volume = await configured(system, 'prometheus', '/etc/prometheus');
  const { code, output } = await attempt(
    ...['run', '--rm', '--network', 'none', '-v', `${volume}:/etc/prometheus:ro`, image],
    ...['promtool', 'check', 'config', '/etc/prometheus/prometheus.yml'],
  );
  expect({ code, output }).toMatchObject({ code: 0 });
  expect(output).toMatch(/SUCCESS: \d+ rules found/);
});

describe('one that runs, with Luminai’s configuration', () => {
  const plan = planOf('luminai');
  const exporters = ['blackbox-exporter', 'node-exporter', 'database-exporter', 'redis-exporter'];

  async function start(name: string, options: readonly string[] = []): Promise<string> {
    const service = serviceOf(plan, name);
    const environment = Object.entries(service.environment).flatMap(([variable, value]) => [
      '-e',
      `${variable}=${value}`,
    ]);
    const on = ['--network', bed.name, '--network-alias', name];
    const container = await bed.run(name, image, [...locked, ...on, ...environment, ...options], service.command);
    const [, ...check] = service.healthcheck?.test ?? [];
    await eventually(() => docker('exec', container, ...check));
    return container;
  }

  async function asked(path: string): Promise<string> {
    const line = `exec 3<>/dev/tcp/127.0.0.1/9090; printf 'GET %s HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' '${path}' >&3; cat <&3`;
    return docker('exec', `${bed.name}-prometheus`, 'bash', '-c', line);
  }

  /** What an alert is firing about, by one of its labels, sorted. */
  async function firing(alert: string, label: string): Promise<string[]> {
    const answer = await asked(`/api/v1/query?query=ALERTS%7Balertname=%22${alert}%22,alertstate=%22firing%22%7D`);
    return [...answer.matchAll(new RegExp(`"${label}":"([^"]+)"`, 'g'))].map(([, name = '']) => name).sort();
  }

  beforeAll(async () => {
    const secrets = await bed.volume('secrets', image, 103, {
      DATA_SOURCE_PASS: 'nobody asks',
      REDIS_PASSWORD: '{"redis://redis:6379":"nobody asks"}',
    });
    const modules = await configured('luminai', 'blackbox-exporter', '/etc/blackbox');
    const folders = ['-v', `${secrets}:/run/secrets:ro`, '-v', `${modules}:/etc/blackbox:ro`];
    await Promise.all(exporters.map((name) => start(name, folders)));
    const volume = await configured('luminai', 'prometheus', '/etc/prometheus', DATES);
    await start('prometheus', ['-v', `${volume}:/etc/prometheus:ro`]);
  });

  test('what answers is up, replica by replica, found by the name of its service', async () => {
    await eventually(async () => {
      const answer = await asked('/api/v1/query?query=up==1');
      // That of PostgreSQL takes longer than a hurried scrape to find out that there is none.
      for (const name of ['prometheus', 'blackbox-exporter', 'node-exporter', 'redis-exporter']) {
        expect(answer).toContain(`"service":"${name}"`);
      }
    });
    // What is not there is told by the exporter beside it.
    await eventually(async () => {
      expect(await asked('/api/v1/query?query=redis_up')).toMatch(
        /"service":"redis-exporter"\},"value":\[[\d.]+,"0"\]/,
      );
    });
  });

  test('the host is seen without a folder of it: memory, load, and the file system of the engine', async () => {
    await eventually(async () => {
      expect(await asked('/api/v1/query?query=node_memory_MemAvailable_bytes')).toContain('"value"');
      expect(await asked('/api/v1/query?query=node_filesystem_avail_bytes')).toContain('"mountpoint":"/"');
    });
  });

  test('replicas that are missing raise an alert, and those that are there do not', async () => {
    await eventually(async () => {
      expect(await firing('ReplicaMissing', 'service')).toEqual(
        expect.arrayContaining(['app', 'database', 'nginx', 'redis']),
      );
    });
    expect(await firing('ReplicaMissing', 'service')).not.toContain('node-exporter');
  });

  test('a secret that has had its value for too long raises one, and one of today does not', async () => {
    await eventually(async () => {
      expect(await firing('SecretOld', 'secret')).toEqual(['OLD']);
    });
  });
});
