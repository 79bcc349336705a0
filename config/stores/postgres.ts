import type { SystemInput } from '../schema/system.ts';

/*
 * PostgreSQL as a service of a system: its image, how it is started, what is seen to before it is replaced.
 */

type Services = SystemInput['services'];
type Images = SystemInput['images'];

/** Where PostgreSQL 18 and later keep their data, as the official image does: a folder for each version in one volume. */
export const POSTGRES_VOLUME = '/var/lib/postgresql';

/**
 * The image of PostgreSQL of a major version. Up to 17 its data is where its volume is mounted, /var/lib/postgresql/data;
 * from 18 on the volume is at {@link POSTGRES_VOLUME}.
 */
export function postgresImage(version: 15 | 17 | 18): Images[string] {
  return { build: { context: 'images/postgres', ...VERSION_ARGS[version] }, uid: 999, gid: 999 };
}

/** What the image is built with that is not as it is by itself. */
const VERSION_ARGS = {
  15: { args: { POSTGRES_VERSION: '15' } },
  17: {},
  18: { args: { POSTGRES_VERSION: '18', POSTGRES_DATA: `${POSTGRES_VOLUME}/18/docker`, POSTGRES_VOLUME } },
};

/**
 * PostgreSQL with settings on top of those of its configuration file. Before a running one is replaced it is seen that the
 * image takes the settings, and that its version is the one that has written the data: a newer one can't read that.
 */
export function postgresCommand(
  settings: Readonly<Record<string, string>>,
): Required<Pick<Services[string], 'command' | 'preflight'>> {
  const command = ['postgres', ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  return { command, preflight: { command: ['sh', '-c', POSTGRES_CHECK, 'check', ...command.slice(1)] } };
}

/** Data of another version may lie beside an empty PGDATA: what of an older image was the whole volume. */
const POSTGRES_CHECK = `set -eu
image=$(postgres --version | sed 's/^[^0-9]*\\([0-9]*\\).*/\\1/')
for folder in "$PGDATA" ${POSTGRES_VOLUME} ${POSTGRES_VOLUME}/data ${POSTGRES_VOLUME}/*/docker; do
  [ -s "$folder/PG_VERSION" ] || continue
  data=$(cat "$folder/PG_VERSION")
  [ "$data" != "$image" ] || break
  echo "the data is of PostgreSQL $data, and the image brings $image, which can't read it: dump the databases" \\
    "(pg_dumpall), begin with an empty volume, and read the dump back; or go on with an image of $data" >&2
  exit 1
done
mkdir /tmp/check
touch /tmp/check/postgresql.conf
exec postgres -D /tmp/check "$@" -C max_connections > /dev/null`;

/** Logs in as its clients do; over TCP, as the server of the first boot listens on a socket only and would look ready too early. */
export const postgresHealthcheck = {
  test: ['CMD', 'pg_isready', '-q', '-h', '127.0.0.1', '-U', '${user}', '-d', '${database}'],
  interval: '5s',
  timeout: '5s',
  retries: 5,
  // A first boot on a slow disk takes its time.
  startPeriod: '30s',
  startInterval: '500ms',
} satisfies Services[string]['healthcheck'];
