import { formatDuration } from '../schema/duration.ts';
import type { Plan, PlannedService } from '../plan/types.ts';
import { commandLine } from './command-line.ts';
import { jobsNobodyAwaits } from './jobs.ts';
import { isDoor } from './networks.ts';
import { ON_DEMAND } from './service.ts';

/** What the notes depend on besides the plan. */
export interface NotesArgs {
  /** Whether the data volumes of the stack are taken over. */
  readonly adopts: boolean;
  /** Whether files are open to every user of a container: see {@link ComposeArgs.isOpen}. */
  readonly isOpen: boolean;
}

/** What a stack of this plan does and Compose does not, or does otherwise: a line each, only what the plan uses. */
export function composeNotes(plan: Plan, { adopts, isOpen }: NotesArgs): string[] {
  const services = plan.services.filter(({ kind }) => kind === 'service');
  return [
    ...discovery(services),
    ...releases(services),
    ...jobs(plan.services),
    ...(plan.secrets.length > 0
      ? ['Secrets are files in clear in secrets/: nothing encrypts, generates or rotates them.']
      : []),
    ...(services.some(({ secretDates }) => secretDates) ? ['Nothing tells Prometheus how old secrets are.'] : []),
    ...(plan.services.some(({ logging }) => logging.socket)
      ? ['Nothing sends logs to the collector: they stay with Docker.']
      : []),
    ...databases(plan),
    ...certificates(plan),
    ...(isOpen ? ['These files are open to every user of their container: only root could give them to one.'] : []),
    ...chosenPorts(services),
    ...data(plan, adopts),
    'Nothing compares what runs with this file later on, and nothing checks memory, ports and images before a start.',
    ...(plan.smoke ? ['"Healthy" is where `up --wait` ends: no work is sent through the system to prove it.'] : []),
  ];
}

/** What a person may run, a line each: the tasks of the plan, as Compose runs them. */
export function composeTasks({ tasks }: Pick<Plan, 'tasks'>): string[] {
  return tasks.map(({ name, service, command }) => `${name}: docker compose exec ${service} ${commandLine(command)}`);
}

/** Adopted volumes hold those that the stack has made. */
function databases({ databases: planned = [] }: Plan): string[] {
  const made = planned.flatMap((each) =>
    each.kind === 'postgres' ? [`${each.name} (owner ${each.owner}, password in secrets/${each.password})`] : [],
  );
  if (made.length === 0) return [];
  return [`Nothing makes databases and their owners where the data of a stack is not taken over: ${made.join(', ')}.`];
}

function certificates({ certificates: planned }: Plan): string[] {
  if (!planned || planned.issued.length === 0) return [];
  return [`Certificates end when they end, and nothing renews them: ${names(planned.issued)}.`];
}

function discovery(services: readonly PlannedService[]): string[] {
  const gated = services.filter(({ networks }) =>
    networks.some(({ network, join }) => isDoor(network) && join === 'healthy'),
  );
  if (gated.length === 0) return [];
  return [`A replica is found under its service's name as soon as it starts, healthy or not: ${names(gated)}.`];
}

function releases(services: readonly PlannedService[]): string[] {
  const createFirst = services.filter(({ rollout }) => rollout.order === 'createFirst');
  const drained = createFirst.filter(({ rollout }) => rollout.drainMs > 0);
  const replicated = createFirst.filter(({ replicas }) => replicas > 1);
  return [
    ...(createFirst.length > 0
      ? [
          `The old container stops before the new one starts, and is gone if that never gets healthy: ${names(createFirst)}.`,
        ]
      : []),
    ...(drained.length > 0 ? [`Nothing waits until callers have left the old container: ${names(drained)}.`] : []),
    ...(replicated.length > 0 ? [`All replicas are replaced at once, not one by one: ${names(replicated)}.`] : []),
  ];
}

function jobs(services: readonly PlannedService[]): string[] {
  const onDemand = jobsNobodyAwaits(services);
  return services
    .filter(({ kind }) => kind === 'job')
    .map(({ name, rollout }) =>
      onDemand.has(name)
        ? `Job ${name} is in profile ${ON_DEMAND}, or \`up --wait\` would fail once it has ended. Run it: docker compose run --rm ${name}`
        : `Job ${name} runs at each \`up\`, not only when something in it has changed, and without its limit of ${formatDuration(rollout.healthTimeoutMs)}.`,
    );
}

function chosenPorts(services: readonly PlannedService[]): string[] {
  const free = services.filter(({ ports }) => ports.some(({ published }) => published === 'free'));
  return free.length === 0
    ? []
    : [`Ports without a number are another one at each start (\`docker compose port\` tells): ${names(free)}.`];
}

function data({ volumes, stack }: Plan, adopts: boolean): string[] {
  const kept = volumes.filter(({ keep }) => keep !== false);
  if (kept.length === 0) return [];
  const listed = kept.map(({ name }) => name).join(', ');
  return adopts
    ? [`Data (${listed}) is that of stack ${stack}: never run both at once. \`down -v\` leaves it alone.`]
    : [`Data (${listed}) is unprotected: \`down -v\` removes it without a question.`];
}

function names(named: readonly { readonly name: string }[]): string {
  return named.map(({ name }) => name).join(', ');
}
