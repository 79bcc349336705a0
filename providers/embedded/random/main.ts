import { serve } from '../../rpc/index.ts';
import { RANDOM } from './provider.ts';

await serve(RANDOM);
