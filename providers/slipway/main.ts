import { serve } from '../rpc/index.ts';
import { slipwayProvider } from './provider.ts';

await serve(slipwayProvider);
