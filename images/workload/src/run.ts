import * as z from 'zod';
import { App, appEnvironment } from './app.ts';
import { ConfigurationError, readEnvironment } from './environment.ts';

/** A role: what it reads from the environment, and how it starts. It runs until it is asked to stop, a job until done. */
interface Role {
  readonly start: (app: App, env: never) => Promise<void>;
  readonly environment: z.ZodType;
  readonly job?: true;
}

/** Loaded when wanted only: a replica starts faster without the libraries of the others. */
const roles: Readonly<Record<string, () => Promise<Role>>> = {
  api: () => import('./roles/api.ts'),
  queue: () => import('./roles/queue.ts'),
  scheduler: () => import('./roles/scheduler.ts'),
  frontend: () => import('./roles/frontend.ts'),
  history: () => import('./roles/history.ts'),
  matching: () => import('./roles/matching.ts'),
  worker: () => import('./roles/worker.ts'),
  timer: () => import('./roles/timer.ts'),
  visibility: () => import('./roles/visibility.ts'),
  edge: () => import('./roles/edge.ts'),
  'control-plane': () => import('./roles/control-plane.ts'),
  migrate: () => import('./roles/migrate.ts'),
  'migrate-fresh': () => import('./roles/migrate-fresh.ts'),
  seed: () => import('./roles/seed.ts'),
  'cache-clear': () => import('./roles/cache-clear.ts'),
  orchestrator: () => import('./roles/orchestrator-api.ts'),
  'orchestrator-migrate': () => import('./roles/orchestrator-migrate.ts'),
  'workflow-runner': () => import('./roles/workflow-runner.ts'),
  'http-worker': () => import('./roles/http-worker.ts'),
  'hitl-worker': () => import('./roles/hitl-worker.ts'),
  'agent-runner': () => import('./roles/agent-runner.ts'),
  fanout: () => import('./roles/fanout.ts'),
  'model-api': () => import('./roles/model-api.ts'),
  'luminai-app': () => import('./roles/luminai-app.ts'),
  'luminai-migrate': () => import('./roles/luminai-migrate.ts'),
  'lomash-gateway': () => import('./roles/lomash-gateway.ts'),
  'lomash-service': () => import('./roles/lomash-service.ts'),
  'lomash-migrate': () => import('./roles/lomash-migrate.ts'),
  'lomash-seed': () => import('./roles/lomash-seed.ts'),
  mailbox: () => import('./roles/mailbox.ts'),
};

/** EX_USAGE and EX_CONFIG of sysexits.h: starting again would not help. */
const exitUsage = 64;
const exitConfiguration = 78;

/** Ends the process in order: 0 once everything in flight is done, 1 when that takes too long or it is asked twice. */
function createStop(app: App, timeoutMs: number): (signal: string) => void {
  return (signal) => {
    if (app.stopping.aborted) {
      app.log.error({ signal }, 'asked twice: ending at once');
      process.exit(1);
    }
    app.log.info({ signal }, 'stopping');
    setTimeout(() => {
      app.log.error({ seconds: timeoutMs / 1000 }, 'not everything in flight was finished in time');
      process.exit(1);
    }, timeoutMs).unref();
    void app.stop().then(() => {
      app.log.info('stopped');
      process.exit(0);
    });
  };
}

async function runRole(role: Role, name: string, setStop: (stop: (signal: string) => void) => void): Promise<void> {
  const env = readEnvironment(z.intersection(appEnvironment, role.environment), process.env);
  const app = new App(name, env);
  setStop(createStop(app, env.SHUTDOWN_TIMEOUT));
  process.on('unhandledRejection', (error) => {
    app.log.fatal({ err: error }, 'unexpected');
    process.exit(1);
  });
  await role.start(app, env as never);
  if (role.job) {
    await app.stop();
    process.exit(0);
  }
}

/** Runs the role `name`; `setStop` is given what a signal shall do from then on. */
export async function run(name: string, setStop: (stop: (signal: string) => void) => void): Promise<void> {
  const load = Object.hasOwn(roles, name) ? roles[name] : undefined;
  if (load === undefined) {
    process.stderr.write(`no role "${name}"; known: ${Object.keys(roles).join(', ')}\n`);
    process.exit(exitUsage);
  }
  try {
    await runRole(await load(), name, setStop);
  } catch (error) {
    const unusable = error instanceof ConfigurationError;
    const problems = unusable ? error.problems.map((problem) => `configuration: ${problem}`) : [String(error)];
    process.stderr.write(`${problems.join('\n')}\n`);
    process.exit(unusable ? exitConfiguration : 1);
  }
}
