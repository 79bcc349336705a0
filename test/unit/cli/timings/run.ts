import type { Plan, PlannedService } from '../../../../config/plan/types.ts';
import type { EngineEvent } from '../../../../cli/pulumi/events.ts';
import type { Phase } from '../../../../cli/timings/steps.ts';
import type { TimedEvent } from '../../../../cli/timings/trace.ts';
import { CONTAINER, done, IMAGE, info, REPLICA, started, step } from '../progress/events.ts';

/*
 * A small run, by hand: a database, a job that needs it, an api of two replicas that needs both; nothing is there yet.
 */

const service = (name: string, more: Partial<PlannedService> = {}): PlannedService =>
  ({
    ...{ name, kind: 'service', replicas: 1, imageName: 'workload', dependsOn: [], volumes: [], ports: [] },
    networks: [{ network: 'home', aliases: [], join: 'create' }],
    ...more,
  }) as unknown as PlannedService;

export const plan = {
  stack: 'dev',
  prefix: 'linkflow-dev',
  images: [
    { name: 'postgres', reference: 'postgres:16' },
    { name: 'workload', build: { context: 'images/workload' } },
  ],
  services: [
    service('postgres', { imageName: 'postgres' }),
    service('migrate', { kind: 'job', dependsOn: [{ service: 'postgres', condition: 'healthy' }] }),
    service('api', {
      replicas: 2,
      dependsOn: [
        { service: 'postgres', condition: 'healthy' },
        { service: 'migrate', condition: 'completed' },
      ],
    }),
  ],
} as unknown as Plan;

export const FILES = 'slipway:index:Files';
export const JOB = 'slipway:index:Job';
export const NETWORK = 'docker:index/network:Network';
export const SECRET = 'random:index/randomPassword:RandomPassword';
const STACK = 'pulumi:pulumi:Stack';

export const container = (name: string, number = 1, op = 'create') =>
  step(op, CONTAINER, `linkflow-dev-${name}-${number}`, name);
export const gate = (name: string, number = 1, op = 'create') => step(op, REPLICA, `${name}-${number}`, name);

/** What Pulumi's SDK says when the program has all inputs of a resource. */
export function asked(type: string, name: string): EngineEvent {
  return debug(`RegisterResource RPC prepared: t=${type}, name=${name}\n`);
}

/** What Pulumi's SDK says when the program declares a resource. */
export function declared(type: string, name: string): EngineEvent {
  return debug(`Registering resource: t=${type}, name=${name}, custom=true, remote=false\n`);
}

function debug(message: string): EngineEvent {
  return { diagnosticEvent: { severity: 'debug', message } };
}

export const at = (atMs: number, ...events: EngineEvent[]): TimedEvent[] => events.map((event) => ({ atMs, event }));

const image = step('create', IMAGE, 'workload');
const network = step('create', NETWORK, 'linkflow-dev-home');
const migrate = step('create', JOB, 'migrate', 'migrate');
const random = step('create', 'pulumi:providers:random', 'default');
const docker = step('create', 'pulumi:providers:docker', 'docker');
const stack = { ...step('create', STACK, 'linkflow-dev'), urn: 'urn:pulumi:dev::slipway::pulumi:pulumi:Stack::dev' };

/** Times in ms since the command began. */
export const events: readonly TimedEvent[] = [
  ...at(800, { preludeEvent: {} }),
  ...at(1500, declared(STACK, 'dev'), started(stack)),
  ...at(1900, declared(SECRET, 'PASSWORD'), asked('pulumi:providers:docker', 'docker')),
  ...at(2100, started(random), done(random)),
  ...at(2500, started(docker), done(docker)),
  ...at(2500, asked(IMAGE, 'workload'), asked(NETWORK, 'linkflow-dev-home')),
  ...at(2520, started(image)),
  ...at(2540, started(network)),
  ...at(2700, done(network)),
  ...at(2710, started(container('postgres'))),
  ...at(2900, done(container('postgres'))),
  ...at(2920, started(gate('postgres'))),
  ...at(2930, info(gate('postgres'), 'starting', true)),
  ...at(3100, info(gate('postgres'), 'waiting for health check', true)),
  ...at(3500, done(image)),
  ...at(4100, info(gate('postgres'), 'healthy after 1.0 s'), done(gate('postgres'))),
  ...at(4120, started(migrate)),
  ...at(4300, info(migrate, 'running', true)),
  ...at(4800, done(migrate)),
  ...at(4830, started(container('api', 1)), started(container('api', 2))),
  ...at(5000, done(container('api', 1))),
  ...at(5050, started(gate('api', 1)), done(container('api', 2))),
  ...at(5060, started(gate('api', 2))),
  ...at(5150, info(gate('api', 1), 'waiting for health check', true)),
  ...at(5160, info(gate('api', 2), 'waiting for health check', true)),
  ...at(6150, done(gate('api', 1))),
  ...at(6400, done(gate('api', 2))),
];

export const phases: readonly Phase[] = [
  { name: 'slipway', fromMs: 0, toMs: 200 },
  { name: 'checks', fromMs: 200, toMs: 300 },
  { name: 'pulumi', fromMs: 300, toMs: 6600, isRun: true },
  { name: 'smoke test', fromMs: 6600, toMs: 6850 },
];
