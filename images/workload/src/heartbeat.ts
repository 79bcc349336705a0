import { writeFileSync } from 'node:fs';

/** Where a role without HTTP shows that it is alive; /usr/local/bin/healthcheck reads it. */
const file = process.env['HEARTBEAT_FILE'] ?? '/tmp/heartbeat';

/** Says "alive now": to be called only after what the role depends on has answered. */
export function beat(): void {
  writeFileSync(file, `${Math.floor(Date.now() / 1000)}\n`);
}
