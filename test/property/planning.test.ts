import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { longestContainerName } from '../../config/plan/names.ts';
import { waves } from '../../config/plan/order.ts';
import { addressesCollide, publications } from '../../config/plan/ports.ts';
import { renderPlan } from '../../config/plan/render.ts';
import type { Plan } from '../../config/plan/types.ts';
import { resolvePlan, type Resolved } from '../../config/resolve.ts';
import type { SystemDescription } from '../../config/schema/system.ts';
import { stackOfSystem } from './systems.ts';

type Values = Readonly<Record<string, unknown>>;

function resolve(description: SystemDescription, values: Values): Resolved {
  return resolvePlan({ stack: 'dev', values, providedSecrets: [] }, { shop: description });
}

function plan(description: SystemDescription, values: Values): Plan {
  const { plan: found, issues } = resolve(description, values);
  if (!found) throw new Error(JSON.stringify(issues, undefined, 2));
  return found;
}

/** The same tree, the keys of all maps the other way round. */
function reversed<T>(tree: T): T {
  if (typeof tree !== 'object' || tree === null) return tree;
  if (Array.isArray(tree)) return tree.map((item: unknown) => reversed(item)) as T;
  return Object.fromEntries(
    Object.entries(tree)
      .reverse()
      .map(([key, value]: [string, unknown]) => [key, reversed(value)]),
  ) as T;
}

function forEverySystem(check: (description: SystemDescription, values: Values) => void): void {
  fc.assert(
    fc.property(stackOfSystem, ({ description, values }) => {
      check(description, values);
    }),
    { numRuns: 100 },
  );
}

test('the same system gives the same plan, whatever the order of its keys', () => {
  forEverySystem((description, values) => {
    const expected = JSON.stringify(plan(description, values));
    expect(JSON.stringify(plan(description, values))).toBe(expected);
    expect(JSON.stringify(plan(reversed(description), reversed(values)))).toBe(expected);
  });
});

test('a plan is plain data: JSON gives it back whole', () => {
  forEverySystem((description, values) => {
    const made = plan(description, values);
    expect(JSON.parse(JSON.stringify(made))).toEqual(made);
  });
});

test('names are unique, within limits, and refer to what is there', () => {
  forEverySystem((description, values) => {
    const { services, networks, images, secrets, volumes, certificates, prefix } = plan(description, values);
    const names = (list: readonly { readonly name: string }[]): Set<string> => {
      const found = new Set(list.map(({ name }) => name));
      expect(found.size).toBe(list.length);
      return found;
    };
    const known = {
      networks: names(networks),
      images: names(images),
      secrets: names(secrets),
      volumes: names(volumes),
      certificates: names(certificates?.issued ?? []),
    };
    for (const { format } of secrets) {
      if ('certificate' in format) expect(known.certificates).toContain(format.certificate);
    }
    const running = names(services);
    for (const service of services) {
      expect(longestContainerName(prefix, service.name, service.replicas).length).toBeLessThanOrEqual(63);
      expect(known.images).toContain(service.imageName);
      for (const { network } of service.networks) expect(known.networks).toContain(network);
      for (const { secret } of service.secrets) expect(known.secrets).toContain(secret);
      for (const { volume } of service.volumes) expect(known.volumes).toContain(volume);
      for (const other of [...service.calls, ...service.dependsOn.map((wait) => wait.service)]) {
        expect(running).toContain(other);
      }
    }
  });
});

test('no port of the host is published twice', () => {
  forEverySystem((description, values) => {
    const all = publications(plan(description, values).services);
    for (const [index, port] of all.entries()) {
      const twins = all
        .slice(index + 1)
        .filter((other) => other.published === port.published && addressesCollide(other.address, port.address));
      expect(twins).toEqual([]);
    }
  });
});

test('everybody can start, each after those that it waits for', () => {
  forEverySystem((description, values) => {
    const { services } = plan(description, values);
    const order = waves(
      Object.fromEntries(services.map(({ name, dependsOn }) => [name, dependsOn.map(({ service }) => service)])),
    );
    const wave = new Map(order.flatMap((names, index) => names.map((name) => [name, index] as const)));
    expect(wave.size).toBe(services.length);
    for (const { name, dependsOn } of services) {
      for (const { service } of dependsOn) expect(wave.get(service)).toBeLessThan(wave.get(name) ?? -1);
    }
  });
});

test('whoever calls a service shares a network with it on which it has its name', () => {
  forEverySystem((description, values) => {
    const { services } = plan(description, values);
    for (const caller of services) {
      const joined = new Set(caller.networks.filter(({ join }) => join === 'create').map(({ network }) => network));
      for (const name of caller.calls.filter((other) => other !== caller.name)) {
        const callee = services.find((service) => service.name === name);
        const found = callee?.networks.filter(({ network, aliases }) => aliases.includes(name) && joined.has(network));
        expect(found).toHaveLength(1);
      }
    }
  });
});

test('only internal networks are joined late, and only they hold who publishes nothing and needs no way out', () => {
  forEverySystem((description, values) => {
    const { services, networks } = plan(description, values);
    const internal = new Map(networks.map((network) => [network.name, network.internal]));
    for (const service of services) {
      const outside = service.networks.filter(({ network }) => internal.get(network) === false);
      const publishes = service.ports.some(({ published }) => published !== undefined);
      const declared = description.services[service.name]?.egress === true;
      expect(outside.map(({ join }) => join)).toEqual(publishes || declared ? ['create'] : []);
    }
  });
});

test('what shares nothing with its old self goes create-first, everything else delete-first', () => {
  forEverySystem((description, values) => {
    for (const service of plan(description, values).services) {
      const exclusive =
        service.singleton ||
        service.volumes.some(({ readOnly }) => !readOnly) ||
        service.ports.some(({ published }) => published !== undefined);
      expect(service.rollout.order).toBe(exclusive ? 'deleteFirst' : 'createFirst');
      if (exclusive) expect(service.replicas).toBe(1);
    }
  });
});

test('a service that is added, and that nobody knows, leaves the others as they were', () => {
  forEverySystem((description, values) => {
    const before = plan(description, values);
    const newcomer = { description: 'New.', image: 'app', ports: { http: { container: 80 } } };
    const after = plan({ ...description, services: { ...description.services, 'the-newcomer': newcomer } }, values);
    expect(after.services.filter(({ name }) => name !== 'the-newcomer')).toEqual(before.services);
    expect(after.volumes).toEqual(before.volumes);
    expect(after.secrets).toEqual(before.secrets);
    expect(after.networks.filter(({ name }) => name.startsWith('door-'))).toEqual(
      before.networks.filter(({ name }) => name.startsWith('door-')),
    );
  });
});

test('no configuration, however odd, ends in an exception: there is a plan, or an issue says why not', () => {
  const keys = fc.constantFrom(
    'system',
    'environment',
    'profiles',
    'services',
    'images',
    'ports',
    'host',
    'network',
    'x',
  );
  const leaf = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.dictionary(
      fc.constantFrom('api', 'frontend', 'postgres', '__proto__', 'constructor', 'x'),
      fc.jsonValue({ maxDepth: 2 }),
    ),
  );
  fc.assert(
    fc.property(fc.dictionary(keys, leaf), fc.string(), (odd, stack) => {
      const { plan: found, issues } = resolvePlan({
        stack,
        values: { system: 'linkflow', environment: 'dev', ...odd },
        providedSecrets: [],
      });
      const errors = issues.filter(({ severity }) => severity === 'error');
      expect(found === undefined).toBe(errors.length > 0);
      if (found) expect(renderPlan(found)).toContain(`stack ${stack}`);
    }),
    { numRuns: 200 },
  );
});
