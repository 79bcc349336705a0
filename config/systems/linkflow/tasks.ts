import { psqlTask, redisCliTask, shellTask } from '../../stores/clients.ts';
import type { SystemInput } from '../../schema/system.ts';

type Tasks = NonNullable<SystemInput['tasks']>;

/** A role of the workload that does one thing and ends; it says what it did, whatever the service's level of logging. */
function role(name: string): Pick<Tasks[string], 'service' | 'command'> {
  return { service: 'api', command: ['env', 'LOG_LEVEL=info', 'node', '/app/main.mjs', name] };
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
  'shell-api': shellTask('api', 'Opens a shell beside the api.'),
  'shell-db': psqlTask('postgres'),
  'shell-redis': redisCliTask('redis'),
};
