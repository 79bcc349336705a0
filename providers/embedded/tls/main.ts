import { serve } from '../../rpc/index.ts';
import { TLS } from './provider.ts';

await serve(TLS);
