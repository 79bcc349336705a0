import type { SystemInput } from '../schema/system.ts';

type Tasks = NonNullable<SystemInput['tasks']>;

/**
 * A client that logs in with a password from a file: it goes into the environment of that one process, and no argument
 * shows it. What is typed is kept nowhere (`history` is the variable that says where); further arguments are the client's.
 */
export function client(
  program: string,
  password: { variable: string; file: string },
  history: string,
  args = '',
): string[] {
  const environment = `${history}=/dev/null ${password.variable}="$(cat /run/secrets/${password.file})"`;
  return ['sh', '-c', `${environment} exec ${program} ${args}"$@"`, program];
}

/** Opens psql beside a PostgreSQL. Over TCP, as services come: there the password is asked for. */
export function psqlTask(service: string): Tasks[string] {
  return {
    description: 'Opens psql on the database.',
    service,
    command: client(
      'psql',
      { variable: 'PGPASSWORD', file: 'POSTGRES_PASSWORD' },
      'PSQL_HISTORY',
      '-h 127.0.0.1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" ',
    ),
    interactive: true,
  };
}

/** Opens redis-cli beside a Redis. */
export function redisCliTask(service: string): Tasks[string] {
  return {
    description: 'Opens redis-cli.',
    service,
    command: client('redis-cli', { variable: 'REDISCLI_AUTH', file: 'HEALTHCHECK_PASSWORD' }, 'REDISCLI_HISTFILE'),
    interactive: true,
  };
}

/** Opens the best shell there is beside a service. */
export function shellTask(service: string, description: string): Tasks[string] {
  return {
    description,
    service,
    command: ['sh', '-c', 'if command -v bash >/dev/null; then exec bash "$@"; else exec sh "$@"; fi', 'sh'],
    interactive: true,
  };
}
