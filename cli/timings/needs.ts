import type { Plan, PlannedService } from '../../config/plan/types.ts';
import { isRemoval } from '../progress/progress.ts';
import { TYPES } from '../pulumi/resource-types.ts';
import { replicaNumber } from './names.ts';
import type { Operation } from './trace.ts';

/** What an operation is found by among the others of its run. */
export function idOf({ type, name, op }: Pick<Operation, 'type' | 'name' | 'op'>): string {
  return `${type} ${name}${isRemoval(op) ? ' removal' : ''}`;
}

/**
 * The operations of the same run that an operation can have waited for, by id: what its inputs come from, the gates of
 * the services that it depends on, its provider. Engine events do not tell, the way that plans become resources does.
 */
export function needsOf(operation: Operation, operations: readonly Operation[], plan: Plan): string[] {
  const { type, op, urn } = operation;
  const others = operations.filter((other) => other !== operation);
  if (isRemoval(op)) return removalNeeds(operation, others);
  const wanted = wantedBy(operation, plan);
  const replaced = others.filter((other) => other.urn === urn && isRemoval(other.op));
  const isNeeded = (other: Operation): boolean =>
    !isRemoval(other.op) && (isProviderOf(other, operation) || wanted.some((matches) => matches(other)));
  // Pulumi starts providers one after the other.
  const isQueue = type.startsWith('pulumi:providers:');
  return [
    ...others.filter((other) => (isQueue ? other.type.startsWith('pulumi:providers:') : isNeeded(other))),
    ...replaced,
  ].map(idOf);
}

type Matches = (other: Operation) => boolean;

const isSecret: Matches = ({ type }) => type.startsWith('random:');
const isIssued: Matches = ({ type }) => type.startsWith('tls:');
const GATES: readonly string[] = [TYPES.replica, TYPES.job, TYPES.postgresDatabase, TYPES.postgresRole];

/** A removal comes last, or before what takes its place; of two removals, that of the dependant comes first. */
function removalNeeds({ type, service }: Operation, others: readonly Operation[]): string[] {
  const isOwnGate: Matches = (other) => other.type === TYPES.replica && other.service === service;
  return others
    .filter((other) => !isRemoval(other.op) || (type !== TYPES.replica && isOwnGate(other)) || type === TYPES.network)
    .map(idOf);
}

function isProviderOf(other: Operation, { type }: Operation): boolean {
  return other.type === `pulumi:providers:${type.split(':')[0] ?? ''}`;
}

/** What the inputs of a resource come from. */
function wantedBy({ type, service, name }: Operation, plan: Plan): Matches[] {
  const planned = plan.services.find((candidate) => candidate.name === service);
  switch (type) {
    case TYPES.subnets:
    case TYPES.ports:
    case TYPES.volume:
      return [isSecret];
    case TYPES.network:
      return [isSecret, (other) => other.type === TYPES.subnets];
    case TYPES.authority:
    case TYPES.certificateRequest:
      return [(other) => other.type === TYPES.privateKey && other.name === name];
    case TYPES.certificate:
      return [
        (other) => other.type === TYPES.certificateRequest && other.name === name,
        (other) => other.type === TYPES.authority,
      ];
    case TYPES.files:
      return planned === undefined ? [] : [isSecret, isIssued, isDateOf(planned), isImageOf(planned)];
    case TYPES.secretDates:
      return [isSecret];
    case TYPES.container:
    case TYPES.job:
      return planned === undefined ? [] : containerNeeds(planned, plan, name);
    case TYPES.replica:
      return planned === undefined ? [] : [...gatesBefore(planned, name), isContainerOf(planned, name)];
    case TYPES.postgresDatabase:
      return [isGateOf(service)];
    case TYPES.postgresRole:
      return [isGateOf(service), (other) => other.type === TYPES.postgresDatabase && other.service === service];
    case TYPES.release:
      return [({ type: other }) => GATES.includes(other)];
    default:
      return [];
  }
}

function containerNeeds(planned: PlannedService, plan: Plan, name: string): Matches[] {
  const networks = new Set(planned.networks.map(({ network }) => `${plan.prefix}-${network}`));
  const volumes = new Set(planned.volumes.map(({ volume }) => `${plan.prefix}-${volume}`));
  return [
    isImageOf(planned),
    (other) => other.type === TYPES.network && networks.has(other.name),
    (other) => other.type === TYPES.volume && volumes.has(other.name),
    (other) => other.type === TYPES.files && other.service === planned.name,
    ...(planned.ports.some(({ published }) => published === 'free') ? [isPorts] : []),
    ...gatesBefore(planned, name),
  ];
}

/** The gates of what a service depends on, and of its own replicas with a lower number: they are replaced in turn. */
function gatesBefore(planned: PlannedService, name: string): Matches[] {
  const dependencies = new Set(planned.dependsOn.map((dependency) => dependency.service));
  return [
    ({ type, service }) => GATES.includes(type) && service !== undefined && dependencies.has(service),
    (other) =>
      other.type === TYPES.replica && other.service === planned.name && replicaNumber(other.name) < replicaNumber(name),
  ];
}

function isGateOf(name: string | undefined): Matches {
  return ({ type, service }) => type === TYPES.replica && service === name;
}

function isDateOf(planned: PlannedService): Matches {
  return ({ type, service }) => type === TYPES.secretDates && service === planned.name;
}

function isPorts({ type }: Operation): boolean {
  return type === TYPES.ports;
}

function isImageOf(planned: PlannedService): Matches {
  return ({ type, name }) => type === TYPES.image && name === planned.imageName;
}

function isContainerOf(planned: PlannedService, name: string): Matches {
  return (other) =>
    other.type === TYPES.container &&
    other.service === planned.name &&
    replicaNumber(other.name) === replicaNumber(name);
}
