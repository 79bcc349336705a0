import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import type Docker from 'dockerode';
import { LABELS } from '../../../engine/labels.ts';
import type { TestStack } from '../support/test-stack.ts';

/*
 * What whoever may look at a host sees of a stack.
 */

/** Every running container with its service. */
export async function inspected(stack: TestStack): Promise<[service: string, Docker.ContainerInspectInfo][]> {
  const found = (await stack.containers()).filter(({ State }) => State === 'running');
  return Promise.all(
    found.map(async ({ Id, Labels }): Promise<[string, Docker.ContainerInspectInfo]> => [
      Labels[LABELS.service] ?? '',
      await stack.docker.getContainer(Id).inspect(),
    ]),
  );
}

/** The files of secrets in a container, by name. */
export async function secretsIn(stack: TestStack, container: string): Promise<[name: string, value: string][]> {
  const list = await execa('docker', ['exec', container, 'sh', '-c', 'ls /run/secrets || true'], { env: stack.env });
  const names = list.stdout.split('\n').filter((name) => name !== '');
  return Promise.all(
    names.map(async (name): Promise<[string, string]> => [
      name,
      (await execa('docker', ['exec', container, 'cat', `/run/secrets/${name}`], { env: stack.env })).stdout,
    ]),
  );
}

/** Everything on the host, and in the stack's state, that somebody may look into who is entitled to no secret. */
export async function places(stack: TestStack): Promise<Record<string, string>> {
  const all = await inspected(stack);
  const images = [...new Set(all.map(([, { Image }]) => Image))];
  return {
    inspect: JSON.stringify(all),
    images: JSON.stringify(
      await Promise.all(
        images.map(async (image) => [
          await stack.docker.getImage(image).inspect(),
          (await stack.docker.getImage(image).history()) as unknown,
        ]),
      ),
    ),
    logs: (await Promise.all(all.map(([, { Id }]) => logsOf(stack, Id)))).join('\n'),
    processes: readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry))
      .map(commandLine)
      .join('\n'),
    state: readFileSync(stateFile(stack), 'utf8'),
  };
}

async function logsOf(stack: TestStack, container: string): Promise<string> {
  return (await execa('docker', ['logs', container], { env: stack.env, all: true })).all;
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // It has ended since the folder was listed.
  }
}

function stateFile(stack: TestStack): string {
  const backend = stack.env['PULUMI_BACKEND_URL'] ?? '';
  return join(backend.replace('file://', ''), '.pulumi', 'stacks', 'slipway', `${stack.name}.json`);
}
