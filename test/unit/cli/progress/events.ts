import type { EngineEvent, StepMetadata } from '../../../../cli/pulumi/events.ts';

const STACK = 'urn:pulumi:dev::slipway';
const SYSTEM = 'slipway:components:System';
const SERVICE = 'slipway:components:Service';

/** URN of a service's component. */
export function serviceUrn(service: string): string {
  return `${STACK}::${SYSTEM}$${SERVICE}::${service}`;
}

/** What an event says of one resource; `service`: the component that it stands in. */
export function step(op: string, type: string, name: string, service?: string): StepMetadata {
  const parent = service === undefined ? `${STACK}::${SYSTEM}::linkflow` : serviceUrn(service);
  const urn = `${STACK}::${SYSTEM}$${SERVICE}$${type}::${name}`;
  const state = { id: `${name}-id`, parent };
  return { op, urn, type, old: op === 'create' ? null : state, new: op === 'delete' ? null : state };
}

export const CONTAINER = 'docker:index/container:Container';
export const REPLICA = 'slipway:index:Replica';
export const JOB = 'slipway:index:Job';
export const IMAGE = 'docker:index/remoteImage:RemoteImage';

export function started(metadata: StepMetadata): EngineEvent {
  return { resourcePreEvent: { metadata } };
}

export function done(metadata: StepMetadata): EngineEvent {
  return { resOutputsEvent: { metadata } };
}

export function failed(metadata: StepMetadata): EngineEvent {
  return { resOpFailedEvent: { metadata } };
}

export function info(metadata: StepMetadata, message: string, ephemeral = false): EngineEvent {
  return { diagnosticEvent: { urn: metadata.urn, message, severity: 'info', ephemeral } };
}

export function error(metadata: StepMetadata | undefined, message: string): EngineEvent {
  return { diagnosticEvent: { ...(metadata && { urn: metadata.urn }), message, severity: 'error' } };
}
