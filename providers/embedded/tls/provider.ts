import { z } from 'zod';
import type { Provider } from '../../rpc/index.ts';
import { TLS_RESOURCES } from './resources.ts';

/** Stands in for the official plugin of @pulumi/tls where that can't be had: the part of it that is used here. */
export const TLS: Provider = {
  name: 'tls',
  version: '5.6.1',
  config: z.strictObject({}),
  configure: () => TLS_RESOURCES,
};
