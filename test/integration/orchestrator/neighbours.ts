import { LABELS } from '../../../engine/labels.ts';
import type { TestStack } from '../support/test-stack.ts';

/** What a stack has on its host, by what two stacks could come into each other's way with. */
export interface Belongings {
  readonly names: readonly string[];
  /** Networks that its containers are on. */
  readonly networks: readonly string[];
  readonly subnets: readonly string[];
  /** Volumes that its containers have mounted. */
  readonly volumes: readonly string[];
  /** Ports of the host that it has published. */
  readonly ports: readonly string[];
}

/** Looks at the containers themselves: what they are on and have mounted counts, not what carries the stack's labels. */
export async function belongings(stack: TestStack): Promise<Belongings> {
  const { docker } = stack;
  const found = await Promise.all((await stack.containers()).map(({ Id }) => docker.getContainer(Id).inspect()));
  const networks = unique(found.flatMap(({ NetworkSettings }) => Object.keys(NetworkSettings.Networks)));
  const inspected = await Promise.all(networks.map((name) => docker.getNetwork(name).inspect()));
  return {
    names: unique(found.map(({ Name }) => Name)),
    networks,
    subnets: unique(inspected.flatMap(({ IPAM }) => IPAM?.Config?.map(({ Subnet }) => Subnet ?? '') ?? [])),
    volumes: unique(found.flatMap(({ Mounts }) => Mounts.flatMap(({ Name }) => Name ?? []))),
    ports: unique(
      found.flatMap(({ NetworkSettings }) =>
        Object.values(NetworkSettings.Ports).flatMap((bound) => ((bound as Bound[] | null) ?? []).map(addressOf)),
      ),
    ),
  };
}

interface Bound {
  readonly HostIp: string;
  readonly HostPort: string;
}

function addressOf({ HostIp, HostPort }: Bound): string {
  return `${HostIp}:${HostPort}`;
}

/** What more than one of them has. */
export function shared(all: readonly Belongings[]): string[] {
  const kinds = ['names', 'networks', 'subnets', 'volumes', 'ports'] as const;
  return kinds.flatMap((kind) => {
    const every = all.flatMap((one) => one[kind].map((name) => `${kind} ${name}`));
    return every.filter((name, at) => every.indexOf(name) !== at);
  });
}

/** The containers of a stack, each with what would show that somebody had touched it. */
export async function untouchable(stack: TestStack): Promise<string[]> {
  const found = await Promise.all((await stack.containers()).map(({ Id }) => stack.docker.getContainer(Id).inspect()));
  return found
    .map(({ Id, Config, State, NetworkSettings }) => {
      const networks = Object.keys(NetworkSettings.Networks).sort().join(' ');
      return `${Config.Labels[LABELS.service] ?? ''} ${Id} ${State.StartedAt} ${State.Status} ${networks}`;
    })
    .sort();
}

/** Where a port of a container of the stack is published, as `127.0.0.1:<port>`. */
export async function published(stack: TestStack, service: string, inside: number): Promise<string> {
  const [container] = await stack.containers(service);
  return `127.0.0.1:${container?.Ports.find(({ PrivatePort }) => PrivatePort === inside)?.PublicPort ?? 0}`;
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
