import * as docker from '@pulumi/docker';
import * as pulumi from '@pulumi/pulumi';
import type { PlannedDatabase, PlannedSecret, PlannedService } from '../../../config/plan/types.ts';
import { LABELS } from '../../../engine/labels.ts';
import * as slipway from '../../../providers/slipway/sdk.ts';
import type { Deployed, ServiceArgs } from '../../engine.ts';
import { toContainerArgs } from './container-args.ts';
import { assignments, secretEnvironment } from './environment.ts';
import { hostName, labelList, type Foundation } from './foundation.ts';
import { jobArgs } from './job.ts';
import { logOptions } from './logging.ts';
import { serviceMounts, type HostMount } from './mounts.ts';

/** Inputs of docker.Container that the provider takes and does not apply to a running container. */
const REPLACE_ON_CHANGES = ['mounts', 'tmpfs', 'init', 'healthcheck'];

/** What a service on a Docker host is made from. */
export interface DockerServiceArgs extends ServiceArgs {
  readonly planned: PlannedService;
  readonly foundation: Foundation;
  /** Replicas that run already, as `<service>-<n>`. */
  readonly running: ReadonlySet<string>;
}

/** What a service that runs until it is stopped is made from. */
export interface LongRunningArgs extends DockerServiceArgs {
  /** Secrets that are passwords of roles in it. */
  readonly passwords: readonly PlannedSecret[];
  /** Databases in it. */
  readonly databases: readonly PlannedDatabase[];
}

/** One service on a Docker host: its files, and for each replica a container and the gate that it has to pass. */
export class DockerService extends pulumi.ComponentResource implements Deployed {
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: LongRunningArgs, opts: pulumi.ComponentResourceOptions) {
    super('slipway:components:Service', name, {}, opts);
    const { planned, foundation } = args;
    const mounts = serviceMounts(planned, foundation, args, { parent: this });
    const checked = preflight(args, mounts, { parent: this });
    const gates: slipway.Replica[] = [];
    const rolling: slipway.Replica[] = [];
    for (let number = 1; number <= planned.replicas; number++) {
      const rolls = args.running.has(`${planned.name}-${number}`);
      // So that no more run over the plan than are replaced at once; what is new starts side by side.
      const before = rolls ? rolling.at(-planned.rollout.parallelism) : undefined;
      const dependsOn = [...args.dependsOn, ...checked, ...(before ? [before] : [])];
      const container = replicaContainer(args, number, mounts, { parent: this, dependsOn });
      const gate = replicaGate(args, number, container, { parent: this });
      gates.push(gate);
      if (rolls) rolling.push(gate);
    }
    const databases = postgresDatabases(args, gates, { parent: this });
    this.ready = [...gates, ...databases.values(), ...roles(args, gates, databases, { parent: this })];
    this.registerOutputs({});
  }
}

/** With its data read-only and without a network: it may see everything, and do nothing. */
function preflight(
  args: LongRunningArgs,
  mounts: readonly HostMount[],
  opts: pulumi.CustomResourceOptions,
): slipway.Preflight[] {
  const { planned, foundation } = args;
  if (!planned.preflight) return [];
  const { command, timeoutMs } = planned.preflight;
  const base = jobArgs(
    args,
    mounts.map((mount) => ({ ...mount, readOnly: true })),
  );
  const { entrypoint: _own, ...shared } = base;
  const name = `${planned.name}-preflight`;
  return [
    new slipway.Preflight(
      name,
      {
        ...shared,
        name: `${foundation.prefix}-${name}`,
        service: name,
        entrypoint: [...command.slice(0, 1)],
        command: [...command.slice(1)],
        networks: [],
        timeoutMs,
      },
      { ...opts, dependsOn: [...args.dependsOn] },
    ),
  ];
}

function replicaContainer(
  { planned, foundation, secrets }: DockerServiceArgs,
  number: number,
  mounts: readonly HostMount[],
  opts: pulumi.CustomResourceOptions,
): docker.Container {
  const decided = toContainerArgs(planned, foundation.project, foundation.ports);
  return new docker.Container(
    `${foundation.prefix}-${planned.name}-${number}`,
    {
      ...decided,
      logOpts: logOptions(planned, foundation),
      envs: [...decided.envs, ...assignments(secretEnvironment(planned, secrets))],
      image: foundation.images.get(planned.imageName) ?? planned.image,
      labels: labelList(foundation.owner, 'service', {
        [LABELS.service]: planned.name,
        [LABELS.replica]: String(number),
      }),
      networksAdvanced: planned.networks
        .filter((attachment) => attachment.join === 'create')
        .map(({ network, aliases }) => ({ name: hostName(foundation.networks, network), aliases: [...aliases] })),
      volumes: mounts.map(({ volume, path, readOnly }) => ({ volumeName: volume, containerPath: path, readOnly })),
    },
    {
      ...opts,
      deleteBeforeReplace: planned.rollout.order === 'deleteFirst',
      // A container whose creation failed half-way is made anew: an empty update would report success.
      replaceOnChanges: [...REPLACE_ON_CHANGES, '#initerror'],
    },
  );
}

function replicaGate(
  { planned, foundation, secrets }: DockerServiceArgs,
  number: number,
  container: docker.Container,
  opts: pulumi.CustomResourceOptions,
): slipway.Replica {
  const { healthTimeoutMs, minReadyMs, drainMs, stopGraceMs } = planned.rollout;
  return new slipway.Replica(
    `${planned.name}-${number}`,
    {
      service: planned.name,
      replica: number,
      container: container.id,
      networks: pulumi
        .all(
          planned.networks
            .filter((attachment) => attachment.join === 'healthy')
            .map(({ network, aliases }) => pulumi.all([hostName(foundation.networks, network), [...aliases]])),
        )
        .apply((entries) => Object.fromEntries(entries)),
      ...(planned.routes && {
        routes: planned.routes.map(({ edge, ...route }) => ({ volume: hostName(foundation.lists, edge), ...route })),
      }),
      healthTimeoutMs,
      minReadyMs,
      drainMs,
      stopGraceMs,
      pidsLimit: planned.pidsLimit,
      hasHealthcheck: planned.healthcheck !== undefined,
      // Of a list that holds a secret Pulumi shows nothing at all: by these a preview tells which variable changes.
      ...(planned.environmentSecrets.length > 0 && {
        environment: { ...planned.environment, ...secretEnvironment(planned, secrets) },
      }),
    },
    opts,
  );
}

/** Databases inside a server, by name, made once it is healthy: who waits for the server waits for them too. */
function postgresDatabases(
  { planned, databases }: LongRunningArgs,
  gates: readonly slipway.Replica[],
  opts: pulumi.CustomResourceOptions,
): ReadonlyMap<string, slipway.PostgresDatabase> {
  // The rules have seen to it that there is only one.
  const made = gates.slice(0, 1).flatMap((gate) =>
    databases.flatMap((database): [string, slipway.PostgresDatabase][] => {
      if (database.kind !== 'postgres') return []; // A logical database of Redis is there.
      const { name, owner, admin, extensions } = database;
      const inputs = {
        ...{ service: planned.name, container: gate.container },
        ...{ database: name, owner, admin, extensions: [...extensions] },
      };
      const resource = new slipway.PostgresDatabase(`${planned.name}-${name}`, inputs, { ...opts, dependsOn: [gate] });
      return [[name, resource]];
    }),
  );
  return new Map(made);
}

/** Passwords of roles in a database, set once it is healthy: who waits for the database waits for them too. */
function roles(
  { planned, passwords, secrets }: LongRunningArgs,
  gates: readonly slipway.Replica[],
  databases: ReadonlyMap<string, slipway.PostgresDatabase>,
  opts: pulumi.CustomResourceOptions,
): slipway.PostgresRole[] {
  return gates.slice(0, 1).flatMap((gate) =>
    passwords.flatMap(({ name, postgresRole }) => {
      const password = secrets.get(name);
      if (!postgresRole || !password) return [];
      const { role, database } = postgresRole;
      const inputs = {
        ...{ service: planned.name, container: gate.container, role, user: role, password },
        ...(database !== undefined && { database }),
      };
      const owned = databases.get(database ?? '');
      const dependsOn = owned ? [gate, owned] : [gate];
      return [new slipway.PostgresRole(`${planned.name}-${role}`, inputs, { ...opts, dependsOn })];
    }),
  );
}
