import { deployStack } from './components/program.ts';

// Pulumi's runtime maps a stack trace for each of its promises; Node runs these sources as they are: there is no map.
Reflect.deleteProperty(Error, 'prepareStackTrace');

export const { instance, urls } = await deployStack(import.meta.dirname);
