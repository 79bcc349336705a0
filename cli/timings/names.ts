import type { Plan } from '../../config/plan/types.ts';
import { TYPES } from '../pulumi/resource-types.ts';
import type { Operation } from './trace.ts';

/** The number of a replica: what its container's and its gate's name end with; 0: it has none. */
export function replicaNumber(name: string): number {
  return Number(/-(\d+)$/.exec(name)?.[1] ?? 0);
}

/** How a person calls what an operation works on: `history`, `worker (replica 2)`, `network home`. */
export function nameOf({ type, name, service }: Operation, plan: Plan): string {
  const short = name.startsWith(`${plan.prefix}-`) ? name.slice(plan.prefix.length + 1) : name;
  switch (type) {
    case TYPES.container:
    case TYPES.replica: {
      const planned = plan.services.find((candidate) => candidate.name === service);
      const isOneOfMany = planned === undefined || planned.replicas > 1;
      return isOneOfMany ? `${service ?? short} (replica ${replicaNumber(name)})` : planned.name;
    }
    case TYPES.job:
      return service ?? short;
    case TYPES.postgresDatabase:
      return `database ${short}`;
    case TYPES.postgresRole:
      return `password of role ${short}`;
    case TYPES.files:
      return `files ${short}`;
    case TYPES.secretDates:
      return 'dates of secrets';
    case TYPES.image:
      return `image ${short}`;
    case TYPES.network:
      return `network ${short}`;
    case TYPES.volume:
      return `volume ${short}`;
    case TYPES.privateKey:
      return `private key ${short}`;
    case TYPES.certificateRequest:
      return `certificate request ${short}`;
    case TYPES.certificate:
    case TYPES.authority:
      return `certificate ${short}`;
    default:
      if (type.startsWith('pulumi:providers:')) return `provider ${packageOf(type)}`;
      return type.startsWith('random:') ? `secret ${short}` : short;
  }
}

/** The line of a report that an operation stands in: that of its service, or of its kind. */
export function lineOf(operation: Operation, plan: Plan): string {
  const { type, service } = operation;
  switch (type) {
    case TYPES.container:
    case TYPES.replica:
    case TYPES.job:
      return service ?? nameOf(operation, plan);
    case TYPES.files:
      return 'files';
    case TYPES.network:
      return 'networks';
    case TYPES.volume:
      return 'volumes';
    default:
      if (type.startsWith('tls:')) return 'certificates';
      return type.startsWith('random:') ? 'secrets' : nameOf(operation, plan);
  }
}

function packageOf(type: string): string {
  return type.split(':').at(-1) ?? type;
}
