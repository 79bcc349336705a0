import { z } from 'zod';
import { Name, VariableName } from './name.ts';

const Size = z.number().int().min(8).max(4096);

/** What a secret's value looks like, and with it how it is generated or derived. */
export const SecretFormat = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('password'), length: Size.default(32) }),
  z.strictObject({ kind: z.literal('base64'), bytes: Size.default(32) }),
  z.strictObject({ kind: z.literal('hex'), bytes: Size.default(32) }),
  z.strictObject({ kind: z.literal('laravel-key'), bytes: Size.default(32) }),
  z.strictObject({ kind: z.literal('template'), template: z.string() }),
  z.strictObject({ kind: z.literal('certificate'), certificate: Name }),
  z.strictObject({ kind: z.literal('private-key'), certificate: Name }),
  z.strictObject({
    kind: z.literal('ca-certificate'),
    of: Name.optional().meta({
      description:
        'Certificate that it is there to verify: whoever sets one of their own sets the authority that has signed it too.',
    }),
  }),
]);
export type SecretFormat = z.output<typeof SecretFormat>;

/** What has to be told of a changed value besides the services that get it. */
export const Rotation = z.strictObject({
  postgresRole: z
    .strictObject({
      service: Name.meta({ description: 'The service that runs the database: a singleton.' }),
      role: z
        .string()
        .min(1)
        .max(63)
        .meta({ description: 'The role whose password it is; it may log in and alter itself.' }),
    })
    .meta({ description: 'A changed value is applied inside the database before its callers roll.' }),
});
export type Rotation = z.output<typeof Rotation>;

/** A secret of the system. */
export const Secret = z.strictObject({
  description: z.string().meta({ description: 'What it is for.' }),
  format: SecretFormat,
  provided: z.boolean().default(false).meta({
    description: "True: a third party's, never generated. Without a value no service that gets it can run.",
  }),
  revokes: z.boolean().optional().meta({
    description: 'True: a new value revokes the one before, so that no rollback brings that back.',
  }),
  rotation: Rotation.optional().meta({ description: 'Absent: whoever gets it reads a changed value when it starts.' }),
});
export type Secret = z.output<typeof Secret>;

/** How a service gets a secret: the secret's name, for a file, or `{secret, env, deliver}`. */
export const SecretUse = z
  .union([
    VariableName.transform((secret) => ({ secret, env: true, deliver: 'file' as const })),
    z.strictObject({
      secret: VariableName,
      env: z.boolean().default(true).meta({ description: 'False: no variable <NAME>_FILE points to the file.' }),
      deliver: z
        .enum(['file', 'env'])
        .default('file')
        .meta({
          description:
            '`env`: as the variable itself, without a file, for an image that reads nothing else; whoever may inspect the ' +
            'container then reads the value.',
        }),
    }),
  ])
  .meta({ accepted: 'the name of a secret, or {secret, env, deliver}' });
export type SecretUse = z.output<typeof SecretUse>;
