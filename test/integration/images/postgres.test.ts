import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { postgresImage } from '../../../config/stores/postgres.ts';
import { eventually } from '../support/eventually.ts';
import { attempt, Bed, docker } from './bed.ts';

jest.setTimeout(180_000);

const bed = new Bed();
let image = '';
let secrets = '';
const password = `it's a "secret" $HOME`;

beforeAll(async () => {
  image = await bed.build('postgres');
  secrets = await bed.volume('secrets', image, 999, { POSTGRES_PASSWORD: `${password}\n`, POSTGRES_USER: 'linkflow' });
});

afterAll(() => bed.end());

/** Options of a container over the data volume `data`, with what `more` adds. */
const over = (data: string, ...more: readonly string[]): string[] => [
  ...['--tmpfs', '/run/postgresql', '-v', `${data}:/var/lib/postgresql/data`, '-v', `${secrets}:/run/secrets:ro`],
  ...['-e', 'POSTGRES_USER_FILE=/run/secrets/POSTGRES_USER', '-e', 'POSTGRES_DB=flow'],
  ...['-e', 'POSTGRES_PASSWORD_FILE=/run/secrets/POSTGRES_PASSWORD'],
  ...['-e', 'POSTGRES_INITDB_ARGS=--encoding=UTF8 --locale=C', ...more],
];
const ready = (container: string): Promise<string> =>
  eventually(() => docker('exec', container, 'pg_isready', '-U', 'linkflow', '-d', 'flow'));
const sql = (container: string, statement: string): Promise<string> =>
  docker('exec', container, 'psql', '-XAtq', '-U', 'linkflow', '-d', 'flow', '-c', statement);

describe('a first boot', () => {
  let data = '';
  let container = '';

  beforeAll(async () => {
    data = await bed.volume('data', image);
    const scripts = await bed.volume('init', image, 999, {
      '01-table.sql': 'CREATE TABLE boots (file text); INSERT INTO boots VALUES (current_database());',
      '02-packed.sql.gz': gzipSync(`INSERT INTO boots VALUES ('packed');`),
      '03-script.sh': `#!/bin/bash\nset -e\necho "work_mem = '7MB'" >> "$PGDATA/postgresql.conf"\npsql -c "INSERT INTO boots VALUES ('$POSTGRES_USER/$POSTGRES_DB')"\n`,
      '04-notes.txt': 'not for the database',
    });
    const options = over(data, '-v', `${scripts}:/docker-entrypoint-initdb.d:ro`);
    container = await bed.run('first', image, options, ['-c', 'max_connections=33']);
    await ready(container);
  });

  test('runs the init scripts in order, in the database asked for', async () => {
    expect(await sql(container, 'SELECT file FROM boots')).toBe('flow\npacked\nlinkflow/flow');
    expect(await sql(container, 'SHOW work_mem')).toBe('7MB');
  });

  test('passes arguments that begin with a dash on to the server', async () => {
    expect(await sql(container, 'SHOW max_connections')).toBe('33');
    expect(await sql(container, 'SHOW server_encoding')).toBe('UTF8');
  });

  test('takes user and password from files and lets nobody in over the network without them', async () => {
    const login = (given: string): ReturnType<typeof attempt> => {
      const target = `host=${container} user=linkflow dbname=flow`;
      const args = ['run', '--rm', '--network', bed.name, '-e', `PGPASSWORD=${given}`, image];
      return attempt(...args, 'psql', '-XAtqc', 'SHOW password_encryption', target);
    };
    await docker('network', 'connect', await bed.network(), container);
    expect(await login(password)).toEqual({ code: 0, output: 'scram-sha-256' });
    expect((await login('guess')).output).toContain('password authentication failed');
    await docker('network', 'disconnect', bed.name, container);
  });

  test('runs as uid 999, and shows the password neither in arguments nor in the environment', async () => {
    expect(await docker('exec', container, 'id', '-u')).toBe('999');
    const shown = await docker('exec', container, 'bash', '-c', 'cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ');
    expect(shown + (await docker('inspect', container)) + (await docker('logs', container))).not.toContain('"secret"');
  });

  test('happens once: a second start finds the data', async () => {
    await sql(container, `INSERT INTO boots VALUES ('kept')`);
    await docker('stop', container);
    expect(await docker('inspect', '-f', '{{.State.ExitCode}}', container)).toBe('0');
    await docker('start', container);
    await ready(container);
    expect(await sql(container, 'SELECT count(*) FROM boots')).toBe('4');
  });
});

describe('a first boot that was interrupted', () => {
  /** A program of the image that breaks off half-way, standing in for the real one. */
  const broken = async (program: string, script: string): Promise<string[]> => {
    const volume = await bed.volume(`broken-${program}`, image, 999, { [`${program}.sh`]: `#!/bin/bash\n${script}\n` });
    return ['-v', `${volume}:/broken:ro`, '--entrypoint', 'bash', '-e', `BROKEN=${program}`];
  };
  const wrapped = [
    '-c',
    'mkdir /tmp/bin; ln -s /broken/$BROKEN.sh /tmp/bin/$BROKEN; PATH=/tmp/bin:$PATH docker-entrypoint.sh postgres',
  ];

  const cases = [
    ['in initdb', 'initdb', 'mkdir -p "$2/base" && echo 17 > "$2/PG_VERSION" && exit 1'],
    [
      'before the cluster had moved to its place',
      'mv',
      '[ $(ls -A "$PGDATA" | wc -l) -lt 9 ] && exec /usr/bin/mv "$@"; exit 1',
    ],
    [
      'when only its last file was missing',
      'mv',
      'case $* in *PG_VERSION*) exit 1 ;; *) exec /usr/bin/mv "$@" ;; esac',
    ],
  ] as const;

  test.each(cases)('%s repairs itself at the next start', async (when, program, script) => {
    const suffix = String(cases.findIndex(([name]) => name === when));
    const data = await bed.volume(`data-${suffix}`, image);
    const options = over(data, '--cap-drop', 'ALL', ...(await broken(program, script)));
    // A tmpfs that programs may be started from.
    const failing = await bed.run(`broken-${suffix}`, image, [...options, '--tmpfs', '/tmp:exec'], wrapped);
    expect(await docker('wait', failing)).not.toBe('0');

    const healed = await bed.run(`healed-${suffix}`, image, over(data));
    await ready(healed);
    expect(await sql(healed, 'SELECT current_database()')).toBe('flow');
    expect(await docker('exec', healed, 'ls', '-A', '/var/lib/postgresql/data')).not.toContain('first-boot');
    await docker('rm', '-f', failing, healed);
    await docker('volume', 'rm', `${bed.name}-broken-${program}`);
  });

  test('in an init script is never served, and repairs itself', async () => {
    const data = await bed.volume('data-script', image);
    const flags = await bed.volume('flags', image);
    const scripts = await bed.volume('init-script', image, 999, {
      '01.sql': 'CREATE TABLE half (n int); INSERT INTO half VALUES (1);',
      '02.sh': '#!/bin/bash\n[ -e /flags/2 ] || { touch /flags/2; sleep 600; }\n',
    });
    await docker(
      'run',
      '--rm',
      '--user',
      '0',
      '--entrypoint',
      'chown',
      '-v',
      `${flags}:/flags`,
      image,
      '999',
      '/flags',
    );
    const mounts = ['-v', `${scripts}:/docker-entrypoint-initdb.d:ro`, '-v', `${flags}:/flags`];
    const container = await bed.run('script', image, over(data, ...mounts));
    await eventually(() => docker('exec', container, 'test', '-e', '/flags/2'));
    expect((await attempt('exec', container, 'pg_isready', '-U', 'linkflow', '-d', 'flow')).code).toBe(2);

    await docker('kill', container);
    await docker('start', container);
    await ready(container);
    expect(await sql(container, 'SELECT count(*) FROM half')).toBe('1');
  });
});

test('a volume that is neither empty nor a cluster is left alone, with every problem named at once', async () => {
  const data = await bed.volume('data-foreign', image, 999, { 'photos.txt': 'dear ones' });
  const { code, output } = await attempt('run', '--rm', '-v', `${data}:/var/lib/postgresql/data`, '--user', '0', image);
  expect(code).toBe(1);
  expect(output).toContain('POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE must be given');
  expect(output).toContain('holds photos.txt but no PG_VERSION');
  const files = await docker(
    'run',
    '--rm',
    '-v',
    `${data}:/data`,
    '--user',
    '0',
    '--entrypoint',
    'ls',
    image,
    '-A',
    '/data',
  );
  expect(files).toBe('photos.txt');
});

test('another command runs as it is', async () => {
  expect(await docker('run', '--rm', image, 'postgres', '--version')).toMatch(/^postgres \(PostgreSQL\) 17\./);
  expect(await docker('run', '--rm', image, 'echo', 'hello')).toBe('hello');
  expect(await docker('inspect', '-f', '{{.Config.StopSignal}}', image)).toBe('SIGINT');
});

describe('an image of version 18', () => {
  let newer = '';
  const environment = ['-e', 'POSTGRES_PASSWORD=a password of the test', '-e', 'POSTGRES_USER=app'];
  const over18 = (data: string): string[] => ['-v', `${data}:/var/lib/postgresql`, ...environment];

  beforeAll(async () => {
    newer = await bed.build('postgres', { suffix: '18', args: postgresImage(18).build?.args ?? {} });
  });

  test('keeps its data in a folder of its version, and has what the version is chosen for', async () => {
    const data = await bed.volume('data-18', newer);
    const container = await bed.run('18', newer, ['--tmpfs', '/run/postgresql', '--cap-drop', 'ALL', ...over18(data)]);
    await eventually(() => docker('exec', container, 'pg_isready', '-U', 'app'));
    const answers = await docker(
      ...['exec', container, 'psql', '-XAtq', '-U', 'app', '-c', 'SHOW data_directory'],
      ...['-c', 'CREATE EXTENSION unaccent', '-c', 'CREATE EXTENSION "uuid-ossp"'],
      ...['-c', `SELECT uuid_extract_version(uuidv7()), unaccent('crème')`],
    );
    expect(answers.split('\n')).toEqual(['/var/lib/postgresql/18/docker', '7|creme']);
  });

  test.each([
    ['the volume of version 17', '/v', '/var/lib/postgresql '],
    ['a volume with a folder of version 17 in it', '/v/data', '/var/lib/postgresql/data '],
    ['a volume with data of 17 in the folder of 18', '/v/18/docker', '/var/lib/postgresql/18/docker '],
  ])('refuses %s, says what to do, and leaves it as it is', async (_, folder, place) => {
    const data = await bed.volume(`data-17-${folder.split('/').length}`, newer);
    const old = ['--user', '0', '--entrypoint', 'sh', '-v', `${data}:/v`, newer, '-c'];
    await docker('run', '--rm', ...old, `mkdir -p ${folder}; echo 17 > ${folder}/PG_VERSION; chown -R 999:999 /v`);
    const { code, output } = await attempt('run', '--rm', '--read-only', '--tmpfs', '/tmp', ...over18(data), newer);
    expect(code).toBe(1);
    expect(output).toContain(`data in ${place}is of PostgreSQL 17, and the image brings 18`);
    expect(output).toMatch(/dump .*pg_dumpall.* an image of 17/s);
    expect(await docker('run', '--rm', ...old, 'find /v -type f')).toBe(`${folder}/PG_VERSION`);
  });
});
