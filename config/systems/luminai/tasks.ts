import type { SystemInput } from '../../schema/system.ts';
import { psqlTask, redisCliTask, shellTask } from '../../stores/clients.ts';

type Tasks = NonNullable<SystemInput['tasks']>;

/** A role of the workload that does one thing and ends; it says what it did, whatever the service's level of logging. */
function role(name: string): Pick<Tasks[string], 'service' | 'command'> {
  return { service: 'app', command: ['env', 'LOG_LEVEL=info', 'node', '/app/main.mjs', name] };
}

/** What the guide does by hand. */
export const tasks: Tasks = {
  migrate: { description: 'Applies the migrations that are missing.', ...role('luminai-migrate') },
  'cache-clear': { description: 'Deletes the rendered pages that are cached.', ...role('cache-clear') },
  dump: {
    description: 'Writes the database as SQL to standard output.',
    service: 'database',
    command: [
      'sh',
      '-c',
      'PGPASSWORD="$(cat /run/secrets/POSTGRES_PASSWORD)" exec pg_dump -h 127.0.0.1 -U "$POSTGRES_USER" "$@" "$POSTGRES_DB"',
      'pg_dump',
    ],
  },
  'shell-app': shellTask('app', 'Opens a shell beside the application.'),
  'shell-db': psqlTask('database'),
  'shell-redis': redisCliTask('redis'),
};
