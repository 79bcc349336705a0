import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { Operation, ReadResult, Resource, UpdateArgs, Values } from '../../../rpc/index.ts';
import { InitError } from '../../../rpc/index.ts';
import { checkInputs } from '../../schema/check.ts';
import { complete } from '../../schema/complete.ts';
import { diffInputs, effectOf } from '../../schema/diff.ts';
import { stateOf, unknownOutputs } from '../../schema/state.ts';
import { isGone, statusOf } from '../../../../engine/answers.ts';
import { failed, reason } from '../errors.ts';
import { ensureImage } from '../image/find.ts';
import { toCreateBody, toUpdateBody } from './create-body.ts';
import type { Inspected } from './inspected.ts';
import { inspectedState } from './inspected.ts';
import type { ContainerInputs } from './schema.ts';
import { CONTAINER } from './schema.ts';

const LONGEST_NAME = 255;
const HEALTH_POLL_MS = 500;

/** docker:index/container:Container on the engine of `docker`. */
export function containerResource(docker: Docker): Resource {
  return {
    token: 'docker:index/container:Container',
    check: (args) => checkInputs(CONTAINER, args, { autoName: LONGEST_NAME }),
    diff: (args) => diffInputs(CONTAINER, args, { deleteFirst: true }),
    create: (operation, inputs) => create(docker, operation, inputs),
    read: (_operation, { id, state }) => read(docker, id, state),
    update: (operation, args) => update(docker, operation, args),
    delete: (_operation, { id, state }) => remove(docker, id, complete(CONTAINER, state)),
  };
}

async function create(docker: Docker, operation: Operation, raw: Values): Promise<{ id: string; state: Values }> {
  const planned = stateOf(CONTAINER, raw, undefined, operation.preview);
  if (operation.preview) return { id: '', state: { ...planned, ...unknownOutputs(Object.keys(empty())) } };
  const inputs = complete(CONTAINER, raw);
  await ensureImage(docker, inputs.image, operation).catch((error: unknown) => {
    throw failed(`Unable to create container with image ${inputs.image}`, error);
  });
  const container = await docker.createContainer(toCreateBody(inputs)).catch((error: unknown) => {
    throw failed('Unable to create container', error);
  });
  try {
    await join(docker, container, inputs);
    if (inputs.start) await start(container);
    if (inputs.start && inputs.wait) await healthy(container, inputs.waitTimeout * 1000, operation.signal);
  } catch (error) {
    throw new InitError(reason(error), container.id, { ...empty(), ...planned });
  }
  return { id: container.id, state: inspectedState(await inspect(container), { ...empty(), ...planned }) };
}

/** The HTTP client's own type of the answer leaves out much of it. */
async function inspect(container: Docker.Container): Promise<Inspected> {
  return (await container.inspect()) as unknown as Inspected;
}

/** What the official plugin would miss in a state that it takes over. */
const OFFICIAL_DEFAULTS = { containerReadRefreshTimeoutMilliseconds: 15_000 } as const;

/** Outputs before anything has been read. */
function empty(): Values {
  return { bridge: '', containerLogs: null, exitCode: null, networkDatas: [], ...OFFICIAL_DEFAULTS };
}

/** Onto the networks that the inputs name, and off the default one. */
async function join(docker: Docker, container: Docker.Container, { networksAdvanced }: ContainerInputs): Promise<void> {
  if (networksAdvanced.length === 0) return;
  await docker
    .getNetwork('bridge')
    .disconnect({ Container: container.id })
    .catch((error: unknown) => {
      if (!reason(error).includes('is not connected to the network bridge')) {
        throw failed('Unable to disconnect the default network', error);
      }
    });
  for (const { name, aliases } of networksAdvanced) {
    await docker
      .getNetwork(name)
      .connect({ Container: container.id, EndpointConfig: { Aliases: [...aliases] } })
      .catch((error: unknown) => {
        throw failed(`Unable to connect to network '${name}'`, error);
      });
  }
}

async function start(container: Docker.Container): Promise<void> {
  await container.start().catch((error: unknown) => {
    if (statusOf(error) !== 304) throw failed('Unable to start container', error);
  });
}

async function healthy(container: Docker.Container, timeoutMs: number, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const { State } = await inspect(container);
    if (State.Health === undefined) {
      throw new Error("'wait' is given, but neither the container nor its image has a health check");
    }
    if (State.Health.Status === 'healthy') return;
    if (Date.now() > deadline) throw new Error('container failed to be in healthy state');
    await sleep(HEALTH_POLL_MS, undefined, { signal });
  }
}

async function read(docker: Docker, id: string, state: Values): Promise<ReadResult | null> {
  try {
    const known = { ...empty(), ...stateOf(CONTAINER, {}, undefined), ...state };
    return { state: inspectedState(await inspect(docker.getContainer(id)), known) };
  } catch (error) {
    if (isGone(error)) return null;
    throw failed(`Unable to inspect container ${id}`, error);
  }
}

/** Attributes that the engine changes while a container runs. */
const UPDATABLE = ['restart', 'maxRetryCount', 'cpuShares', 'memory', 'memoryReservation', 'memorySwap'] as const;
/** Attributes whose edit is accepted and does nothing to a container that exists. */
const NOT_APPLIED = ['tmpfs', 'init', 'mounts'] as const;

async function update(docker: Docker, operation: Operation, args: UpdateArgs): Promise<Values> {
  const { id, state, news } = args;
  const planned = { ...state, ...stateOf(CONTAINER, news, state, operation.preview) };
  if (operation.preview) return planned;
  const inputs = complete(CONTAINER, planned);
  const differs = (name: keyof typeof CONTAINER) => effectOf(CONTAINER[name], state[name], news[name]) !== 'none';
  for (const name of NOT_APPLIED.filter(differs)) {
    operation.log('warning', `${name}: a container that exists keeps what it has; replaceOnChanges makes a new one`);
  }
  const container = docker.getContainer(id);
  if (state['mustRun'] === false && inputs.mustRun && inputs.start) await start(container);
  if (UPDATABLE.some(differs)) {
    await container.update(toUpdateBody(inputs)).catch((error: unknown) => {
      throw failed('Unable to update a container', error);
    });
  }
  return planned;
}

/** Without a grace period a container is killed at once, as with the official plugin. */
async function remove(docker: Docker, id: string, inputs: ContainerInputs): Promise<void> {
  const container = docker.getContainer(id);
  try {
    await container.stop({ t: inputs.destroyGraceSeconds }).catch((error: unknown) => {
      if (statusOf(error) !== 304) throw error;
    });
    await container.remove({ v: inputs.removeVolumes, force: true });
  } catch (error) {
    if (isGone(error)) return;
    if (!reason(error).includes('is already in progress')) throw failed(`Error deleting container ${id}`, error);
  }
  await container.wait({ condition: 'removed' }).catch((error: unknown) => {
    if (!isGone(error)) throw failed(`Error waiting for the removal of container ${id}`, error);
  });
}
