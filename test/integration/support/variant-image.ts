import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { pack } from 'tar-stream';

/** Makes an image `tag` of another one, that nobody else has. */
export async function makeVariant(docker: Docker, from: string, tag: string): Promise<void> {
  const context = pack();
  context.entry({ name: 'Dockerfile' }, `FROM ${from}\nLABEL variant=${tag}\n`);
  context.finalize();
  const progress = await docker.buildImage(Readable.from(context), { t: tag });
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(progress, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
