import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { execa } from 'execa';
import { connect, engineHost } from '../engine/connect.ts';

/** What figures depend on besides the program. */
export interface Machine {
  readonly cores: number;
  readonly memoryGiB: number;
  /** Name and version of the operating system. */
  readonly system: string;
  readonly versions: Readonly<Record<'Docker Engine' | 'Compose' | 'Node' | 'Pulumi', string>>;
  /** ISO 8601. */
  readonly date: string;
}

/** The machine that a benchmark runs on. */
export async function thisMachine(): Promise<Machine> {
  const [engine, compose, pulumi] = await Promise.all([
    connect(engineHost()).version(),
    version('/usr/bin/docker', 'compose', 'version', '--short'),
    version('pulumi', 'version'),
  ]);
  return {
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? process.platform,
    versions: { 'Docker Engine': engine.Version, Compose: compose, Node: process.versions.node, Pulumi: pulumi },
    date: new Date().toISOString(),
  };
}

/** The same in a line. */
export function machineText({ cores, memoryGiB, system, versions, date }: Machine): string {
  const programs = Object.entries(versions).map(([name, number]) => `${name} ${number}`);
  return [`${cores} cores`, `${memoryGiB} GiB`, system, ...programs, date.slice(0, 10)].join(', ');
}

async function version(command: string, ...args: string[]): Promise<string> {
  const { stdout } = await execa(command, args, { stdin: 'ignore', timeout: 30_000 });
  return stdout.trim().replace(/^v/, '');
}
