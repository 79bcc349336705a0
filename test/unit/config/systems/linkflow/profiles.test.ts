import { describe, expect, test } from '@jest/globals';
import type { Plan, PlannedService } from '../../../../../config/plan/types.ts';
import { planOf, resolveLinkflow } from '../../fixture.ts';

/** What each profile of dev and test turns on. */
const PROFILES: Readonly<Record<string, string>> = {
  control: 'control-plane',
  edge: 'edge',
  migrate: 'migrate',
  production: 'nginx',
  scheduler: 'scheduler',
};
const CORE = ['api', 'frontend', 'history', 'matching', 'postgres', 'queue', 'redis', 'timer', 'visibility', 'worker'];
/** In prod these run whatever the profiles. */
const ALWAYS: Readonly<Record<string, readonly string[]>> = {
  dev: [],
  test: [],
  prod: ['listener', 'migrate', 'nginx', 'scheduler'],
};

/** Of monitoring, which is turned on by profiles of its own; what it would lose is kept whether or not it is on. */
const WATCHING = {
  secrets: ['GRAFANA_PASSWORD', 'POSTGRES_MONITORING_PASSWORD', 'REDIS_EXPORTER_PASSWORDS'],
  volumes: ['loki-data', 'prometheus-data'],
};

const names = Object.keys(PROFILES);
const subsets = Array.from({ length: 2 ** names.length }, (_, bits) => names.filter((_name, at) => (bits >> at) % 2));

function planWith(environment: string, profiles: readonly string[]): Plan {
  return planOf(resolveLinkflow({ values: { environment, profiles } }));
}

function namesOf(list: readonly { readonly name: string }[]): string[] {
  return list.map(({ name }) => name);
}

/** Names without repetition, sorted. */
function set(list: readonly string[]): string[] {
  return [...new Set(list)].sort();
}

/** Secrets that running services read, with those that they are made of. */
function neededSecrets({ services, secrets }: Plan): string[] {
  const needed = new Set(services.flatMap((service) => service.secrets.map(({ secret }) => secret)));
  for (const name of needed) {
    const format = secrets.find((secret) => secret.name === name)?.format;
    if (format?.kind !== 'template') continue;
    for (const [, part] of format.template.matchAll(/\$\{(\w+)/g)) if (part !== undefined) needed.add(part);
  }
  return set([...needed]);
}

/** The job that makes the tables is waited for where it is part of the stack: the one trace of a profile in others. */
/** Without what says who waits, and how releases go on behind an edge: neither makes another container. */
function contained({ routes: _routes, rollout, ...service }: PlannedService): object {
  const { minReadyMs: _minReady, drainMs: _drain, ...kept } = rollout;
  return {
    ...service,
    rollout: kept,
    dependsOn: service.dependsOn.filter((wait) => wait.service !== 'migrate'),
  };
}

describe.each(['dev', 'test', 'prod'])('LinkFlow in %s', (environment) => {
  const whole = planWith(environment, names);

  describe.each(subsets.map((profiles) => ({ profiles, title: profiles.join(', ') || 'none' })))(
    'with profiles: $title',
    ({ profiles }) => {
      const plan = planWith(environment, profiles);

      test('runs the core and what the profiles turn on', () => {
        const on = profiles.map((profile) => PROFILES[profile] ?? '');
        expect(namesOf(plan.services)).toEqual(set([...CORE, ...on, ...(ALWAYS[environment] ?? [])]));
      });

      test('has nothing that only services use that are off', () => {
        const { services } = plan;
        expect(namesOf(plan.images)).toEqual(set(services.map(({ imageName }) => imageName)));
        expect(namesOf(plan.networks)).toEqual(
          set(services.flatMap(({ networks }) => networks.map(({ network }) => network))),
        );
        expect(namesOf(plan.volumes)).toEqual(
          set([
            ...services.flatMap(({ volumes }) => volumes.map(({ volume }) => volume)),
            ...(environment === 'test' ? [] : WATCHING.volumes),
          ]),
        );
        expect(namesOf(plan.secrets)).toEqual(set([...neededSecrets(plan), ...WATCHING.secrets]));
        const running = namesOf(services);
        for (const { name } of plan.networks.filter(({ name: network }) => network.startsWith('door-'))) {
          expect(services.flatMap(({ calls }) => calls)).toContain(name.replace('door-', ''));
        }
        for (const { service } of [...plan.tasks, ...(plan.smoke?.urls ?? [])]) expect(running).toContain(service);
        for (const { dependsOn, calls } of services) {
          expect(running).toEqual(expect.arrayContaining([...calls, ...dependsOn.map(({ service }) => service)]));
        }
      });

      test('keeps what runs anyway as it is with all of them: nothing is replaced, no network changes its size', () => {
        for (const network of plan.networks) expect(whole.networks).toContainEqual(network);
        for (const service of plan.services) {
          const same = whole.services.find(({ name }) => name === service.name);
          expect(same && contained(same)).toEqual(contained(service));
        }
      });
    },
  );
});
