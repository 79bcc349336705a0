import { describe, expect, test } from '@jest/globals';
import { composeNotes, composeTasks } from '../../../../config/compose/notes.ts';
import { withMonitoring } from '../../../../config/monitoring/with-monitoring.ts';
import type { SystemDescription } from '../../../../config/schema/system.ts';
import { planOf, resolveShop, service, system } from '../fixture.ts';

const own = { adopts: false, isOpen: false };
const planned = (description: SystemDescription) => planOf(resolveShop(description));
const ALWAYS =
  'Nothing compares what runs with this file later on, and nothing checks memory, ports and images before a start.';

describe('the notes', () => {
  test('say what a stack that is watched loses: the age of secrets, and who collects logs', () => {
    const watched = planOf(
      resolveShop(withMonitoring(system({ web: service() })), { values: { profiles: ['monitoring'] } }),
    );
    expect(composeNotes(watched, own)).toEqual(
      expect.arrayContaining([
        'Nothing tells Prometheus how old secrets are.',
        'Nothing sends logs to the collector: they stay with Docker.',
      ]),
    );
  });

  test('name the databases that nothing makes there, with who owns them', () => {
    const password = { description: 'A password.', format: { kind: 'password' as const } };
    const plan = planned(
      system(
        { db: service({ singleton: true }) },
        {
          secrets: { A: password },
          databases: {
            orders: { kind: 'postgres', service: 'db', owner: 'clerk', password: 'A' },
            carts: { kind: 'redis', service: 'db', index: 1 },
          },
        },
      ),
    );
    expect(composeNotes(plan, own)).toContain(
      'Nothing makes databases and their owners where the data of a stack is not taken over: orders (owner clerk, password in secrets/A).',
    );
  });

  test('name nothing that the plan does not use', () => {
    const plain = planned(system({ db: service({ singleton: true }) }));
    expect(composeNotes(plain, own)).toEqual([ALWAYS]);
  });

  test('name each thing that it does, with the services that it is about', () => {
    const plan = planned(
      system(
        {
          api: service({ replicas: 2, secrets: { KEY: 'KEY' }, dependsOn: { migrate: 'completed' } }),
          web: service({ calls: ['api'] }),
          db: service({ volumes: { data: '/data' } }),
          migrate: service({ kind: 'job' }),
          seed: service({ kind: 'job' }),
        },
        {
          secrets: {
            KEY: { description: 'A key.', format: { kind: 'hex' } },
            CERT: { description: 'A certificate.', format: { kind: 'certificate', certificate: 'web' } },
          },
          certificates: { web: { description: 'Of the web.', names: ['web'] } },
          volumes: { data: { description: 'All there is.' } },
        },
      ),
    );
    expect(composeNotes(plan, own)).toEqual([
      "A replica is found under its service's name as soon as it starts, healthy or not: api.",
      'The old container stops before the new one starts, and is gone if that never gets healthy: api, web.',
      'Nothing waits until callers have left the old container: api.',
      'All replicas are replaced at once, not one by one: api.',
      'Job migrate runs at each `up`, not only when something in it has changed, and without its limit of 5m0s.',
      'Job seed is in profile jobs, or `up --wait` would fail once it has ended. Run it: docker compose run --rm seed',
      'Secrets are files in clear in secrets/: nothing encrypts, generates or rotates them.',
      'Certificates end when they end, and nothing renews them: web.',
      'Data (data) is unprotected: `down -v` removes it without a question.',
      ALWAYS,
    ]);
    expect(composeNotes(plan, { adopts: true, isOpen: true })).toEqual(
      expect.arrayContaining([
        'Data (data) is that of stack dev: never run both at once. `down -v` leaves it alone.',
        'These files are open to every user of their container: only root could give them to one.',
      ]),
    );
  });
});

test('tasks stand there as a shell would need them', () => {
  const tasks = {
    psql: { description: 'Opens a shell.', service: 'db', command: ['sh', '-c', `echo "it's"`] },
  };
  expect(composeTasks(planned(system({ db: service() }, { tasks })))).toEqual([
    `psql: docker compose exec db sh -c 'echo "it'\\''s"'`,
  ]);
});
