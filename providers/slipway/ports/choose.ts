import { randomInt } from 'node:crypto';
import { chooseNumbers } from '../../../config/plan/free-ports.ts';
import { holder } from '../../../engine/listening.ts';
import type { Host } from '../host/host.ts';
import { occupiedPorts, type Occupied } from './occupied.ts';
import type { PortsInputs } from './schema.ts';

type Numbers = Readonly<Record<string, number>>;

/** What of a choice is looked at. */
export type Wanted = Pick<PortsInputs, 'wanted' | 'reserved' | 'labels'>;

/**
 * Of the ports that a stack has, those that it still wants and that are its own: nobody else has taken one while the
 * stack was not running.
 */
export async function keepable(host: Host, inputs: Wanted, had: Numbers): Promise<Record<string, number>> {
  return kept(host, inputs, had, await occupiedPorts(host, inputs.labels));
}

/**
 * Chooses ports that are free on the host. Nothing reserves them: who is quicker has one, and the loser hears so from
 * the engine when its container starts, then chooses anew.
 * @param had what the stack has; it keeps what it can
 * @throws if there is none
 */
export async function choose(
  host: Host,
  inputs: Wanted & Pick<PortsInputs, 'stack'>,
  had: Numbers,
): Promise<Record<string, number>> {
  const occupied = await occupiedPorts(host, inputs.labels);
  const { own, foreign, promised } = occupied;
  const keeps = await kept(host, inputs, had, occupied);
  const taken = new Set([...own, ...foreign, ...promised, ...inputs.reserved]);
  const start = randomInt(2 ** 16);
  for (;;) {
    const answer = chooseNumbers({ wanted: Object.keys(inputs.wanted), kept: keeps, taken, start });
    if ('problem' in answer) throw new Error(`ports for ${inputs.stack} on ${host.address}: ${answer.problem}`);
    const { numbers } = answer;
    const fresh = Object.keys(numbers).filter((key) => keeps[key] === undefined);
    const busy = await filtered(fresh, (key) => isHeld(host, inputs, key, numbers[key]));
    if (busy.length === 0) return numbers;
    for (const key of busy) taken.add(numbers[key] ?? 0);
  }
}

async function kept(
  host: Host,
  inputs: Wanted,
  had: Numbers,
  { own, foreign }: Occupied,
): Promise<Record<string, number>> {
  const wanted = Object.keys(had).filter((key) => inputs.wanted[key] !== undefined);
  const keeps = await filtered(wanted, async (key) => {
    const port = had[key] ?? 0;
    if (foreign.has(port) || inputs.reserved.includes(port)) return false;
    return own.has(port) || !(await isHeld(host, inputs, key, port));
  });
  return Object.fromEntries(keeps.map((key) => [key, had[key] ?? 0]));
}

/** Whether a process outside the engine has the port: seen only where the engine runs on this machine, and of TCP. */
async function isHeld(host: Host, { wanted }: Wanted, key: string, port = 0): Promise<boolean> {
  const want = wanted[key];
  return host.local && want?.protocol === 'tcp' && (await holder(want.address, port)) !== undefined;
}

async function filtered<T>(list: readonly T[], test: (item: T) => Promise<boolean>): Promise<T[]> {
  const passes = await Promise.all(list.map(test));
  return list.filter((_, at) => passes[at] === true);
}
