import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { linkflow } from '../../../config/systems/linkflow.ts';
import { slipwayProvider } from '../../../providers/slipway/provider.ts';
import { ProviderClient, type Wire } from '../../unit/providers/provider-client.ts';
import { IMAGE, Scratch } from './scratch.ts';

const TYPE = 'slipway:index:Preflight';

jest.setTimeout(60_000);

let scratch: Scratch;
let client: ProviderClient;

beforeEach(async () => {
  scratch = new Scratch();
  client = await ProviderClient.start(slipwayProvider);
  await client.configure();
});

afterEach(async () => {
  client.close();
  await scratch.dispose();
});

function inputs(command: readonly string[], more: Wire = {}): Wire {
  return {
    ...{ name: `${scratch.name}-db-preflight`, service: 'db-preflight', image: IMAGE },
    ...{ entrypoint: command.slice(0, 1), command: command.slice(1), environment: {}, mounts: [], networks: [] },
    ...{
      tmpfs: { '/tmp': 'mode=1777,exec' },
      labels: scratch.labels({ 'slipway.kind': 'job', 'slipway.service': 'db' }),
    },
    ...{ readOnly: true, capAdd: [], capDrop: ['ALL'], securityOpts: [], timeoutMs: 20_000, triggers: {} },
    ...more,
  };
}

async function containers(): Promise<string[]> {
  const filters = { label: [`slipway.instance=${scratch.name}`, 'slipway.kind=job'] };
  return (await scratch.docker.listContainers({ all: true, filters })).map(({ State }) => State);
}

test('nothing is checked where there is nothing to replace; a change is, and leaves nothing behind', async () => {
  const { id, state } = await client.create(TYPE, inputs(['sh', '-c', 'exit 3']));
  const news = inputs(['sh', '-c', 'test -w /tmp && ! touch /elsewhere']);
  await client.update(TYPE, id, { olds: inputs(['sh', '-c', 'exit 3']), state, news });
  expect(await containers()).toEqual([]);
});

test('a check that fails ends it, with its last lines; so does the first one where the service runs already', async () => {
  const labels = { 'slipway.kind': 'service', 'slipway.service': 'db' };
  await scratch.run('sleep 300', { Labels: labels });
  const failed = client.create(TYPE, inputs(['sh', '-c', 'echo does not fit >&2; exit 3']));
  await expect(failed).rejects.toThrow(/db-preflight \(job\).* failed: it ended with code 3[^]*does not fit/);
});

const [, , written = ''] = linkflow.services['postgres']?.preflight?.command ?? [];
/** The check, with a folder that may be written in for the one that is mounted. */
const script = written.replaceAll('/var/lib/postgresql', '/tmp/volume');

/** A stand-in for the server's program: all that the check asks of it. */
const POSTGRES = `mkdir /tmp/bin; cat > /tmp/bin/postgres <<'EOF'
#!/bin/sh
case $1 in --version) echo 'postgres (PostgreSQL) 17.6 (Debian 17.6-1)' ;; *) echo "$*" | grep -q wrong && { echo 'FATAL: wrong' >&2; exit 1; }; exit 0 ;; esac
EOF
chmod +x /tmp/bin/postgres; export PATH="/tmp/bin:$PATH" PGDATA=/tmp/data; mkdir $PGDATA`;

test.each([
  ['an empty volume', '', [], undefined],
  ['data of the same version', 'echo 17 > $PGDATA/PG_VERSION', [], undefined],
  ['data of another version', 'echo 15 > $PGDATA/PG_VERSION', [], /data is of PostgreSQL 15, and the image brings 17/],
  [
    'data of another version where an image before had it',
    'mkdir /tmp/volume; echo 16 > /tmp/volume/PG_VERSION',
    [],
    /data is of PostgreSQL 16, and the image brings 17/,
  ],
  [
    'data of another version that was left beside its own',
    'mkdir -p /tmp/volume/16/docker; echo 16 > /tmp/volume/16/docker/PG_VERSION; echo 17 > $PGDATA/PG_VERSION',
    [],
    undefined,
  ],
  ['a setting that the image refuses', '', ['-c', 'work_mem=wrong'], /FATAL: wrong/],
] as const)('the check of a PostgreSQL with %s', async (_, prepare, settings, refused) => {
  const shell = `${POSTGRES}; ${prepare || ':'}; sh -c "$0" check "$@"`;
  const { id, state } = await client.create(TYPE, inputs(['true']));
  const news = inputs(['sh', '-c', shell, script, ...settings]);
  const update = client.update(TYPE, id, { olds: inputs(['true']), state, news });
  await (refused ? expect(update).rejects.toThrow(refused) : expect(update).resolves.toBeDefined());
});
