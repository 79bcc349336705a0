import type Docker from 'dockerode';
import type { Plan } from '../../config/plan/types.ts';
import type { EngineUnreachableError } from '../../engine/facts.ts';
import type { Context } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';

/** The Docker host of a plan, seen to answer. */
export interface Host {
  /** Its address, for messages. */
  readonly address: string;
  readonly docker: Docker;
}

/**
 * Connects to the Docker host of a plan and sees that it answers.
 * @throws CommandFailure (a prerequisite is missing) if it does not
 */
export async function reachHost(context: Context, plan: Plan): Promise<Host> {
  const host = await findHost(context, plan);
  try {
    await host.docker.ping();
  } catch (error) {
    const { EngineUnreachableError } = await import('../../engine/facts.ts');
    throw unreachable(new EngineUnreachableError(host.address, error));
  }
  return host;
}

/** Connects without asking whether anybody answers. */
export async function findHost(context: Context, plan: Plan): Promise<Host> {
  const { connect, engineHost, HostAddressError } = await import('../../engine/connect.ts');
  const address = engineHost(plan.host, context.env);
  try {
    return { address, docker: connect(address) };
  } catch (error) {
    throw error instanceof HostAddressError ? new CommandFailure(EXIT.usage, error.message, { cause: error }) : error;
  }
}

/** What to say when the engine does not answer. */
export function unreachable(error: EngineUnreachableError): CommandFailure {
  return new CommandFailure(EXIT.prerequisite, `${error.message}. Nothing was touched.`, { cause: error });
}
