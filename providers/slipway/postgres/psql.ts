import type { Operation } from '../../rpc/index.ts';
import { execute, type Ended } from '../host/exec.ts';
import type { Host } from '../host/host.ts';

const TIMEOUT_MS = 30_000;

/** Whatever the container says about connections does not concern these. */
const ENVIRONMENT = { PGHOST: '', PGPASSWORD: '', PGOPTIONS: '', PGCONNECT_TIMEOUT: '10' };
const PSQL = ['psql', '--no-psqlrc', '--quiet', '--no-align', '--tuples-only'];

/** How psql is run beside a database. */
export interface Psql {
  /** Id of the running container of the database. */
  readonly container: string;
  readonly user: string;
  readonly database: string;
  /** Arguments before those of the connection. */
  readonly options: readonly string[];
  /** What it reads; has to tell by itself where it ends. */
  readonly input: string;
}

/**
 * Runs psql inside the container of a database, to its end; over the local socket unless `options` name another way.
 * @throws if it can't be started, or does not end in time
 */
export function psql(
  host: Host,
  { signal }: Operation,
  { container, user, database, options, input }: Psql,
): Promise<Ended> {
  return execute(host, container, {
    command: [...PSQL, ...options, `--username=${user}`, `--dbname=${database}`],
    env: ENVIRONMENT,
    input,
    ...{ timeoutMs: TIMEOUT_MS, signal },
  });
}

/**
 * Runs statements over the local socket, up to the first that fails, and gives what they have put out.
 * @throws with the server's own words if one fails
 */
export async function statements(
  host: Host,
  operation: Operation,
  { input, ...where }: Omit<Psql, 'options'>,
): Promise<string> {
  // Short messages: longer ones repeat the statement.
  const options = ['--no-password', '--set=ON_ERROR_STOP=1', '--set=VERBOSITY=terse'];
  const ended = await psql(host, operation, { ...where, options, input: `${input}\n\\quit\n` });
  if (ended.exitCode !== 0) throw new Error(told(ended));
  return ended.stdout;
}

/** What psql said, or how it ended where it said nothing. */
export function told({ exitCode, stderr }: Pick<Ended, 'exitCode' | 'stderr'>): string {
  const lines = stderr.replace(/^Password[^:]*: */, '').trim();
  return lines === '' ? `psql ended with code ${exitCode}` : lines;
}

/** A name as a statement holds it. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as a statement holds it, whatever `standard_conforming_strings` says. */
export function literal(text: string): string {
  return `${text.includes('\\') ? 'E' : ''}'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
