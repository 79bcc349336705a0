import { randomBytes } from 'node:crypto';
import type { ContainerInspectInfo } from 'dockerode';
import type { Operation } from '../../rpc/index.ts';
import { execute, type Ended } from '../host/exec.ts';
import { type Host, reasonOf, unlessGone } from '../host/host.ts';
import type { PostgresRoleInputs } from './schema.ts';
import { scramVerifier } from './scram.ts';

const TIMEOUT_MS = 30_000;
const SALT_BYTES = 16;

/** Whatever the container says about connections does not concern these. */
const ENVIRONMENT = { PGHOST: '', PGPASSWORD: '', PGOPTIONS: '', PGCONNECT_TIMEOUT: '10' };
const PSQL = ['psql', '--no-psqlrc', '--quiet', '--no-align', '--tuples-only'];

/**
 * Sets a role's password inside the running database, over its local socket, and logs in with it as others do.
 * @throws if either can't be done; never with the password in the message
 */
export async function applyPassword(host: Host, operation: Operation, inputs: PostgresRoleInputs): Promise<void> {
  const { service, container, role } = inputs;
  const found = await unlessGone(host.docker.getContainer(container).inspect());
  if (!found?.State.Running) {
    throw new Error(`${service} on ${host.address}: its container ${container.slice(0, 12)} does not run`);
  }
  try {
    await alter(host, operation, inputs);
    await logIn(host, operation, inputs, found);
  } catch (error) {
    throw new Error(`${service} on ${host.address}: the password of role "${role}" ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

async function alter(host: Host, operation: Operation, inputs: PostgresRoleInputs): Promise<void> {
  const { container, role, user, password } = inputs;
  const verifier = await scramVerifier(password, randomBytes(SALT_BYTES));
  const ended = await execute(host, container, {
    // Short messages: longer ones repeat the statement.
    command: [...PSQL, '--no-password', '--set=ON_ERROR_STOP=1', '--set=VERBOSITY=terse', ...as(user)],
    env: ENVIRONMENT,
    input: `${alterStatement(role, verifier)}\n\\quit\n`,
    ...{ timeoutMs: TIMEOUT_MS, signal: operation.signal },
  });
  if (ended.exitCode !== 0) throw new Error(`can't be set: ${told(ended)}`);
}

/** Over the network, where the password counts: at the container's own address, as some images trust 127.0.0.1. */
async function logIn(
  host: Host,
  operation: Operation,
  { container, role, password }: PostgresRoleInputs,
  found: ContainerInspectInfo,
): Promise<void> {
  const ended = await execute(host, container, {
    // It asks for the password, and reads it from its input as it has no terminal: no file, no variable.
    command: [...PSQL, '--password', '--command=SELECT 1', `--host=${addressOf(found)}`, ...as(role)],
    env: ENVIRONMENT,
    input: `${password}\n`,
    ...{ timeoutMs: TIMEOUT_MS, signal: operation.signal },
  });
  if (ended.exitCode === 0) return;
  if (ended.stderr.includes('password authentication failed')) throw new Error('was set, and does not log in');
  // It may be a role that may not log in at all, or not from here.
  operation.log('warning', `the password of role "${role}" was set; whether it logs in is not known: ${told(ended)}`);
}

function as(user: string): string[] {
  return [`--username=${user}`, '--dbname=postgres'];
}

function told({ exitCode, stderr }: Ended): string {
  const lines = stderr.replace(/^Password[^:]*: */, '').trim();
  return lines === '' ? `psql ended with code ${exitCode}` : lines;
}

function addressOf({ NetworkSettings: { Networks } }: ContainerInspectInfo): string {
  return Object.values(Networks).find(({ IPAddress }) => IPAddress !== '')?.IPAddress ?? '127.0.0.1';
}

/** The statement that gives `role` what PostgreSQL is to store of its password. Pure. */
export function alterStatement(role: string, verifier: string): string {
  return `ALTER ROLE "${role.replaceAll('"', '""')}" PASSWORD '${verifier.replaceAll("'", "''")}';`;
}
