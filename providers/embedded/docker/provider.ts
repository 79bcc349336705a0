import { z } from 'zod';
import { connect, engineHost } from '../../../engine/connect.ts';
import type { Provider } from '../../rpc/index.ts';
import { withNotes } from '../schema/takeover.ts';
import { containerResource } from './container/resource.ts';
import { remoteImageResource } from './image/resource.ts';
import { networkResource } from './network.ts';
import { volumeResource } from './volume.ts';

const Config = z.strictObject({ host: z.string().optional() });

/** Stands in for the official plugin of @pulumi/docker where that can't be had: the part of it that is used here. */
export const DOCKER: Provider = {
  name: 'docker',
  version: '5.2.0',
  config: Config,
  async configure(config) {
    const host = engineHost(Config.parse(config).host);
    const docker = connect(host);
    await docker.ping().catch((error: unknown) => {
      throw new Error(`no Docker engine answers at ${host}`, { cause: error });
    });
    return [
      withNotes(containerResource(docker), '2'),
      withNotes(networkResource(docker), '1'),
      withNotes(volumeResource(docker), '1'),
      withNotes(remoteImageResource(docker)),
    ];
  },
};
