import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect } from '@jest/globals';
import type Docker from 'dockerode';
import { stackPaths } from '../../../cli/pulumi/backend.ts';
import { containerName } from '../../../engine/answers.ts';
import { LABELS } from '../../../engine/labels.ts';
import { plainText } from '../../../providers/slipway/host/logs.ts';
import { EXIT } from '../../../cli/exit-codes.ts';
import { exits } from '../support/answer.ts';
import { copyCheckout } from '../support/checkout.ts';
import { eventually } from '../support/eventually.ts';
import type { Load } from '../support/http-load.ts';
import { familyOf, TestStack, type Running } from '../support/test-stack.ts';

/** Systems of a checkout whose command knows the shop alone. */
const SYSTEMS = `import { shop } from '../../test/integration/interruptions/shop.ts';

export const systems = { shop };
`;

/** What there is of the shop when all is well: kind, service, replica, state. */
const WHOLE = [
  'job init - exited',
  'service api 1 running',
  'service api 2 running',
  'service nginx 1 running',
  'service store 1 running',
];

/** Asks the edge of a shop once. */
export type Ask = () => Promise<string>;

/** What a bed stands on. */
export interface BedOptions {
  /** Port of the engine's machine that the edge is published at. */
  readonly port: number;
  /** Address of the engine; absent: the one that tests share. */
  readonly host?: string;
  /** Image of the edge, for an engine that can build none; absent: it is built. */
  readonly edge?: string;
  readonly ask: Ask;
}

/** The shop, brought up by the real command of a checkout of its own. */
export class Bed {
  readonly stack: TestStack;
  readonly #project: string;
  readonly #options: BedOptions;
  #version = 0;
  /** Names of networks and volumes after the first `up`. */
  #kept: readonly string[] = [];
  #data = '';

  constructor(purpose: string, options: BedOptions) {
    this.#project = copyCheckout(purpose);
    writeFileSync(join(this.#project, 'config/systems/index.ts'), SYSTEMS);
    const { host } = options;
    this.stack = new TestStack(purpose, { project: this.#project, ...(host !== undefined && { host }) });
    this.#options = options;
  }

  /** Brings up what all releases start from. */
  async begin(): Promise<void> {
    this.#configure();
    exits(await this.stack.slipway('up'), 0);
    this.#kept = await this.#networksAndVolumes();
    this.#data = await this.#dataNow();
  }

  /** How long a release takes that nobody disturbs, in milliseconds. */
  async measure(): Promise<number> {
    const startedMs = performance.now();
    exits(await this.startNext().answer, 0);
    return Math.round(performance.now() - startedMs);
  }

  /** Starts an `up` to the next version, in which every container but that of the edge is another. */
  startNext(): Running {
    this.#version++;
    this.#configure();
    return this.stack.start('up');
  }

  /**
   * Brings up the version that was begun last, and expects that all is whole then. A Pulumi that was left behind may end by
   * itself before that: it is told of, by its process, and waited for.
   *
   * @param what has been done to it, for whoever reads of a failure
   */
  async repair(what: string): Promise<void> {
    await saying(what, async () => this.#repair());
  }

  async #repair(): Promise<void> {
    for (;;) {
      const answer = await this.stack.slipway('up');
      const holder = /held by another operation: `pulumi` \(pid (\d+) /.exec(answer.all)?.[1];
      if (answer.exitCode !== EXIT.busy || holder === undefined) {
        exits(answer, 0);
        await this.expectWhole();
        return;
      }
      await eventually(() => {
        expect(familyOf(Number(holder))).toEqual([]);
      });
    }
  }

  /** Expects that of those whom the edge asks one runs at least. */
  async expectReachable(what: string): Promise<void> {
    const [listed, running] = [await this.listed(), (await this.#running('api')).map(containerName)];
    expect({ what, listed, running, both: running.some((name) => listed.includes(name)) }).toMatchObject({
      both: true,
    });
  }

  /**
   * Expects what an undisturbed release would have led to: exactly the planned containers, networks and volumes, the data,
   * an edge that asks both replicas of this version, no locks, and nothing left to be done.
   */
  async expectWhole(): Promise<void> {
    expect(await this.containers()).toEqual(WHOLE);
    expect(await this.#networksAndVolumes()).toEqual(this.#kept);
    const replicas = await this.#running('api');
    expect((await this.listed()).sort()).toEqual(replicas.map(containerName).sort());
    const version = String(this.#version);
    expect(await this.#answering()).toEqual(replicas.map(({ Id }) => `${Id.slice(0, 12)} ${version}`).sort());
    await this.expectData();
    expect(this.locks()).toEqual([]);
    // It looks for drift too.
    exits(await this.stack.slipway('preview', '--expect-no-changes'), 0);
  }

  /** Expects that requests have come in since the last time, and that none has failed, or no more than `atMost`. */
  expectServed(load: Load | undefined, what: string, atMost = 0): void {
    const taken = [...(load?.take() ?? [])];
    expect(taken.reduce((sum, [, { requests }]) => sum + requests, 0)).toBeGreaterThan(0);
    const failed = taken.filter(([, { failures }]) => Object.keys(failures).length > 0);
    if (failed.flatMap(([, { failures }]) => Object.values(failures)).reduce((sum, many) => sum + many, 0) <= atMost)
      return;
    expect({ what, failed: failed.map(([kind, { failures }]) => ({ kind, failures })) }).toEqual({ what, failed: [] });
  }

  /** Every container of the stack: kind, service, replica, state. */
  async containers(): Promise<string[]> {
    const all = await this.stack.containers();
    return all
      .map(({ Labels, State }) => {
        const { [LABELS.kind]: kind, [LABELS.service]: service, [LABELS.replica]: replica } = Labels;
        return [kind, service, replica ?? '-', State].join(' ');
      })
      .sort();
  }

  /** Names of the containers that the list of the edge names. */
  async listed(): Promise<string[]> {
    const list = await this.#output('nginx', ['cat', '/etc/nginx/upstreams/api.conf']);
    return [...list.matchAll(/server (\S+):8000/g)].map(([, name = '']) => name);
  }

  /** Expects that the edge answers, and hands requests on to nobody but replicas that run now. */
  async expectServing(): Promise<void> {
    const running = (await this.#running('api')).map(({ Id }) => Id.slice(0, 12));
    const asked = (await this.#answering()).map((answer) => answer.split(' ')[0] ?? '');
    expect(running).toEqual(expect.arrayContaining(asked));
  }

  /** Expects the data that the store has written when it was first started. */
  async expectData(): Promise<void> {
    expect(await this.#dataNow()).toBe(this.#data);
  }

  #dataNow(): Promise<string> {
    return this.#output('store', ['cat', '/data/id']);
  }

  /** Locks of the command and of Pulumi. */
  locks(): string[] {
    const pulumis = stackPaths(this.stack.stateFolder, 'slipway', this.stack.name).locks;
    return [join(this.#project, '.slipway/locks'), pulumis].flatMap(filesIn);
  }

  async dispose(): Promise<void> {
    await this.stack.dispose();
    rmSync(this.#project, { recursive: true, force: true });
  }

  #configure(): void {
    const { port, edge } = this.#options;
    const env = { VERSION: String(this.#version) };
    const services = { api: { env }, store: { env }, init: { env } };
    this.stack.configure({
      ...{ system: 'shop', environment: 'dev', ports: { nginx: { http: port } } },
      services: { ...services, ...(edge !== undefined && { nginx: { image: edge } }) },
    });
  }

  async #networksAndVolumes(): Promise<string[]> {
    const [networks, volumes] = await Promise.all([this.stack.networks(), this.stack.volumes()]);
    return [...networks, ...volumes].map(({ Name }) => Name).sort();
  }

  async #running(service: string): Promise<Docker.ContainerInfo[]> {
    return (await this.stack.containers(service)).filter(({ State }) => State === 'running');
  }

  /** Who answers at the edge, each as `<container> <version>`: of so many requests each replica gets some. */
  async #answering(): Promise<string[]> {
    const answers = await Promise.all(Array.from({ length: 12 }, this.#options.ask));
    const seen = answers.map((answer) => /from (\w+) version (\w+)/.exec(answer)?.slice(1).join(' ') ?? answer);
    return [...new Set(seen)].sort();
  }

  async #output(service: string, command: string[]): Promise<string> {
    const [container] = await this.#running(service);
    const exec = await this.stack.docker.getContainer(container?.Id ?? '').exec({ Cmd: command, AttachStdout: true });
    return plainText(await buffer(await exec.start({}))).trim();
  }
}

/** Has whatever goes wrong say what came before it. */
async function saying(what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new Error(`${what}\n${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
  } catch {
    return []; // Nobody has ever taken a lock there.
  }
}
