import { resolve } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { LABELS, ownerLabels } from '../../../engine/labels.ts';
import * as slipway from '../../../providers/slipway/sdk.ts';
import type { Deployed } from '../../engine.ts';
import { secretEnvironment } from './environment.ts';
import { hostName } from './foundation.ts';
import { logOptions } from './logging.ts';
import { serviceMounts, type HostMount } from './mounts.ts';
import type { DockerServiceArgs } from './service.ts';

/** A job on a Docker host: a container that runs to completion, again only when something that it is made of changes. */
export class DockerJob extends pulumi.ComponentResource implements Deployed {
  readonly ready: readonly slipway.Job[];

  constructor(name: string, args: DockerServiceArgs, opts: pulumi.ComponentResourceOptions) {
    super('slipway:components:Service', name, {}, opts);
    const { planned, foundation } = args;
    const mounts = serviceMounts(planned, foundation, args, { parent: this });
    const job = new slipway.Job(planned.name, jobArgs(args, mounts), { parent: this, dependsOn: [...args.dependsOn] });
    this.ready = [job];
    this.registerOutputs({});
  }
}

/** What a container of a service is made of that runs to completion. */
export function jobArgs(
  { planned, foundation, secrets }: DockerServiceArgs,
  mounts: readonly HostMount[],
): slipway.JobArgs {
  return {
    name: `${foundation.prefix}-${planned.name}`,
    service: planned.name,
    image: foundation.images.get(planned.imageName) ?? planned.image,
    command: [...planned.command],
    ...(planned.entrypoint.length > 0 && { entrypoint: [...planned.entrypoint] }),
    ...(planned.user !== undefined && { user: planned.user }),
    environment: { ...planned.environment, ...secretEnvironment(planned, secrets) },
    mounts: [...mounts],
    ...(planned.binds.length > 0 && {
      folders: planned.binds.map(({ source, path, readOnly }) => ({
        source: resolve(foundation.project, source),
        path,
        readOnly,
      })),
    }),
    pidsLimit: planned.pidsLimit,
    ulimits: planned.ulimits,
    tmpfs: Object.fromEntries(
      planned.tmpfs.map(({ path, size }) => [path, size > 0 ? `size=${size},mode=1777` : 'mode=1777']),
    ),
    networks: planned.networks.map(({ network, aliases }) => ({
      network: hostName(foundation.networks, network),
      aliases: [...aliases],
    })),
    labels: foundation.owner.apply((owner) => ({ ...ownerLabels(owner, 'job'), [LABELS.service]: planned.name })),
    ...(planned.limits.memory !== undefined && { memory: planned.limits.memory }),
    ...(planned.swap !== undefined && { swap: planned.swap }),
    ...(planned.limits.cpus !== undefined && { cpus: planned.limits.cpus }),
    readOnly: planned.readOnly,
    capAdd: [...planned.capAdd],
    capDrop: [...planned.capDrop],
    securityOpts: planned.noNewPrivileges ? ['no-new-privileges:true'] : [],
    logDriver: planned.logging.driver,
    logOpts: logOptions(planned, foundation),
    timeoutMs: planned.rollout.healthTimeoutMs,
    triggers: {},
  };
}
