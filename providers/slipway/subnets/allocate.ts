import { randomBytes, randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Block, overlaps, parseCidr } from '../../../config/plan/cidr.ts';
import { allocateSubnets } from '../../../config/plan/subnets.ts';
import { isGone } from '../../../engine/answers.ts';
import { failure, type Host } from '../host/host.ts';
import { interfaceSubnets, networkSubnets, RESERVED, reservations, sameOwner } from './occupied.ts';
import type { SubnetsInputs, SubnetsState } from './schema.ts';

/** How often a choice is made again because somebody else made the same one at the same moment. */
const ATTEMPTS = 25;
const BACK_OFF_MS = 100;

type Known = Readonly<Record<string, string>>;

/** Of the subnets that a stack has, those that it still wants and that lie in its pool. */
export function keepable(inputs: Pick<SubnetsInputs, 'networks' | 'pool'>, had: Known): Record<string, string> {
  const pool = parseCidr(inputs.pool);
  const kept = Object.entries(had).filter(([network, subnet]) => {
    const block = parseCidr(subnet);
    return inputs.networks[network] !== undefined && pool && block && contains(pool, block);
  });
  return Object.fromEntries(kept);
}

/**
 * Chooses subnets that are free on the host, and reserves them by a record there: written, then compared with all
 * others. Of two that chose the same at the same moment, at least one sees the other, withdraws and chooses again.
 * @param had what the stack has; it keeps what it can
 */
export async function allocate(
  host: Host,
  inputs: SubnetsInputs,
  had: Known,
  signal: AbortSignal,
): Promise<Pick<SubnetsState, 'subnets' | 'record'>> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    signal.throwIfAborted();
    const { subnets, fresh } = await choose(host, inputs, had);
    const record = await reserve(host, inputs, Object.values(subnets));
    const rivals = (await reservations(host))
      .filter(({ name, labels }) => name !== record && !sameOwner(labels, inputs.labels))
      .flatMap((rival) => rival.subnets);
    if (!clash(fresh, rivals)) {
      await removeOwnRecords(host, inputs, record);
      return { subnets, record };
    }
    await release(host, record);
    await delay(randomInt(BACK_OFF_MS * attempt), undefined, { signal });
  }
  throw new Error(
    `subnets for ${inputs.stack} on ${host.address}: others take the same ones again and again; try later`,
  );
}

/** Takes a record away. One that is gone is left at that. */
export async function release(host: Host, record: string): Promise<void> {
  try {
    await host.docker.getVolume(record).remove();
  } catch (error) {
    if (!isGone(error)) throw failure(host, `the record ${record} of reserved subnets can't be removed`, error);
  }
}

async function choose(
  host: Host,
  inputs: SubnetsInputs,
  had: Known,
): Promise<{ subnets: Known; fresh: readonly string[] }> {
  const [networks, records] = await Promise.all([networkSubnets(host), reservations(host)]);
  const foreign = networks.filter(({ labels }) => !sameOwner(labels, inputs.labels)).map(({ subnet }) => subnet);
  // A subnet that somebody else's network has taken meanwhile can't be had any more.
  const kept = Object.fromEntries(
    Object.entries(keepable(inputs, had)).filter(([, subnet]) => !clash([subnet], foreign)),
  );
  const others = records.filter(({ labels }) => !sameOwner(labels, inputs.labels));
  const answer = allocateSubnets({
    pool: inputs.pool,
    taken: [
      ...networks.map(({ subnet }) => subnet),
      ...others.flatMap(({ subnets }) => subnets),
      ...interfaceSubnets(host),
    ],
    wanted: inputs.networks,
    kept,
    start: randomInt(2 ** 24),
  });
  if ('problem' in answer) {
    throw new Error(
      `subnets for ${inputs.stack} on ${host.address}: ${answer.problem}; name another pool, or a larger one`,
    );
  }
  const { subnets } = answer;
  const fresh = Object.entries(subnets).filter(([network, subnet]) => kept[network] !== subnet);
  return { subnets, fresh: fresh.map(([, subnet]) => subnet) };
}

async function reserve(host: Host, { stack, labels }: SubnetsInputs, subnets: readonly string[]): Promise<string> {
  const name = `${stack}-subnets-${randomBytes(4).toString('hex').slice(0, 7)}`;
  try {
    await host.docker.createVolume({ Name: name, Labels: { ...labels, [RESERVED]: subnets.join(',') } });
  } catch (error) {
    throw failure(host, `subnets for ${stack} can't be reserved`, error);
  }
  return name;
}

/** Older records of the same stack: the one that this one takes the place of, and any that a killed `up` left. */
async function removeOwnRecords(host: Host, { labels }: SubnetsInputs, except: string): Promise<void> {
  const own = (await reservations(host)).filter((record) => {
    return record.name !== except && sameOwner(record.labels, labels);
  });
  await Promise.all(own.map(({ name }) => release(host, name)));
}

function clash(some: readonly string[], others: readonly string[]): boolean {
  const blocks = others.flatMap((cidr) => parseCidr(cidr) ?? []);
  return some.some((cidr) => {
    const block = parseCidr(cidr);
    return block !== undefined && blocks.some((other) => overlaps(block, other));
  });
}

function contains(pool: Block, block: Block): boolean {
  return block.first >= pool.first && block.first + block.size <= pool.first + pool.size;
}
