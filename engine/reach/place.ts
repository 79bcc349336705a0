import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { isGone, statusOf } from '../answers.ts';
import { LABELS } from '../labels.ts';
import { Obstacle } from './outcome.ts';
import type { Place } from './tunnel.ts';

/** What every image of the project starts from: it has bash, and getent. */
const BASE_IMAGE = 'debian:trixie-slim';
/** How long the registry may take to give it, in ms. */
const PULL_MS = 60_000;
/** The container ends by itself after this, in seconds, and when whoever has started it goes away. */
const LIFE_S = 60;
/** What a run that was killed has left is removed once it is older than this, in seconds. */
const LEFTOVER_S = 2 * LIFE_S;
const KIND = 'reach';
const MEBIBYTE = 2 ** 20;

/**
 * Works in a container on a network of its own that has a way out, where names and addresses lead to what they lead to for
 * the services of a stack. Both are gone afterwards.
 * @throws Obstacle (`untried`) if there can be no such container
 */
export async function withPlace<T>(docker: Docker, work: (place: Place) => Promise<T>): Promise<T> {
  await clearLeftovers(docker);
  const name = `slipway-reach-${randomBytes(5).toString('hex')}`;
  const labels = { [LABELS.kind]: KIND };
  let network: Docker.Network | undefined;
  let place: Docker.Container | undefined;
  let held: NodeJS.ReadWriteStream | undefined;
  try {
    try {
      const image = await findImage(docker);
      network = await docker.createNetwork({ Name: name, Driver: 'bridge', Labels: labels });
      place = await docker.createContainer(containerOptions(name, image, labels));
      held = await place.attach({ stream: true, stdin: true, stdout: true, hijack: true });
      await place.start();
    } catch (error) {
      throw error instanceof Obstacle ? error : new Obstacle('untried', messageOf(error), { cause: error });
    }
    return await work(place);
  } finally {
    held?.end();
    if (place) await removed(place.remove({ force: true, v: true }));
    if (network) await removeNetwork(network);
  }
}

/** It can do nothing but connect: no capability, no user of the host's, nothing to write to. */
function containerOptions(name: string, image: string, labels: Record<string, string>): Docker.ContainerCreateOptions {
  return {
    name,
    Image: image,
    // Until its input ends, which is when nobody holds the other end any more.
    Entrypoint: ['timeout', String(LIFE_S), 'cat'],
    Cmd: [],
    User: '65534:65534',
    Labels: labels,
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    HostConfig: {
      AutoRemove: true,
      NetworkMode: name,
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges:true'],
      PidsLimit: 64,
      Memory: 64 * MEBIBYTE,
      LogConfig: { Type: 'none', Config: {} },
    },
  };
}

/** The base image; where the host has none, an image of the project's, or what the registry gives. */
async function findImage(docker: Docker): Promise<string> {
  if (await has(docker, BASE_IMAGE)) return BASE_IMAGE;
  const [built] = await docker.listImages({ filters: { reference: ['slipway/*'] } });
  if (built) return built.Id;
  const pull = docker.pull(BASE_IMAGE).then(
    (progress: NodeJS.ReadableStream) =>
      new Promise<void>((resolve, reject) => {
        docker.modem.followProgress(progress, (error: Error | null) => {
          if (error) reject(error);
          else resolve();
        });
      }),
  );
  const late = sleep(PULL_MS, undefined, { ref: false }).then(() => {
    throw new Error(`its registry did not give it within ${PULL_MS / 1000} s`);
  });
  try {
    await Promise.race([pull, late]);
  } catch (error) {
    throw new Obstacle('untried', `the host has no ${BASE_IMAGE} to try it from: ${messageOf(error)}`, {
      cause: error,
    });
  }
  return BASE_IMAGE;
}

async function has(docker: Docker, image: string): Promise<boolean> {
  try {
    await docker.getImage(image).inspect();
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

/** A network is in use for a moment after its last container has gone. */
async function removeNetwork(network: Docker.Network): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await removed(network.remove() as Promise<unknown>);
      return;
    } catch (error) {
      if (statusOf(error) !== 403 || attempt === 20) throw error;
      await sleep(100);
    }
  }
}

/** What is gone already, or on its way, is as good as removed. */
async function removed(request: Promise<unknown>): Promise<void> {
  await request.catch((error: unknown) => {
    if (!isGone(error) && statusOf(error) !== 409) throw error;
  });
}

/** Containers end by themselves; networks of runs that were killed stay. */
async function clearLeftovers(docker: Docker): Promise<void> {
  const networks = await docker.listNetworks({ filters: { label: [`${LABELS.kind}=${KIND}`] } });
  const old = networks.filter(({ Created }) => Date.parse(Created) < Date.now() - LEFTOVER_S * 1000);
  await Promise.all(
    old.map(({ Id }) =>
      docker
        .getNetwork(Id)
        .remove()
        .catch(() => undefined),
    ),
  );
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/^\(HTTP code \d+\) [^-]*- /, '').trim();
}
