import { z } from 'zod';
import { isOneToAll } from './scram.ts';

/** Inputs of a role's password. */
export const PostgresRoleInputs = z.strictObject({
  service: z.string().min(1).meta({ description: 'What messages call the database' }),
  container: z.string().min(1).meta({ description: 'Id of the running container of the database' }),
  role: z.string().min(1).meta({ description: 'Whose password it is' }),
  user: z.string().min(1).meta({ description: 'Who says so, over the local socket: the role itself, or a superuser' }),
  database: z.string().min(1).default('postgres').meta({ description: 'Where that is said, and the role logs in' }),
  password: z
    .string()
    .min(1, 'a password; accepted: at least one character')
    .refine((text) => !/[\n\r\0]/.test(text), 'it has several lines; accepted: a single line')
    .refine(isOneToAll, 'clients would send it in different ways; accepted: text in Unicode form NFKC'),
});
export type PostgresRoleInputs = z.infer<typeof PostgresRoleInputs>;
