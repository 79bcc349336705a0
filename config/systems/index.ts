import type { SystemDescription } from '../schema/system.ts';
import { linkflow } from './linkflow.ts';
import { lomashWood } from './lomash-wood.ts';
import { luminai } from './luminai.ts';
import { orchestrator } from './orchestrator.ts';

/** The systems that a stack may run, by name. */
export const systems: Readonly<Record<string, SystemDescription>> = {
  linkflow,
  'lomash-wood': lomashWood,
  luminai,
  orchestrator,
};
