import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type Docker from 'dockerode';
import type { ContainerCreateOptions, ContainerInspectInfo } from 'dockerode';
import { connect, engineHost } from '../../../engine/connect.ts';
import { plainText } from '../../../providers/slipway/host/logs.ts';

/** The image that setup provides on every machine. */
export const IMAGE = 'debian:trixie-slim';

const SECOND = 1e9;

/** A health check that is good once `/ready` is there. */
export const READY_CHECK = {
  Test: ['CMD-SHELL', 'test -e /ready || { echo "no /ready yet"; exit 1; }'],
  Interval: SECOND / 2,
  Timeout: 5 * SECOND,
  Retries: 4,
};

/** Containers, networks and volumes of one test's own on the engine; `dispose` removes them all. */
export class Scratch {
  readonly name = `test-providers-${randomBytes(3).toString('hex')}`;
  readonly docker: Docker = connect(engineHost());

  /** As a stack's objects have them: instance and stack make them this test's. */
  labels(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return { 'slipway.instance': this.name, 'slipway.stack': this.name, ...more };
  }

  /** Starts a container of `shell`; answers its id. */
  async run(shell: string, options: ContainerCreateOptions = {}): Promise<string> {
    const container = await this.docker.createContainer({
      Image: IMAGE,
      Entrypoint: ['sh', '-c', shell],
      ...options,
      Labels: { ...this.labels(), ...options.Labels },
    });
    await container.start();
    return container.id;
  }

  async network(name: string): Promise<string> {
    const full = `${this.name}-${name}`;
    await this.docker.createNetwork({ Name: full, Internal: true, Labels: this.labels() });
    return full;
  }

  inspect(id: string): Promise<ContainerInspectInfo> {
    return this.docker.getContainer(id).inspect();
  }

  /** Runs `shell` in a container of its own, to its end; answers what it printed. */
  async output(shell: string, options: ContainerCreateOptions = {}): Promise<string> {
    const id = await this.run(shell, options);
    const container = this.docker.getContainer(id);
    await container.wait();
    const log = plainText(await container.logs({ follow: false, stdout: true, stderr: true }));
    await container.remove({ force: true });
    return log;
  }

  /** Runs a command in a container that runs; answers its output and code. */
  async exec(id: string, command: readonly string[]): Promise<{ output: string; code: number | null }> {
    const exec = await this.docker.getContainer(id).exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true });
    const output = plainText(await buffer(await exec.start({})));
    return { output, code: (await exec.inspect()).ExitCode };
  }

  async dispose(): Promise<void> {
    // The instance of a system that a project brings up is one that Pulumi has made.
    const filters = { label: [`slipway.stack=${this.name}`] };
    const containers = await this.docker.listContainers({ all: true, filters });
    await Promise.all(containers.map(({ Id }) => this.docker.getContainer(Id).remove({ force: true, v: true })));
    const networks = await this.docker.listNetworks({ filters });
    await Promise.all(networks.map(({ Id }) => this.docker.getNetwork(Id).remove()));
    const { Volumes } = await this.docker.listVolumes({ filters });
    await Promise.all(Volumes.map(({ Name }) => this.docker.getVolume(Name).remove()));
  }
}
