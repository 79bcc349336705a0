import type { SystemInput } from '../../schema/system.ts';
import { client, psqlTask, redisCliTask, shellTask } from '../../stores/clients.ts';
import { catalogue } from './catalogue.ts';

type Tasks = NonNullable<SystemInput['tasks']>;

/** A role of the workload that does one thing and ends, beside a service. It says what it did, and opens no port to a debugger. */
function role(service: string, name: string): Pick<Tasks[string], 'service' | 'command'> {
  return { service, command: ['env', 'LOG_LEVEL=info', 'node', '/app/main.mjs', name] };
}

/** `auth-service` as tasks have it: `auth`. */
function short(name: string): string {
  return name.replace(/-service$/, '');
}

const names = Object.keys(catalogue);

/** Empties the index of one service, and no other's. */
function flush(name: string): Tasks[string] {
  const index = catalogue[name]?.index ?? 0;
  return {
    description: `Empties the logical database of ${name} in Redis (index ${index}); what is queued there is lost.`,
    service: 'redis',
    command: client(
      'redis-cli',
      { variable: 'REDISCLI_AUTH', file: 'HEALTHCHECK_PASSWORD' },
      'REDISCLI_HISTFILE',
      `-n ${index} FLUSHDB `,
    ),
    destructive: true,
  };
}

/** What the guide does by hand. */
export const tasks: Tasks = {
  // What has examples of its own; a visitor makes the rest.
  seed: {
    description: 'Writes example products and pages that are not there yet.',
    ...role('product-service', 'lomash-seed'),
    then: ['seed-content'],
  },
  'seed-content': {
    description: 'Writes example pages that are not there yet.',
    ...role('content-service', 'lomash-seed'),
  },
  ...Object.fromEntries(
    names.map((name) => [
      `migrate-${short(name)}`,
      { description: `Applies the migrations of ${name} that are missing.`, ...role(name, 'lomash-migrate') },
    ]),
  ),
  ...Object.fromEntries(names.map((name) => [`flush-${short(name)}`, flush(name)])),
  'shell-db': psqlTask('postgres'),
  'shell-redis': redisCliTask('redis'),
  'shell-gateway': shellTask('api-gateway', 'Opens a shell beside the gateway.'),
};
