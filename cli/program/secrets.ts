import type { StackOption } from '../context.ts';
import type { GetSecretOptions, ListSecretsOptions } from '../commands/secrets.ts';
import type { Commands } from './commands.ts';

/** The commands about secrets. */
export function addSecrets({ group, runs, context }: Commands): void {
  const add = group('secrets', 'Secrets of a stack: list, set, pin and, on request, reveal them.');
  add('list', 'List the secrets: where each comes from, how old it is, who gets it; never a value.', [
    'slipway secrets list',
    'slipway secrets list --stack prod --json',
  ])
    .option('--json', 'print as JSON')
    .action(
      runs(async (options: ListSecretsOptions) =>
        (await import('../commands/secrets.ts')).listSecrets(context, options),
      ),
    );
  add('get', 'Print the value of a secret, and nothing else.', ['slipway secrets get POSTGRES_PASSWORD --reveal'])
    .argument('<name>', 'name of the secret')
    .option('--reveal', 'has to be given: the value is shown in clear')
    .action(
      runs(async (name: string, options: GetSecretOptions) =>
        (await import('../commands/secrets.ts')).getSecret(context, name, options),
      ),
    );
  add('set', 'Set a secret: asks for the value on a terminal, else reads it from standard input.', [
    'slipway secrets set POSTGRES_PASSWORD',
    'slipway secrets set TLS_KEY --stack prod < key.pem',
  ])
    .argument('<name>', 'name of the secret')
    .action(
      runs(async (name: string, options: StackOption) =>
        (await import('../commands/secrets.ts')).setSecret(context, name, options),
      ),
    );
  add('pin', 'Write generated values into the encrypted configuration, so that a stack made elsewhere has the same.', [
    'slipway secrets pin --stack prod',
    'slipway secrets pin APP_KEY JWT_SECRET',
  ])
    .argument('[names...]', 'names of generated secrets (all, unless named)')
    .action(
      runs(async (names: string[], options: StackOption) =>
        (await import('../commands/secrets.ts')).pinSecrets(context, names, options),
      ),
    );
}
