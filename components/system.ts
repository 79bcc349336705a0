import * as pulumi from '@pulumi/pulumi';
import * as random from '@pulumi/random';
import type { Plan, PlannedService } from '../config/plan/types.ts';
import { datedSecrets } from '../config/plan/secrets.ts';
import { keptSecrets } from '../config/release/secrets.ts';
import type { ReleaseNote } from '../config/release/types.ts';
import type { Owner } from '../engine/labels.ts';
import { issueCertificates } from './certificates.ts';
import type { Deployed, Engine, EngineFactory, ServiceArgs } from './engine.ts';
import { secretValues } from './secrets.ts';

/** What a system is deployed from. */
export interface SystemArgs {
  readonly plan: Plan;
  readonly engine: EngineFactory;
  /** Replicas that run already, as `<service>-<n>`. */
  readonly running: ReadonlySet<string>;
  /** Reads a secret that somebody has set in the stack's configuration. */
  readonly provided: (name: string) => pulumi.Output<string>;
  /** Values of the secrets of an earlier release, where it is one that is deployed. */
  readonly earlierSecrets?: Readonly<Record<string, string>> | undefined;
  readonly note: ReleaseNote;
  /** Version of slipway. */
  readonly version: string;
}

/** A whole container system, as its plan says. */
export class System extends pulumi.ComponentResource {
  /** The stack's own id, a label of everything that belongs to it. */
  readonly instance: pulumi.Output<string>;
  /** Addresses on the host, by what they are called. */
  readonly urls: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: SystemArgs, opts?: pulumi.ComponentResourceOptions) {
    super('slipway:components:System', name, {}, opts);
    const { plan } = args;
    this.instance = new random.RandomId('instance', { byteLength: 4 }, { parent: this, protect: true }).hex;
    const engine = args.engine({ plan, owner: ownerOf(plan, this.instance), running: args.running, parent: this });
    const issued = plan.certificates && issueCertificates(plan.certificates, this);
    const { provided, earlierSecrets: earlier, note, version } = args;
    const secrets = secretValues(plan.secrets, { provided, issued, earlier }, this);
    const dependsOn = deployServices(plan.services, engine, { secrets, dated: datedSecrets(plan.secrets) });
    engine.release({ note, version, secrets: released(plan, secrets), dependsOn });
    this.urls = pulumi.output(urlsOf(plan, engine));
    this.registerOutputs({ instance: this.instance, urls: this.urls });
  }
}

function ownerOf(plan: Plan, instance: pulumi.Output<string>): pulumi.Output<Owner> {
  const { system, environment, stack } = plan;
  return instance.apply((id) => ({ instance: id, system, environment, stack }));
}

/** The values that a rollback brings back. */
function released(
  plan: Plan,
  secrets: ReadonlyMap<string, pulumi.Output<string>>,
): Readonly<Record<string, pulumi.Output<string>>> {
  return Object.fromEntries(
    keptSecrets(plan.secrets).flatMap((name) => {
      const value = secrets.get(name);
      return value ? [[name, value]] : [];
    }),
  );
}

/**
 * Makes every service after those it waits for; gives what stands once all are ready. The rules have seen to it that
 * there is no cycle.
 */
function deployServices(
  services: readonly PlannedService[],
  engine: Engine,
  known: Pick<ServiceArgs, 'secrets' | 'dated'>,
): pulumi.Resource[] {
  const byName = new Map(services.map((service) => [service.name, service]));
  const deployed = new Map<string, Deployed>();
  const deploy = (service: PlannedService): Deployed => {
    const existing = deployed.get(service.name);
    if (existing) return existing;
    const dependsOn = service.dependsOn.flatMap((dependency) => {
      const target = byName.get(dependency.service);
      return target ? deploy(target).ready : [];
    });
    const result = engine.service(service, { ...known, dependsOn });
    deployed.set(service.name, result);
    return result;
  };
  return services.flatMap((service) => deploy(service).ready);
}

/** Where a person finds the system: what its description calls worth showing, with the ports of this stack. */
function urlsOf(plan: Plan, engine: Engine): Record<string, pulumi.Input<string>> {
  return Object.fromEntries(
    (plan.smoke?.urls ?? []).flatMap((url) => {
      const port = plan.services
        .find((service) => service.name === url.service)
        ?.ports.find((candidate) => candidate.name === url.port);
      if (port?.published === undefined) return [];
      const reached = port.address === '0.0.0.0' || port.address === undefined ? '127.0.0.1' : port.address;
      const isTls = port.name.startsWith('https');
      const scheme = isTls ? 'https://' : port.name.startsWith('http') ? 'http://' : '';
      // Who shows a certificate is asked by a name that stands in it.
      const address = (isTls ? plan.smoke?.host : undefined) ?? reached;
      const number = port.published === 'free' ? engine.chosenPort(url.service, url.port) : port.published;
      return [[url.label, pulumi.interpolate`${scheme}${address}:${number}${url.path}`]];
    }),
  );
}
