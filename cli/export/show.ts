import { join } from 'node:path';
import { commandLine } from '../../config/compose/command-line.ts';
import { environmentFile } from '../../config/compose/environment-file.ts';
import { deliveredFiles } from '../../config/compose/files.ts';
import { jobsNobodyAwaits } from '../../config/compose/jobs.ts';
import type { Plan } from '../../config/plan/types.ts';
import type { Paint } from '../context.ts';
import { count, stackOption } from '../output/format.ts';

/** An export that stands. */
export interface Exported {
  readonly plan: Plan;
  /** Absolute path of the folder. */
  readonly folder: string;
  readonly outcome: 'written' | 'unchanged';
  /** Names of images whose build contexts are in it. */
  readonly contexts: readonly string[];
  readonly isAdopting: boolean;
  /** True where files are open to every user of a container. */
  readonly isOpen: boolean;
  /** Address of the engine that the stack is on; absent: that of this machine. */
  readonly remote?: string;
}

/** What an export ends with: what is there, how to run it and remove it, and what to mind. */
export function exportText(exported: Exported, paint: Paint): string {
  const { plan, folder, outcome } = exported;
  const verdict = outcome === 'written' ? `exported stack ${plan.stack} to ${folder}` : `${folder} is up to date`;
  return [
    paint('green', verdict),
    ...contents(exported).map(([name, what]) => `  ${name.padEnd(14)}${what}`),
    '',
    ...warnings(exported).map((text) => `${paint('yellow', 'mind')}  ${text}`),
    '',
    ...commands(exported).map(([what, command]) => `  ${what.padEnd(12)}${command}`),
  ].join('\n');
}

function contents({ plan, contexts, isAdopting }: Exported): [string, string][] {
  const files = plan.services.flatMap(deliveredFiles);
  const others = files.filter(({ content }) => 'text' in content).length;
  const secrets = files.length - others + plan.services.filter((service) => environmentFile(service)).length;
  const volumes =
    plan.volumes.length === 0
      ? ''
      : isAdopting
        ? `, on the data of stack ${plan.stack}`
        : `, with ${count(plan.volumes.length, 'volume')} of its own`;
  return [
    ['compose.yaml', `${count(plan.services.length, 'service')}${volumes}`],
    ...(secrets > 0 ? [['secrets/', `${count(secrets, 'file')}, in clear`] as [string, string]] : []),
    ...(others > 0 ? [['files/', count(others, 'file')] as [string, string]] : []),
    ...(contexts.length > 0
      ? [
          ['images/', `what ${contexts.join(', ')} ${contexts.length === 1 ? 'is' : 'are'} built from`] as [
            string,
            string,
          ],
        ]
      : []),
  ];
}

function warnings({ plan, isAdopting, isOpen, remote }: Exported): string[] {
  const { stack, services, secrets, volumes } = plan;
  const ports = services.flatMap((service) =>
    service.ports.flatMap(({ published }) => (typeof published === 'number' ? published : [])),
  );
  const down = `slipway down${stackOption(stack)}`;
  return [
    ...(secrets.length > 0
      ? ['The folder holds secrets in clear: keep it from others, out of backups and version control.']
      : []),
    ...(isOpen
      ? [
          'This user can not give files to others: they are open to all users of their containers. Root would give each to its reader.',
        ]
      : []),
    ...(isAdopting && volumes.length > 0
      ? [`It runs on the data of stack ${stack}: never bring that up while this runs, nor the other way round.`]
      : ports.length > 0
        ? [`It publishes ports of stack ${stack} (${sorted(ports).join(', ')}): \`${down}\` before it runs.`]
        : []),
    ...(remote === undefined
      ? []
      : [`The stack is on ${remote}: copy the folder there as root, keeping owners and modes, and run it there.`]),
  ];
}

function sorted(ports: readonly number[]): number[] {
  return [...ports].sort((a, b) => a - b);
}

function commands({ plan, folder, isAdopting }: Exported): [string, string][] {
  const compose = commandLine(['docker', 'compose', '-f', join(folder, 'compose.yaml')]);
  const onDemand = [...jobsNobodyAwaits(plan.services)];
  const hasData = plan.volumes.some(({ keep }) => keep !== false) && !isAdopting;
  return [
    ['run it', `${compose} up --wait`],
    ...onDemand.map((job): [string, string] => [`run ${job}`, `${compose} run --rm ${job}`]),
    ['remove it', `${compose} down${hasData ? '      (with -v: its data too)' : ''}`],
  ];
}
