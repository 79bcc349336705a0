import { addressesCollide, publications } from '../plan/ports.ts';
import { allocateSubnets } from '../plan/subnets.ts';
import type { HostFacts, Issue, Plan } from '../plan/types.ts';
import type { Peak } from '../effects/types.ts';
import { formatBytes } from '../schema/bytes.ts';
import { checkReach } from './reach.ts';
import { error, warning } from './rule.ts';
import { checkSourceFolders } from './sources.ts';

/** What in a plan a host can't give: CPUs, memory, ports, addresses, images, sources. Reports all of it. */
export function checkHost(plan: Plan, facts: HostFacts): readonly Issue[] {
  return [
    ...checkCpus(plan, facts),
    ...checkMemory(plan, facts),
    ...checkUsedPorts(plan, facts),
    ...checkRoom(plan, facts),
    ...checkImages(plan, facts),
    ...checkSourceFolders(plan, facts),
    ...checkReach(plan, facts),
  ];
}

function checkCpus({ services }: Plan, { cpus }: HostFacts): Issue[] {
  return services.flatMap(({ name, limits }) =>
    limits.cpus !== undefined && limits.cpus > cpus
      ? [
          error(
            `slipway:services.${name}.cpus`,
            `"${name}" may use ${limits.cpus} CPUs, and the host has ${cpus}`,
            `${cpus} or less`,
          ),
        ]
      : [],
  );
}

/** Jobs are left out: they have ended when the services run. Only production is kept from promising too much. */
function checkMemory({ services, environment }: Plan, { memory }: HostFacts): Issue[] {
  const limited = services.filter(({ kind, limits }) => kind === 'service' && limits.memory !== undefined);
  const sum = limited.reduce((total, { limits, replicas }) => total + (limits.memory ?? 0) * replicas, 0);
  if (sum <= memory) return [];
  const message = `the memory limits of all replicas add up to ${readable(sum)}, and the host has ${readable(memory)}`;
  const largest = [...limited].sort(
    (a, b) => (b.limits.memory ?? 0) * b.replicas - (a.limits.memory ?? 0) * a.replicas,
  );
  const shares = largest
    .slice(0, 3)
    .map(({ name, limits, replicas }) => `${name} ${formatBytes(limits.memory ?? 0)} × ${replicas}`);
  const accepted = `fewer replicas or lower limits; the most go to ${shares.join(', ')}`;
  return [
    environment === 'prod'
      ? error('slipway:services', message, accepted)
      : warning('slipway:services', message, accepted),
  ];
}

/**
 * Whether a host has room for what runs over the plan during a release. Where the plan alone is too much, that is told
 * already; and limits are no use of memory, so nothing is refused.
 */
export function checkPeak({ memory, planned, over }: Peak, host: Pick<HostFacts, 'memory'>): readonly Issue[] {
  if (memory <= host.memory || planned.memory > host.memory) return [];
  const shares = over.filter((share) => share.memory > 0).slice(0, 3);
  const most = shares.map((share) => `${share.service} ${readable(share.memory)}`).join(', ');
  return [
    warning(
      'slipway:services',
      `while this is brought up, the memory limits of all that runs at once add up to as much as ${readable(memory)}, ` +
        `${readable(memory - planned.memory)} over the plan, and the host has ${readable(host.memory)}`,
      `lower limits, a lower rollout.parallelism, or fewer changes at once (\`--only\`); the most goes to ${most}`,
    ),
  ];
}

/** `12.5 GiB`: for a sum that a person compares. */
function readable(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

function checkUsedPorts({ services }: Plan, { usedPorts }: HostFacts): Issue[] {
  return publications(services).flatMap(({ service, name, published, address }) => {
    const holder = usedPorts.find((used) => used.port === published && addressesCollide(used.address, address));
    if (!holder) return [];
    return [
      error(
        `slipway:ports.${service}.${name}`,
        `port ${published} on ${address} is taken by ${holder.by}`,
        'a port that is free, or false for not published',
      ),
    ];
  });
}

function checkRoom({ networks, pool }: Plan, { usedSubnets }: HostFacts): Issue[] {
  const answer = allocateSubnets({
    pool,
    taken: usedSubnets.map(({ cidr }) => cidr),
    wanted: Object.fromEntries(networks.map(({ name, addresses }) => [name, addresses])),
    kept: {},
  });
  if (!('problem' in answer)) return [];
  return [error('slipway:network.pool', answer.problem, 'a larger block, or one that others use less')];
}

function checkImages({ images, services, system }: Plan, { missingImages }: HostFacts): Issue[] {
  return Object.entries(missingImages).flatMap(([source, cause]) =>
    images
      .filter((image) => (image.reference ?? image.build?.context) === source)
      .map(({ name, build }) => {
        const users = services.flatMap((service) => (service.imageName === name ? [service.name] : []));
        if (build) {
          return error(
            `${system}:images.${name}.build`,
            `the image of ${users.join(', ')} can't be built: ${cause}`,
            'a folder with a Dockerfile, relative to the project',
          );
        }
        return error(
          `slipway:images.${name}`,
          `image ${source} of ${users.join(', ')} can't be had: ${cause}`,
          'an image that the host has or its registry gives',
        );
      }),
  );
}
