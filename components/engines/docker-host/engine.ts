import * as docker from '@pulumi/docker';
import type * as pulumi from '@pulumi/pulumi';
import type { PlannedService } from '../../../config/plan/types.ts';
import * as slipway from '../../../providers/slipway/sdk.ts';
import type { Deployed, Engine, EngineArgs, EngineFactory, ServiceArgs } from '../../engine.ts';
import { DockerFoundation, type FoundationArgs } from './foundation.ts';
import { DockerJob } from './job.ts';
import { DockerService } from './service.ts';

/** What is known of a Docker host besides the plan. */
export interface DockerHostArgs extends Pick<FoundationArgs, 'project' | 'contexts' | 'machineBuildArgs'> {
  /** Address of the engine. */
  readonly host: string;
}

/** One Docker host, through providers of its own: every replica a container. */
class DockerHost implements Engine {
  readonly #args: EngineArgs;
  readonly #opts: pulumi.ComponentResourceOptions;
  readonly #foundation: DockerFoundation;

  constructor({ host, ...foundation }: DockerHostArgs, args: EngineArgs) {
    const { plan, owner, parent } = args;
    this.#args = args;
    this.#opts = {
      parent,
      providers: [
        new docker.Provider('docker', { host }, { parent }),
        new slipway.Provider('slipway', { host }, { parent }),
      ],
    };
    this.#foundation = new DockerFoundation(plan.prefix, { plan, owner, ...foundation }, this.#opts);
  }

  service(planned: PlannedService, args: ServiceArgs): Deployed {
    const { plan, running } = this.#args;
    const all = { ...args, planned, running, foundation: this.#foundation };
    const passwords = plan.secrets.filter(({ postgresRole }) => postgresRole?.service === planned.name);
    switch (planned.kind) {
      case 'service':
        return new DockerService(planned.name, { ...all, passwords }, this.#opts);
      case 'job':
        return new DockerJob(planned.name, all, this.#opts);
      default:
        return planned.kind satisfies never;
    }
  }
}

/** Makes engines of plans on the Docker host that `host` names. */
export function dockerHost(host: DockerHostArgs): EngineFactory {
  return (args) => new DockerHost(host, args);
}
