import type { Service } from '../schema/service.ts';
import type { HostSize } from './types.ts';

/** Of a small host's memory, what the limits of all replicas may add up to: the rest is the kernel's and the engine's. */
const SHARE = 0.8;
/** No limit goes below this, in bytes: less than this no runtime starts in. */
const LEAST_MEMORY = 96 * 2 ** 20;
const MEBIBYTE = 2 ** 20;

/**
 * The services with limits, and what is set aside of them, brought down to what a small host has: all memory by one
 * factor, all CPUs by another. A host that is large enough changes nothing. Jobs have ended when the others run.
 */
export function fitToHost(
  services: Readonly<Record<string, Service>>,
  active: readonly string[],
  host: HostSize,
): Record<string, Service> {
  const running = active.flatMap((name) => services[name] ?? []).filter(({ kind }) => kind === 'service');
  const wanted = running.reduce((sum, { limits, replicas }) => sum + (limits.memory ?? 0) * replicas, 0);
  const largest = Math.max(0, ...running.map(({ limits }) => limits.cpus ?? 0));
  const memory = Math.min(1, (host.memory * SHARE) / Math.max(1, wanted));
  const cpus = Math.min(1, host.cpus / Math.max(host.cpus, largest));
  const fit = (service: Service): Service => ({
    ...service,
    limits: scaled(service.limits, memory, cpus),
    reservations: scaled(service.reservations, memory, cpus),
    ...(service.shmSize !== undefined && { shmSize: bytes(service.shmSize, memory) }),
  });
  return Object.fromEntries(Object.entries(services).map(([name, service]) => [name, fit(service)]));
}

function scaled(resources: Service['limits'], memory: number, cpus: number): Service['limits'] {
  return {
    ...(resources.memory !== undefined && { memory: bytes(resources.memory, memory) }),
    ...(resources.cpus !== undefined && { cpus: Math.max(0.05, Math.floor(resources.cpus * cpus * 100) / 100) }),
  };
}

/** Whole mebibytes. */
function bytes(value: number, factor: number): number {
  if (factor === 1) return value;
  return Math.max(Math.min(value, LEAST_MEMORY), Math.floor((value * factor) / MEBIBYTE) * MEBIBYTE);
}
