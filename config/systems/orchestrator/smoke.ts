import type { SystemInput } from '../../schema/system.ts';

type Smoke = NonNullable<SystemInput['smoke']>;

/** A run through its steps, approved by whoever proves it, told by fanout's WebSocket to the end. `answer`: what the model says. */
export function smokeSteps(
  steps: readonly ('http' | 'approval' | 'agent')[],
  { answer }: { readonly answer?: string } = {},
): NonNullable<Smoke['steps']> {
  const run = '/api/v1/runs/{id}';
  return [
    {
      does: 'starts a run',
      method: 'POST',
      path: '/api/v1/runs',
      body: { steps: [...steps], prompt: 'Say {run}.' },
      status: 202,
      keep: { id: 'id' },
    },
    { does: 'sees it wait for approval', path: run, shows: ['"http done"', '"waiting_approval"'] },
    { does: 'approves it', method: 'POST', path: `${run}/decision`, body: { approved: true }, status: 202 },
    {
      does: 'sees it completed',
      path: run,
      shows: ['"state":"completed"', ...(answer === undefined ? [] : [answer])],
    },
    { does: 'is told so over a WebSocket', path: `${run}/stream`, shows: ['"approval done"', '"completed"'] },
  ];
}

/** With the stand-in, which echoes. */
export const echoedSmoke = smokeSteps(['http', 'approval', 'agent'], { answer: 'You said: Say {run}.' });

export const smoke: Smoke = {
  service: 'orchestrator',
  port: 'http',
  steps: smokeSteps(['http', 'approval', 'agent']),
  timeout: '60s',
  urls: [
    { label: 'Proxy', service: 'nginx', port: 'http', path: '/health' },
    { label: 'API', service: 'orchestrator', port: 'http', path: '/health' },
    { label: 'Events', service: 'fanout', port: 'http', path: '/health' },
    { label: 'PostgreSQL', service: 'postgres', port: 'postgres' },
    { label: 'Redis', service: 'redis', port: 'redis' },
  ],
};
