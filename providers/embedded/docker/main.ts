import { serve } from '../../rpc/index.ts';
import { DOCKER } from './provider.ts';

await serve(DOCKER);
