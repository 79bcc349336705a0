import * as pulumi from '@pulumi/pulumi';
import type { PlannedService } from '../../../config/plan/types.ts';
import { hostName, type Foundation } from './foundation.ts';

/** The options of a service's log driver, with the path that its socket has on the host where it sends to one. */
export function logOptions(
  { logging: { options, socket } }: PlannedService,
  { mountpoints }: Foundation,
): Record<string, pulumi.Input<string>> {
  if (!socket) return { ...options };
  const folder = hostName(mountpoints, socket.volume);
  return { ...options, [socket.option]: pulumi.interpolate`unix://${folder}/${socket.file}` };
}
