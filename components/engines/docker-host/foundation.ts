import * as docker from '@pulumi/docker';
import * as pulumi from '@pulumi/pulumi';
import { publications, wantedPorts } from '../../../config/plan/ports.ts';
import type { Plan, PlannedImage } from '../../../config/plan/types.ts';
import type { ImageInputs } from '../../../config/release/handover.ts';
import type { ReleasedImage } from '../../../config/release/types.ts';
import { LABELS, ownerLabels, type ObjectKind, type Owner } from '../../../engine/labels.ts';
import * as slipway from '../../../providers/slipway/sdk.ts';
import { argsFor, type ImageContext } from '../../image-context.ts';

/** What all services of a stack stand on. Everything is found by its name in the plan. */
export interface Foundation {
  readonly owner: pulumi.Output<Owner>;
  /** The project's folder, on the machine that deploys: relative ones start from it. */
  readonly project: string;
  /** Prefix of the names on the host. */
  readonly prefix: string;
  /** Local ids of the images. */
  readonly images: ReadonlyMap<string, pulumi.Output<string>>;
  /** What a release has to remember of them. */
  readonly released: ReadonlyMap<string, pulumi.Output<ReleasedImage>>;
  /** Names that the networks have on the host. */
  readonly networks: ReadonlyMap<string, pulumi.Output<string>>;
  /** Names that the data volumes have on the host. */
  readonly volumes: ReadonlyMap<string, pulumi.Output<string>>;
  /** Where the engine has them on the host. */
  readonly mountpoints: ReadonlyMap<string, pulumi.Output<string>>;
  /** Names on the host of the volumes with the lists that edges read, by edge. */
  readonly lists: ReadonlyMap<string, pulumi.Output<string>>;
  /** Numbers of the ports that are chosen on the host, by their keys in the plan. */
  readonly ports: ReadonlyMap<string, pulumi.Output<number>>;
}

/** What a foundation is made from. */
export interface FoundationArgs {
  readonly plan: Plan;
  readonly owner: pulumi.Output<Owner>;
  /** The project's folder. */
  readonly project: string;
  /** Build contexts of the images that are built, by name. */
  readonly contexts: ReadonlyMap<string, ImageContext>;
  /** Inputs of the images of an earlier release, by name: nothing is built or looked up anew. */
  readonly earlierImages?: Readonly<Record<string, ImageInputs>> | undefined;
  /** Build arguments that belong to the machine: where it gets its packages from. */
  readonly machineBuildArgs: Readonly<Record<string, string>>;
}

/** What all services of a stack stand on, on one Docker host: images, networks and volumes. */
export class DockerFoundation extends pulumi.ComponentResource implements Foundation {
  readonly owner: pulumi.Output<Owner>;
  readonly project: string;
  readonly prefix: string;
  readonly images: Foundation['images'];
  readonly released: Foundation['released'];
  readonly networks: Foundation['networks'];
  readonly volumes: Foundation['volumes'];
  readonly mountpoints: Foundation['mountpoints'];
  readonly lists: Foundation['lists'];
  readonly ports: Foundation['ports'];

  constructor(name: string, args: FoundationArgs, opts: pulumi.ComponentResourceOptions) {
    super('slipway:components:Foundation', name, {}, opts);
    this.owner = args.owner;
    this.project = args.project;
    this.prefix = args.plan.prefix;
    const made = images(args, { parent: this });
    this.images = new Map([...made].map(([image, { imageId }]) => [image, imageId]));
    this.released = new Map([...made].map(([image, resource]) => [image, releasedImage(resource)]));
    this.networks = networks(args, { parent: this });
    const kept = volumes(args, { parent: this });
    this.volumes = new Map([...kept].map(([volume, { name: made }]) => [volume, made]));
    this.mountpoints = new Map([...kept].map(([volume, { mountpoint }]) => [volume, mountpoint]));
    this.lists = lists(args, { parent: this });
    this.ports = ports(args, { parent: this });
    this.registerOutputs({});
  }
}

function images(args: FoundationArgs, opts: pulumi.CustomResourceOptions): Map<string, docker.RemoteImage> {
  const used = new Set(args.plan.services.map((service) => service.imageName));
  return new Map(
    args.plan.images
      .filter((image) => used.has(image.name))
      .map((image) => [image.name, remoteImage(image, args, opts)]),
  );
}

function releasedImage({ imageId, name, repoDigest }: docker.RemoteImage): pulumi.Output<ReleasedImage> {
  // The digest is empty where no registry has the image.
  return pulumi
    .all([imageId, name, repoDigest])
    .apply(([id, known, digest]) => ({ id, name: known, ...(digest && { digest }) }));
}

/** Data is protected: it is removed when somebody asks for that by name, and never along with something else. */
function volumes({ plan, owner }: FoundationArgs, opts: pulumi.CustomResourceOptions): Map<string, docker.Volume> {
  return new Map(
    plan.volumes.map((volume) => [
      volume.name,
      new docker.Volume(
        `${plan.prefix}-${volume.name}`,
        { labels: labelList(owner, volume.keep === false ? 'files' : 'data', { [LABELS.service]: volume.service }) },
        { ...opts, protect: volume.keep !== false },
      ),
    ]),
  );
}

/** The ports that are chosen on the host; no resource where there are none. */
function ports({ plan, owner }: FoundationArgs, opts: pulumi.CustomResourceOptions): Foundation['ports'] {
  const wanted = wantedPorts(plan.services);
  const keys = Object.keys(wanted);
  if (keys.length === 0) return new Map();
  const chosen = new slipway.Ports(
    'ports',
    {
      stack: plan.prefix,
      wanted,
      reserved: publications(plan.services).map(({ published }) => published),
      labels: owner.apply(({ instance, stack }) => ({ [LABELS.instance]: instance, [LABELS.stack]: stack })),
    },
    opts,
  );
  return new Map(keys.map((key) => [key, chosen.ports.apply((known) => known[key] ?? notChosen(key))]));
}

function notChosen(key: string): never {
  throw new Error(`no port has been chosen for "${key}"`);
}

/** Made before the services behind an edge, which write what stands in them. */
function lists({ plan, owner }: FoundationArgs, opts: pulumi.CustomResourceOptions): Foundation['lists'] {
  return new Map(
    plan.services
      .filter(({ edge }) => edge !== undefined)
      .map(({ name }) => [
        name,
        new docker.Volume(
          `${plan.prefix}-${name}-lists`,
          { labels: labelList(owner, 'files', { [LABELS.service]: name }) },
          opts,
        ).name,
      ]),
  );
}

function networks(args: FoundationArgs, opts: pulumi.CustomResourceOptions): Foundation['networks'] {
  const { plan, owner } = args;
  const { subnets, gateways } = new slipway.Subnets(
    'subnets',
    {
      stack: plan.prefix,
      pool: plan.pool,
      networks: Object.fromEntries(plan.networks.map((network) => [network.name, network.addresses])),
      labels: owner.apply((known) => ownerLabels(known, 'subnets')),
    },
    opts,
  );
  return new Map(
    plan.networks.map((network) => {
      const made = new docker.Network(
        `${plan.prefix}-${network.name}`,
        {
          driver: 'bridge',
          internal: network.internal,
          // Lifted, not applied: a preview with a new network knows the subnets of the others.
          // An engine names the gateway that it has chosen once it has been restarted: that is no other network.
          ipamConfigs: [
            { subnet: subnets[network.name], gateway: gateways.apply((told) => told?.[network.name] ?? '') },
          ],
          labels: labelList(owner, 'network'),
        },
        opts,
      );
      return [network.name, made.name];
    }),
  );
}

function remoteImage(
  image: PlannedImage,
  { contexts, earlierImages, machineBuildArgs }: FoundationArgs,
  opts: pulumi.CustomResourceOptions,
): docker.RemoteImage {
  const earlier = earlierImages?.[image.name];
  if (earlier) return new docker.RemoteImage(image.name, earlier, opts);
  const context = contexts.get(image.name);
  if (!image.build || !context) {
    return new docker.RemoteImage(image.name, { name: image.reference ?? image.name, keepLocally: true }, opts);
  }
  const { dockerfile, target, args } = image.build;
  return new docker.RemoteImage(
    image.name,
    {
      // The digest in the name makes an image content-addressed: another content is another image, the old one stays.
      name: `slipway/${image.name}:${context.digest}`,
      keepLocally: true,
      build: {
        context: context.path,
        dockerfile,
        ...(target !== undefined && { target }),
        buildArgs: { ...args, ...argsFor(context, machineBuildArgs) },
      },
      triggers: { context: context.digest },
    },
    opts,
  );
}

/** Labels of an object on the host, in the provider's form, sorted as it reads them back. */
export function labelList(
  owner: pulumi.Output<Owner>,
  kind: ObjectKind,
  more: Readonly<Record<string, string>> = {},
): pulumi.Output<{ label: string; value: string }[]> {
  return owner.apply((known) =>
    Object.entries({ ...ownerLabels(known, kind), ...more })
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([label, value]) => ({ label, value })),
  );
}

/** The name on the host of something that the plan names. */
export function hostName(names: ReadonlyMap<string, pulumi.Output<string>>, planned: string): pulumi.Output<string> {
  const name = names.get(planned);
  if (!name) throw new Error(`the plan refers to "${planned}" and does not list it`);
  return name;
}
