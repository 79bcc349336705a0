import type { SystemInput } from '../../schema/system.ts';

type Tasks = NonNullable<SystemInput['tasks']>;

/** A role of the workload that does one thing and ends; it says what it did, whatever the service's level of logging. */
function role(name: string): Pick<Tasks[string], 'service' | 'command'> {
  return { service: 'api', command: ['env', 'LOG_LEVEL=info', 'node', '/app/main.mjs', name] };
}

/**
 * A client that logs in with a password from a file: it goes into the environment of that one process, and no argument
 * shows it. What is typed is kept nowhere (`history` is the variable that says where); further arguments are the client's.
 */
function client(program: string, password: { variable: string; file: string }, history: string, args = ''): string[] {
  const environment = `${history}=/dev/null ${password.variable}="$(cat /run/secrets/${password.file})"`;
  return ['sh', '-c', `${environment} exec ${program} ${args}"$@"`, program];
}

/** What LinkFlow's Makefile has for the second day. */
export const tasks: Tasks = {
  migrate: { description: 'Applies the migrations that are missing.', ...role('migrate') },
  'migrate-fresh': {
    description: 'Drops all executions, tasks and timers, with their tables, and migrates anew.',
    ...role('migrate-fresh'),
    destructive: true,
  },
  seed: { description: 'Writes example executions that are not there yet.', ...role('seed') },
  'api-cache': { description: 'Deletes what the api has cached.', ...role('cache-clear') },
  'shell-api': {
    description: 'Opens a shell beside the api.',
    service: 'api',
    command: ['sh', '-c', 'if command -v bash >/dev/null; then exec bash "$@"; else exec sh "$@"; fi', 'sh'],
    interactive: true,
  },
  'shell-db': {
    description: 'Opens psql on the database.',
    service: 'postgres',
    // Over TCP, as services come: there the password is asked for.
    command: client(
      'psql',
      { variable: 'PGPASSWORD', file: 'POSTGRES_PASSWORD' },
      'PSQL_HISTORY',
      '-h 127.0.0.1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" ',
    ),
    interactive: true,
  },
  'shell-redis': {
    description: 'Opens redis-cli.',
    service: 'redis',
    command: client('redis-cli', { variable: 'REDISCLI_AUTH', file: 'HEALTHCHECK_PASSWORD' }, 'REDISCLI_HISTFILE'),
    interactive: true,
  },
};
