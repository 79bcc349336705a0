import { describe, expect, it } from '@jest/globals';
import type Docker from 'dockerode';
import { stopAll, stopsOf, type Stop } from '../../../../cli/operations/stopping.ts';
import type { StateResource } from '../../../../cli/pulumi/state.ts';

const REPLICA = 'slipway:index:Replica';
const CONTAINER = 'docker:index/container:Container';

/** A replica and its container, which depends on what `on` names. */
function service(name: string, ...on: readonly string[]): StateResource[] {
  return [
    { urn: `c-${name}`, type: CONTAINER, dependencies: on },
    { urn: `r-${name}`, type: REPLICA, dependencies: [`c-${name}`], inputs: { container: name, stopGraceMs: 1500 } },
  ];
}

const state = (...resources: readonly StateResource[][]) => ({
  exists: true,
  pending: 0,
  resources: resources.flat(),
});

describe('what a down stops', () => {
  it('has each replica wait for those that depend on it, be it through containers and jobs', () => {
    const job: StateResource[] = [{ urn: 'job', type: 'slipway:index:Job', dependencies: ['r-db'] }];
    const stops = stopsOf(state(service('db'), job, service('api', 'job'), service('web', 'r-api')));
    expect(stops).toEqual([
      { container: 'db', graceMs: 1500, after: ['api'] },
      { container: 'api', graceMs: 1500, after: ['web'] },
      { container: 'web', graceMs: 1500, after: [] },
    ]);
  });

  it('is nothing where there is no replica, or one whose state is not whole', () => {
    expect(stopsOf(state())).toEqual([]);
    expect(stopsOf(state([{ urn: 'r', type: REPLICA }]))).toEqual([]);
  });
});

/** An engine that notes when containers are told to stop and have stopped; `ill` can't be stopped. */
function engine(note: string[], ill: readonly string[] = []): Docker {
  const getContainer = (id: string) => ({
    stop: async ({ t }: { t: number }) => {
      note.push(`${id} ${t}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (ill.includes(id)) throw new Error('no such container');
      note.push(`${id} stopped`);
    },
  });
  return { getContainer } as unknown as Docker;
}

describe('stopping', () => {
  const stops: Stop[] = [
    { container: 'db', graceMs: 1500, after: ['api', 'worker'] },
    { container: 'api', graceMs: 0, after: ['web'] },
    { container: 'web', graceMs: 0, after: [] },
    { container: 'worker', graceMs: 0, after: [] },
  ];

  it('stops each once, as soon as those before it have ended, in whole seconds', async () => {
    const note: string[] = [];
    await stopAll(engine(note), stops, new AbortController().signal);
    expect(note.slice(0, 2)).toEqual(['web 0', 'worker 0']);
    expect(note.indexOf('api 0')).toBeGreaterThan(note.indexOf('web stopped'));
    expect(note.slice(-2)).toEqual(['db 2', 'db stopped']);
    expect(note).toHaveLength(8);
  });

  it('goes on past one that can’t be stopped', async () => {
    const note: string[] = [];
    await stopAll(engine(note, ['web']), stops, new AbortController().signal);
    expect(note).not.toContain('web stopped');
    expect(note).toContain('db stopped');
  });

  it('begins nothing more once it is interrupted', async () => {
    const note: string[] = [];
    const interrupt = new AbortController();
    const stopped = stopAll(engine(note), stops, interrupt.signal);
    await Promise.resolve();
    interrupt.abort();
    await stopped;
    expect(note.filter((line) => line.endsWith('stopped')).length).toBeLessThanOrEqual(2);
    expect(note).not.toContain('db 2');
  });
});
