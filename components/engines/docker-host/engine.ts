import * as docker from '@pulumi/docker';
import type * as pulumi from '@pulumi/pulumi';
import { portKey } from '../../../config/plan/ports.ts';
import type { PlannedService } from '../../../config/plan/types.ts';
import * as slipway from '../../../providers/slipway/sdk.ts';
import type { Deployed, Engine, EngineArgs, EngineFactory, ReleaseArgs, ServiceArgs } from '../../engine.ts';
import { DockerFoundation, type FoundationArgs } from './foundation.ts';
import { DockerJob } from './job.ts';
import { DockerService } from './service.ts';

/** What is known of a Docker host besides the plan. */
export interface DockerHostArgs extends Pick<
  FoundationArgs,
  'project' | 'contexts' | 'earlierImages' | 'machineBuildArgs'
> {
  /** Address of the engine. */
  readonly host: string;
}

/** One Docker host, through providers of its own: every replica a container. */
class DockerHost implements Engine {
  readonly #args: EngineArgs;
  readonly #opts: pulumi.ComponentResourceOptions;
  readonly #foundation: DockerFoundation;
  readonly #slipway: slipway.Provider;

  constructor({ host, ...foundation }: DockerHostArgs, args: EngineArgs) {
    const { plan, owner, parent } = args;
    this.#args = args;
    this.#slipway = new slipway.Provider('slipway', { host }, { parent });
    this.#opts = { parent, providers: [new docker.Provider('docker', { host }, { parent }), this.#slipway] };
    this.#foundation = new DockerFoundation(plan.prefix, { plan, owner, ...foundation }, this.#opts);
  }

  service(planned: PlannedService, args: ServiceArgs): Deployed {
    const { plan, running } = this.#args;
    const all = { ...args, planned, running, foundation: this.#foundation };
    const passwords = plan.secrets.filter(({ postgresRole }) => postgresRole?.service === planned.name);
    const databases = (plan.databases ?? []).filter(({ service }) => service === planned.name);
    switch (planned.kind) {
      case 'service':
        return new DockerService(planned.name, { ...all, passwords, databases }, this.#opts);
      case 'job':
        return new DockerJob(planned.name, all, this.#opts);
      default:
        return planned.kind satisfies never;
    }
  }

  chosenPort(service: string, port: string): pulumi.Output<number> {
    const chosen = this.#foundation.ports.get(portKey(service, port));
    if (!chosen) throw new Error(`the plan has no port to choose for "${port}" of "${service}"`);
    return chosen;
  }

  release({ note, version, secrets, dependsOn }: ReleaseArgs): void {
    const { plan, parent } = this.#args;
    const images = Object.fromEntries(this.#foundation.released);
    new slipway.Release(
      'release',
      { plan: JSON.stringify(plan), images, secrets, version, note },
      { parent, provider: this.#slipway, dependsOn: [...dependsOn] },
    );
  }
}

/** Makes engines of plans on the Docker host that `host` names. */
export function dockerHost(host: DockerHostArgs): EngineFactory {
  return (args) => new DockerHost(host, args);
}
