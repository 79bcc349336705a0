import { randomBytes } from 'node:crypto';
import type { ContainerInspectInfo } from 'dockerode';
import type { Operation } from '../../rpc/index.ts';
import { type Host, reasonOf, unlessGone } from '../host/host.ts';
import { identifier, literal, psql, statements, told } from '../postgres/psql.ts';
import type { PostgresRoleInputs } from './schema.ts';
import { scramVerifier } from './scram.ts';

const SALT_BYTES = 16;

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
  const { container, role, user, database, password } = inputs;
  const verifier = await scramVerifier(password, randomBytes(SALT_BYTES));
  try {
    await statements(host, operation, { container, user, database, input: alterStatement(role, verifier) });
  } catch (error) {
    throw new Error(`can't be set: ${reasonOf(error)}`, { cause: error });
  }
}

/** Over the network, where the password counts: at the container's own address, as some images trust 127.0.0.1. */
async function logIn(
  host: Host,
  operation: Operation,
  { container, role, database, password }: PostgresRoleInputs,
  found: ContainerInspectInfo,
): Promise<void> {
  const ended = await psql(host, operation, {
    ...{ container, user: role, database },
    // It asks for the password, and reads it from its input as it has no terminal: no file, no variable.
    options: ['--password', '--command=SELECT 1', `--host=${addressOf(found)}`],
    input: `${password}\n`,
  });
  if (ended.exitCode === 0) return;
  if (ended.stderr.includes('password authentication failed')) throw new Error('was set, and does not log in');
  // It may be a role that may not log in at all, or not from here.
  operation.log('warning', `the password of role "${role}" was set; whether it logs in is not known: ${told(ended)}`);
}

function addressOf({ NetworkSettings: { Networks } }: ContainerInspectInfo): string {
  return Object.values(Networks).find(({ IPAddress }) => IPAddress !== '')?.IPAddress ?? '127.0.0.1';
}

/** The statement that gives `role` what PostgreSQL is to store of its password. Pure. */
export function alterStatement(role: string, verifier: string): string {
  return `ALTER ROLE ${identifier(role)} PASSWORD ${literal(verifier)};`;
}
