import { hostname, userInfo } from 'node:os';
import type { Operator } from '../config/release/handover.ts';

/** Who runs this, on which machine. */
export function operator(): Operator {
  return { user: nameOfUser(), host: hostname() };
}

/** A container's user may have no name. */
function nameOfUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? '?'}`;
  }
}
