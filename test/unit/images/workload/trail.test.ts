import { expect, test } from '@jest/globals';
import { hop, sortTrail, steps } from '../../../../images/workload/src/trail.ts';

test('a hop says who did what, when and where', () => {
  expect(hop('queue.taken', 'q1', 5)).toEqual({ service: 'queue', event: 'taken', at: 5, replica: 'q1' });
});

test('a trail is in order of time, and of cause within a millisecond', () => {
  const trail = [
    hop('worker.completed', 'w', 9),
    hop('worker.started', 'w', 9),
    hop('history.started', 'h', 9),
    hop('api.completed', 'a', 10),
    hop('api.received', 'a', 1),
  ];
  const sorted = sortTrail(trail).map(({ service, event }) => `${service}.${event}`);
  expect(sorted).toEqual(['api.received', 'history.started', 'worker.started', 'worker.completed', 'api.completed']);
});

test('no step is there twice', () => {
  expect(new Set(steps).size).toBe(steps.length);
});
