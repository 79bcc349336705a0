import { z } from 'zod';
import type { Provider } from '../../rpc/index.ts';
import { RANDOM_RESOURCES } from './resources.ts';

/** Stands in for the official plugin of @pulumi/random where that can't be had: the part of it that is used here. */
export const RANDOM: Provider = {
  name: 'random',
  version: '4.21.2',
  config: z.strictObject({}),
  configure: () => RANDOM_RESOURCES,
};
