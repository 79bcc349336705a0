import type Docker from 'dockerode';
import type { Operation } from '../../../rpc/index.ts';
import { isGone } from '../../../../engine/answers.ts';
import { failed, reason } from '../errors.ts';

/** The image of that name on the host; null where there is none. */
export async function localImage(docker: Docker, name: string): Promise<Docker.ImageInspectInfo | null> {
  try {
    return await docker.getImage(name).inspect();
  } catch (error) {
    if (isGone(error)) return null;
    throw failed(`unable to inspect image ${name}`, error);
  }
}

/** The image of that name: what is on the host counts before what a registry has; pulled only where there is none. */
export async function ensureImage(
  docker: Docker,
  name: string,
  operation: Operation,
): Promise<Docker.ImageInspectInfo> {
  const local = await localImage(docker, name);
  if (local) return local;
  try {
    await pull(docker, name, operation);
  } catch (error) {
    throw failed(`unable to pull image ${name}`, error);
  }
  const pulled = await localImage(docker, name);
  if (pulled) return pulled;
  throw new Error(`unable to find or pull image ${name}`);
}

async function pull(docker: Docker, name: string, operation: Operation): Promise<void> {
  // Without a tag the API would pull every one there is.
  const reference = /[:@][^/]*$/.test(name) ? name : `${name}:latest`;
  const stream = await docker.pull(reference, { abortSignal: operation.signal });
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(
      stream,
      (error, output: { error?: string }[]) => {
        const wrong = error ?? (output as typeof output | undefined)?.find((line) => line.error !== undefined)?.error;
        if (wrong) reject(new Error(reason(wrong)));
        else resolve();
      },
      ({ id, status }: { id?: string; status?: string }) => {
        if (status) operation.log('info', id === undefined ? status : `${id}: ${status}`, { ephemeral: true });
      },
    );
  });
}
