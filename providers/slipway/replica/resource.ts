import type { ContainerInspectInfo } from 'dockerode';
import {
  diffValues,
  failures,
  isUnknown,
  type Operation,
  type Resource,
  UNKNOWN,
  type Value,
  type Values,
} from '../../rpc/index.ts';
import { failure, type Host, reasonOf, unlessGone } from '../host/host.ts';
import { lastLines } from '../host/logs.ts';
import { join, joined, leave } from '../host/networks.ts';
import { stop } from '../host/stop.ts';
import { pause } from '../host/watch.ts';
import { hasCompany, removeFailedCandidates } from './candidates.ts';
import { exchangeOf } from './exchange.ts';
import { passGate, seconds } from './gate.ts';
import { hintFor } from './hint.ts';
import { areListed } from './listed.ts';
import { drained, point } from './routes.ts';
import { ReplicaInputs } from './schema.ts';

/**
 * The replica of a service: a container that is let into its networks once it is healthy, and that takes the place of
 * the one before it. Updated in place, never replaced: a replacement's delete would come before the old container's.
 */
export function replicaResource(host: Host): Resource {
  return {
    token: 'slipway:index:Replica',
    check: ({ inputs }) => ({ inputs, failures: failures(ReplicaInputs, inputs) }),
    diff: ({ olds, news }) => ({ changes: diffValues(olds, news) }),

    async create(operation, inputs) {
      if (operation.preview) return { id: '', state: { ...inputs, healthyAfterMs: UNKNOWN } };
      const replica = ReplicaInputs.parse(inputs);
      // An ordinary error leaves nothing in the state, so that the next `up` passes the gate again.
      const afterMs = await admit(host, operation, replica);
      await point(host, operation, replica);
      return { id: `${replica.service}-${replica.replica}`, state: { ...inputs, healthyAfterMs: afterMs } };
    },

    async update(operation, { olds, news, state }) {
      const other = isUnknown(news['container']) || news['container'] !== olds['container'];
      const { healthyAfterMs = UNKNOWN, exchangeMs: known } = state;
      const before: Values = { healthyAfterMs, ...(known !== undefined && { exchangeMs: known }) };
      if (operation.preview) return { ...news, ...(other ? { healthyAfterMs: UNKNOWN } : before) };
      const [old, replica] = [ReplicaInputs.parse(olds), ReplicaInputs.parse(news)];
      if (other) {
        // A failure keeps the old inputs in the state, so a retry still knows the old container.
        const afterMs = await admit(host, operation, replica, old);
        const went = { old: old.container, container: replica.container, stopGraceMs: old.stopGraceMs };
        const exchangeMs = (await exchangeOf(host, went)) ?? known;
        await point(host, operation, replica, old.container);
        await retire(host, operation, old);
        return { ...news, healthyAfterMs: afterMs, ...(exchangeMs !== undefined && { exchangeMs }) };
      }
      await limitProcesses(host, replica);
      const container = await host.docker.getContainer(replica.container).inspect();
      const left = Object.keys(old.networks).filter((network) => replica.networks[network] === undefined);
      await leave(host, container.Id, left);
      await join(host, container, replica.networks);
      await point(host, operation, replica);
      return { ...news, ...before };
    },

    async read(_, { state, inputs }) {
      const known = ReplicaInputs.parse(inputs);
      const container = await unlessGone(host.docker.getContainer(known.container).inspect());
      if (!container || ['created', 'exited', 'dead', 'removing'].includes(container.State.Status)) return null;
      const areRight = await areListed(host, container, known);
      const { routes } = inputs;
      const now: Values = {
        networks: joined(container, known.networks),
        ...(known.pidsLimit !== undefined && { pidsLimit: processLimit(container) }),
        ...(Array.isArray(routes) && { routes: routes.filter((_, index) => areRight[index]) as Value[] }),
      };
      return { state: { ...state, ...now }, inputs: { ...inputs, ...now } };
    },

    async delete(operation, { inputs }) {
      const replica = ReplicaInputs.parse(inputs);
      await point(host, operation, replica, replica.container);
      await retire(host, operation, replica);
      await unlessGone(removeFailedCandidates(host, replica.container, []));
    },
  };
}

/** No limit is 0, -1 or nothing at all to the engine. */
function processLimit({ HostConfig: { PidsLimit: limit } }: ContainerInspectInfo): number {
  return typeof limit === 'number' && limit > 0 ? limit : -1;
}

/** What @pulumi/docker's container has no input for; a container that runs takes it at once. */
async function limitProcesses(host: Host, { container, pidsLimit }: ReplicaInputs): Promise<void> {
  if (pidsLimit === undefined) return;
  try {
    // A container that is gone is missed by whoever looks at it next.
    await unlessGone(host.docker.getContainer(container).update({ PidsLimit: pidsLimit }));
  } catch (error) {
    throw failure(host, `container ${container.slice(0, 12)} can't be given its limit of processes`, error);
  }
}

/** Passes the gate and joins the networks; from the container's start until it was healthy, in milliseconds. */
async function admit(host: Host, operation: Operation, replica: ReplicaInputs, old?: ReplicaInputs): Promise<number> {
  const { container, healthTimeoutMs: timeoutMs, hasHealthcheck, service } = replica;
  const name = `${service} (replica ${replica.replica})`;
  operation.log('info', hasHealthcheck ? 'waiting for health check' : 'waiting for it to keep running', {
    ephemeral: true,
  });
  const onFailedProbe = (line: string) => {
    operation.log('info', `health check: ${line}`, { ephemeral: true });
  };
  // Engines refuse it while a container is between two runs: why it ended is worth more than that, and the gate tells it.
  const isLimited = await limitProcesses(host, replica).then(
    () => true,
    () => false,
  );
  const verdict = await passGate({
    ...{ host, container, timeoutMs, hasHealthcheck, onFailedProbe },
    minReadyMs: old && (await runs(host, old.container)) ? (replica.minReadyMs ?? 0) : 0,
    signal: operation.signal,
  }).catch((error: unknown) => {
    if (!operation.signal.aborted) throw new Error(`${name}: ${reasonOf(error)}`, { cause: error });
    throw new Error(
      `${name} on ${host.address}: interrupted while waiting for it to get healthy; its container ` +
        `${container.slice(0, 12)} is left running, out of reach of others, and the next up goes on waiting for it`,
    );
  });
  const keep = old ? [old.container] : [];
  if (!verdict.healthy) {
    throw await rejected(host, name, verdict.cause, replica, keep);
  }
  if (!isLimited) await limitProcesses(host, replica);
  await join(host, await host.docker.getContainer(container).inspect(), replica.networks);
  await removeFailedCandidates(host, container, keep);
  operation.log('info', `healthy after ${seconds(verdict.afterMs)}`);
  return verdict.afterMs;
}

async function runs(host: Host, container: string): Promise<boolean> {
  return (await unlessGone(host.docker.getContainer(container).inspect()))?.State.Running === true;
}

/** Puts a candidate that failed aside; the error tells what happened, how things stand and what to do. */
async function rejected(
  host: Host,
  name: string,
  cause: string,
  replica: ReplicaInputs,
  keep: readonly string[],
): Promise<Error> {
  const { container } = replica;
  const [log, found] = [
    await lastLines(host, container),
    await unlessGone(host.docker.getContainer(container).inspect()),
  ];
  if (!found) return new Error(`${name} on ${host.address}: its container ${container.slice(0, 12)} is gone`);
  // It must not go on taking work, e.g. jobs from a queue.
  await stop(host, container, replica.stopGraceMs);
  await removeFailedCandidates(host, container, keep);
  const [old] = keep.filter((id) => id !== container);
  const serves = old !== undefined && (await unlessGone(host.docker.getContainer(old).inspect()))?.State.Running;
  const before = serves ? 'The container before it was not touched.' : 'No other container stands in for it.';
  const hint = hintFor(log, found.HostConfig.ReadonlyRootfs === true);
  return new Error(
    [
      `${name} on ${host.address} did not get healthy: ${cause}`,
      `container ${found.Name.slice(1)} (${container.slice(0, 12)}); ${log}`,
      `It was stopped and is kept for inspection (docker logs ${found.Name.slice(1)}). ${before}`,
      ...(hint === undefined ? [] : [hint]),
      'Mend the service and run up again; an unchanged up starts the same container again.',
    ].join('\n'),
  );
}

/**
 * Lets a container go on beside the one that has taken its place, then stops it. It stays on its networks until it has
 * stopped: leaving one cuts the connections of whoever still waits for an answer. From its stop signal on it accepts
 * no new ones, and callers try the next address of the name.
 * @throws if it is interrupted before the drain is over
 */
async function retire(host: Host, operation: Operation, replica: ReplicaInputs): Promise<void> {
  const { container, networks, drainMs, stopGraceMs } = replica;
  const found = await unlessGone(host.docker.getContainer(container).inspect());
  if (!found) return;
  if (found.State.Running) {
    // Who is the last of its service has nobody to leave its callers to: `down` waits for nothing.
    if (drainMs > 0 && (await hasCompany(host, found))) {
      operation.log('info', `draining for up to ${seconds(drainMs)}`, { ephemeral: true });
      const until = Date.now() + drainMs;
      if (!(await drained(host, operation, replica))) await pause(until - Date.now(), operation.signal);
      // Whoever is interrupted leaves it to those who still use it: the next `up` lets it drain again.
      if (operation.signal.aborted)
        throw new Error(`interrupted while draining ${container.slice(0, 12)}, which goes on`);
    }
    operation.log('info', 'stopping', { ephemeral: true });
    await stop(host, container, stopGraceMs);
  }
  // Somebody may start it again: nobody is to find it then.
  await leave(host, container, Object.keys(networks));
}
