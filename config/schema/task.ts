import { z } from 'zod';
import { Name } from './name.ts';

/** Something that a person runs by name, in a container of a stack that is up. */
export const Task = z.strictObject({
  description: z.string().meta({ description: 'What it does, in a sentence.' }),
  service: Name.meta({
    description: 'Service in whose container it runs, with the credentials that the container has.',
  }),
  command: z.array(z.string()).min(1).meta({ description: 'Command and arguments, run as the user of the container.' }),
  then: z.array(Name).default([]).meta({
    description: 'Tasks that run after it, in this order, each once the one before has succeeded.',
  }),
  destructive: z.boolean().default(false).meta({ description: 'True if it destroys data: it asks first.' }),
  interactive: z.boolean().default(false).meta({ description: 'True if a person types into it, such as a shell.' }),
});
export type Task = z.output<typeof Task>;
