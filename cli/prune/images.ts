import type Docker from 'dockerode';
import { z } from 'zod';
import { isGone, statusOf } from '../../engine/answers.ts';
import type { HostImage } from './choose.ts';

/** What images take of a host. */
const Usage = z.looseObject({
  /** Bytes of all layers, each once. */
  LayersSize: z.number().default(0),
  Images: z
    .array(
      z.looseObject({
        Id: z.string(),
        RepoTags: z.array(z.string()).nullish(),
        Size: z.number(),
        SharedSize: z.number(),
      }),
    )
    .nullish(),
});

/** Images of a host, and the bytes that all their layers take. */
export interface ImageUsage {
  readonly images: readonly Omit<HostImage, 'taggedMs'>[];
  readonly layersSize: number;
}

/** Asks an engine for its images and what they take: of images alone, as volumes take long to be measured. */
export async function imageUsage(docker: Docker): Promise<ImageUsage> {
  const request = {
    path: '/system/df?',
    method: 'GET',
    options: { type: 'image' },
    statusCodes: { 200: true, 500: 'server error' },
  };
  const answer = await new Promise<unknown>((resolve, reject) => {
    docker.modem.dial(request, (error: unknown, data: unknown) => {
      if (error === null || error === undefined) resolve(data);
      else reject(error instanceof Error ? error : new Error('the engine does not tell what its images take'));
    });
  });
  const { LayersSize: layersSize, Images: images } = Usage.parse(answer);
  return {
    layersSize,
    images: (images ?? []).map(({ Id: id, RepoTags: tags, Size: size, SharedSize: shared }) => ({
      id,
      tags: (tags ?? []).filter((tag) => !tag.includes('<none>')),
      size,
      ownSize: size - Math.max(0, shared),
    })),
  };
}

/** When an image was last built or named on a host, in ms since 1970; 0: nobody knows. */
export async function taggedAt(docker: Docker, id: string): Promise<number> {
  try {
    const { Metadata: metadata } = (await docker.getImage(id).inspect()) as { Metadata?: { LastTagTime?: string } };
    const time = Date.parse(metadata?.LastTagTime ?? '');
    return Number.isNaN(time) || time < 0 ? 0 : time;
  } catch {
    return 0;
  }
}

/**
 * Removes an image by all its names.
 * @returns why it is still there; undefined: it is gone
 */
export async function removeImage(
  docker: Docker,
  { id, tags }: Pick<HostImage, 'id' | 'tags'>,
): Promise<string | undefined> {
  try {
    for (const name of tags) await unlessGone(docker.getImage(name).remove());
    // One that only its id or a digest names is left by then.
    await unlessGone(docker.getImage(id).remove());
    return undefined;
  } catch (error) {
    if (statusOf(error) === 409) return 'something has begun to use it';
    return error instanceof Error ? error.message : String(error);
  }
}

async function unlessGone(request: Promise<unknown>): Promise<void> {
  await request.catch((error: unknown) => {
    if (!isGone(error)) throw error;
  });
}
