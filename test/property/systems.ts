import fc from 'fast-check';
import type { SystemDescription, SystemInput } from '../../config/schema/system.ts';

type ServiceInput = SystemInput['services'][string];

/** What is random about one service; what it may refer to depends on its place. */
interface Seed {
  readonly name: string;
  readonly kind: 'service' | 'job';
  readonly max: number;
  readonly replicas: number;
  readonly singleton: boolean;
  readonly publishes: boolean;
  readonly isFree: boolean;
  readonly hasVolume: boolean;
  readonly hasCertificate: boolean;
  readonly egress: boolean;
  readonly profile: string | undefined;
  readonly waitsFor: readonly number[];
  readonly calls: readonly number[];
  readonly memory: number | undefined;
}

const seed: fc.Arbitrary<Seed> = fc.record({
  name: fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/),
  kind: fc.constantFrom('service', 'service', 'service', 'job'),
  max: fc.integer({ min: 1, max: 12 }),
  replicas: fc.integer({ min: 1, max: 12 }),
  singleton: fc.boolean(),
  publishes: fc.boolean(),
  isFree: fc.boolean(),
  hasVolume: fc.boolean(),
  hasCertificate: fc.boolean(),
  egress: fc.boolean(),
  profile: fc.option(fc.constantFrom('edge', 'extra'), { nil: undefined }),
  waitsFor: fc.array(fc.nat(), { maxLength: 3 }),
  calls: fc.array(fc.nat(), { maxLength: 3 }),
  memory: fc.option(fc.integer({ min: 1, max: 2048 }), { nil: undefined }),
});

/** Valid systems: names that exist, dependencies without a cycle, no port twice, no more replicas than allowed. */
const validSystem: fc.Arbitrary<SystemDescription> = fc
  .uniqueArray(seed, { selector: ({ name }) => name, minLength: 1, maxLength: 10 })
  .map((seeds) => ({
    name: 'shop',
    images: { app: { build: { context: 'images/app' }, uid: 1000, gid: 1000 } },
    secrets: {
      PASSWORD: { description: 'A password.', format: { kind: 'password' } },
      URL: { description: 'An address.', format: { kind: 'template', template: 'db://${PASSWORD|url}@db' } },
      ...Object.fromEntries(seeds.filter(({ hasCertificate }) => hasCertificate).flatMap(certificateSecrets)),
    },
    certificates: Object.fromEntries(
      seeds
        .filter(({ hasCertificate }) => hasCertificate)
        .map(({ name }) => [name, { description: 'Of a service.', names: [name, 'localhost'] }]),
    ),
    volumes: Object.fromEntries(seeds.map(({ name }) => [`${name}-data`, { description: 'Data.' }])),
    services: Object.fromEntries(seeds.map((one, index) => [one.name, serviceOf(one, index, seeds)])),
    environments: { dev: {}, test: {}, prod: {} },
  }));

function certificateSecrets({ name }: Seed): [string, NonNullable<SystemInput['secrets']>[string]][] {
  const stem = name.toUpperCase();
  return [
    [`${stem}_CERT`, { description: 'A certificate.', format: { kind: 'certificate', certificate: name } }],
    [`${stem}_KEY`, { description: 'Its key.', format: { kind: 'private-key', certificate: name } }],
  ];
}

function serviceOf(one: Seed, index: number, seeds: readonly Seed[]): ServiceInput {
  const exclusive = one.singleton || one.publishes || one.hasVolume || one.kind === 'job';
  const waitsFor = one.waitsFor.flatMap((number) => (index === 0 ? [] : (seeds[number % index] ?? [])));
  return {
    description: 'A service.',
    image: 'app',
    kind: one.kind,
    replicas: exclusive ? 1 : Math.min(one.replicas, one.max),
    bounds: { max: one.max },
    singleton: one.singleton,
    profiles: one.profile === undefined ? [] : [one.profile],
    ports: {
      http: { container: 8080, ...(one.publishes && { published: one.isFree ? ('free' as const) : 20_000 + index }) },
    },
    egress: one.egress,
    dependsOn: Object.fromEntries(
      waitsFor.map(({ name, kind }) => [
        name,
        { condition: kind === 'job' ? 'completed' : 'healthy', required: false } as const,
      ]),
    ),
    calls: one.calls.flatMap((number) => seeds[number % seeds.length]?.name ?? []),
    secrets: {
      DB_URL: 'URL',
      ...(one.hasCertificate && {
        TLS_CERT: `${one.name.toUpperCase()}_CERT`,
        TLS_KEY: `${one.name.toUpperCase()}_KEY`,
      }),
    },
    ...(one.hasVolume && { volumes: { [`${one.name}-data`]: '/data' } }),
    ...(one.memory !== undefined && { limits: { memory: `${one.memory}m` } }),
  };
}

/** Profiles that are on. */
const profiles = (description: SystemDescription): fc.Arbitrary<string[]> =>
  fc.subarray([...new Set(Object.values(description.services).flatMap((service) => service.profiles ?? []))]);

/** A valid system and the values of a stack of it. */
export const stackOfSystem: fc.Arbitrary<{ description: SystemDescription; values: Record<string, unknown> }> =
  validSystem.chain((description) =>
    profiles(description).map((on) => ({ description, values: { system: 'shop', environment: 'dev', profiles: on } })),
  );
