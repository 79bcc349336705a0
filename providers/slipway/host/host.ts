import type Docker from 'dockerode';
import { isGone } from '../../../engine/answers.ts';
import { connect } from '../../../engine/connect.ts';
import { EngineConnectionError } from '../../../engine/connection.ts';
import { messageOf, type Resource } from '../../rpc/index.ts';

/** One Docker host. */
export class Host {
  /** As the user wrote it. */
  readonly address: string;
  readonly docker: Docker;

  constructor(address: string) {
    this.address = address;
    this.docker = connect(address);
  }

  /** Whether the engine runs on this machine, so that what this machine sees of the network is what the engine sees. */
  get local(): boolean {
    return this.address.startsWith('unix://');
  }
}

/** What went wrong, in the engine's own words. */
export function reasonOf(error: unknown): string {
  const message = messageOf(error);
  if (error instanceof EngineConnectionError) return `no Docker engine answers (${message})`;
  return message.replace(/^\(HTTP code \d+\) [^-]*- /, '').trim();
}

/** An error that says what failed, on which host, and why. */
export function failure(host: Host, what: string, error: unknown): Error {
  return new Error(`${what} on ${host.address}: ${reasonOf(error)}`, { cause: error });
}

/** The answer to a request, or undefined where the engine says that there is no such thing. */
export async function unlessGone<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** The same resource, whose errors always tell on which host. */
export function naming(host: Host, resource: Resource): Resource {
  const named = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (messageOf(error).includes(host.address)) throw error;
      throw new Error(`${host.address}: ${reasonOf(error)}`, { cause: error });
    }
  };
  return {
    ...resource,
    create: (operation, inputs) => named(resource.create(operation, inputs)),
    read: (operation, existing) => named(resource.read(operation, existing)),
    update: (operation, args) => named(resource.update(operation, args)),
    delete: (operation, existing) => named(resource.delete(operation, existing)),
  };
}
