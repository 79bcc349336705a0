import type * as pulumi from '@pulumi/pulumi';
import type { Plan, PlannedService } from '../config/plan/types.ts';
import type { ReleaseNote } from '../config/release/types.ts';
import type { Owner } from '../engine/labels.ts';

/**
 * Where a plan's services run. One implementation today, a Docker host; everything that differs between engines stands
 * behind this interface, so that {@link System} knows none.
 */
export interface Engine {
  /**
   * Makes one service: its files, containers and health gates, on the images, networks and volumes that the engine has
   * made for the plan.
   */
  service(planned: PlannedService, args: ServiceArgs): Deployed;
  /** The number of a port of a service whose number the engine chooses. */
  chosenPort(service: string, port: string): pulumi.Output<number>;
  /** Records that the plan stands, with the images that it runs; once all that it depends on does. */
  release(args: ReleaseArgs): void;
}

/** What an engine is made for. */
export interface EngineArgs {
  readonly plan: Plan;
  readonly owner: pulumi.Output<Owner>;
  /** Replicas that run already, as `<service>-<n>`: they are replaced one by one, new ones start side by side. */
  readonly running: ReadonlySet<string>;
  readonly parent: pulumi.Resource;
}

/** Makes the engine of a plan, with what all services stand on. */
export type EngineFactory = (args: EngineArgs) => Engine;

/** What a service needs from outside the engine. */
export interface ServiceArgs {
  /** Values of the plan's secrets by name. */
  readonly secrets: ReadonlyMap<string, pulumi.Output<string>>;
  /** Names of those whose age can be told. */
  readonly dated: readonly string[];
  /** What has to be ready before the first container starts. */
  readonly dependsOn: readonly pulumi.Resource[];
}

/** What is recorded of a release besides the plan and its images. */
export interface ReleaseArgs {
  readonly note: ReleaseNote;
  /** Version of slipway. */
  readonly version: string;
  /** Values by name of the secrets that belong to the release. */
  readonly secrets: Readonly<Record<string, pulumi.Output<string>>>;
  /** What has to stand before. */
  readonly dependsOn: readonly pulumi.Resource[];
}

/** A service that has been made. */
export interface Deployed {
  /** Resources that stand once the service is ready: all replicas healthy, or the job completed. */
  readonly ready: readonly pulumi.Resource[];
}
