import * as z from 'zod';
import { databaseEnvironment } from '../database.ts';
import { port } from '../environment.ts';

/** What a run may consist of, in its own order. */
export const steps = ['http', 'approval', 'agent'] as const;
export type Step = (typeof steps)[number];

/** What travels through Redis with a run: whoever takes a step needs nothing else. */
export const Work = z.object({
  id: z.uuid(),
  /** Steps that are still to be taken, the next first. */
  steps: z.array(z.enum(steps)),
  /** What http-worker asks. */
  url: z.url(),
  /** What agent-runner asks the model. */
  prompt: z.string(),
});
export type Work = z.infer<typeof Work>;

/** What came of a step. */
export const Result = z.object({
  work: Work,
  /** Service and replica that have taken the step. */
  service: z.string(),
  replica: z.string(),
  status: z.enum(['waiting', 'done', 'rejected', 'failed']),
  output: z.string(),
});
export type Result = z.infer<typeof Result>;

/** A person's decision on a run. */
export const Decision = z.object({ id: z.uuid(), approved: z.boolean() });
export type Decision = z.infer<typeof Decision>;

/** What happened to a run, as it is recorded and streamed. */
export const RunEvent = z.object({
  service: z.string(),
  replica: z.string(),
  event: z.string(),
  state: z.enum(['running', 'waiting_approval', 'completed', 'rejected', 'failed']),
  output: z.string().default(''),
  at: z.iso.datetime(),
});
export type RunEvent = z.infer<typeof RunEvent>;

/** States in which a run stays. */
export const finalStates: readonly string[] = ['completed', 'rejected', 'failed'];

/** Streams in Redis. They hold the work: a Redis that evicts keys would lose it. */
export const streams = {
  runs: 'orchestrator:runs',
  http: 'orchestrator:tasks:http',
  approval: 'orchestrator:tasks:approval',
  agent: 'orchestrator:tasks:agent',
  decisions: 'orchestrator:decisions',
  results: 'orchestrator:results',
} as const;

/** The stream that fanout reads of one run. */
export function eventsOf(id: string): string {
  return `orchestrator:events:${id}`;
}

/** PostgreSQL as Orchestrator's services are told of it. */
export const postgresEnvironment = z
  .object({
    POSTGRES_HOST: z.string('must be set'),
    POSTGRES_PORT: port.default(5432),
    POSTGRES_DB: z.string('must be set'),
    POSTGRES_USER: z.string('must be set'),
    POSTGRES_PASSWORD: z.string('must be set'),
    POSTGRES_SSLMODE: z.string().default('disable'),
    POSTGRES_SSLROOTCERT: z.string().optional(),
  })
  .transform((env, context) => {
    const parsed = databaseEnvironment.safeParse({
      ...{ DB_HOST: env.POSTGRES_HOST, DB_PORT: String(env.POSTGRES_PORT), DB_DATABASE: env.POSTGRES_DB },
      ...{ DB_USERNAME: env.POSTGRES_USER, DB_PASSWORD: env.POSTGRES_PASSWORD, DB_SSLMODE: env.POSTGRES_SSLMODE },
      DB_SSLROOTCERT: env.POSTGRES_SSLROOTCERT,
    });
    if (parsed.success) return parsed.data;
    context.addIssue({ code: 'custom', path: ['POSTGRES_SSLMODE'], message: 'must be a mode that libpq knows' });
    return z.NEVER;
  });
