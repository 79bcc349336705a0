import type Docker from 'dockerode';
import type { Operation, Resource, Values } from '../../../rpc/index.ts';
import { checkInputs } from '../../schema/check.ts';
import { complete } from '../../schema/complete.ts';
import { diffInputs } from '../../schema/diff.ts';
import { stateOf, unknownOutputs } from '../../schema/state.ts';
import { isGone } from '../../../../engine/answers.ts';
import { failed } from '../errors.ts';
import { buildImage } from './build.ts';
import { ensureImage, localImage } from './find.ts';
import { REMOTE_IMAGE } from './schema.ts';

/** docker:index/remoteImage:RemoteImage on the engine of `docker`. */
export function remoteImageResource(docker: Docker): Resource {
  return {
    token: 'docker:index/remoteImage:RemoteImage',
    check: (args) => checkInputs(REMOTE_IMAGE, args),
    diff: (args) => diffInputs(REMOTE_IMAGE, args),
    create: (operation, inputs) => create(docker, operation, inputs),
    read: async (_operation, { state }) => {
      const { name } = complete(REMOTE_IMAGE, state);
      const found = await localImage(docker, name);
      return found && { state: { ...state, ...outputs(name, found) } };
    },
    update: async (operation, { news, state }) => {
      const planned = { ...state, ...stateOf(REMOTE_IMAGE, news, state, operation.preview) };
      if (operation.preview) return planned;
      const { name } = complete(REMOTE_IMAGE, news);
      return { ...planned, ...outputs(name, await ensureImage(docker, name, operation)) };
    },
    delete: (_operation, { state }) => remove(docker, state),
  };
}

async function create(docker: Docker, operation: Operation, raw: Values): Promise<{ id: string; state: Values }> {
  const planned = stateOf(REMOTE_IMAGE, raw, undefined, operation.preview);
  if (operation.preview) return { id: '', state: { ...planned, ...unknownOutputs(['imageId', 'repoDigest']) } };
  const { name, build } = complete(REMOTE_IMAGE, raw);
  if (build) {
    await buildImage(docker, name, build, operation).catch((error: unknown) => {
      throw failed(`Unable to build image ${name}`, error);
    });
  }
  const image = await ensureImage(docker, name, operation);
  return { id: `${image.Id}${name}`, state: { ...planned, ...outputs(name, image) } };
}

/** An image known under several repositories has the digest of the one in `name`. */
function outputs(name: string, { Id, RepoDigests }: Docker.ImageInspectInfo): Values {
  const repository = name.replace(/@.*$/, '').replace(/:[^/]*$/, '');
  const digests = (RepoDigests as string[] | null) ?? [];
  const own = digests.length > 1 ? digests.find((digest) => digest.startsWith(`${repository}@`)) : digests[0];
  return { imageId: Id, repoDigest: own ?? '' };
}

async function remove(docker: Docker, state: Values): Promise<void> {
  const { name, keepLocally, forceRemove } = complete(REMOTE_IMAGE, state);
  if (keepLocally) return;
  try {
    await docker.getImage(name).remove({ force: forceRemove });
  } catch (error) {
    if (!isGone(error)) throw failed(`Unable to remove image ${name}`, error);
  }
}
