import { describe, expect, test } from '@jest/globals';
import { traceOf } from '../../../../cli/timings/trace.ts';
import { done, failed, info, started, step } from '../progress/events.ts';
import { asked, at, container, declared, events, gate, JOB } from './run.ts';

const migrate = step('create', JOB, 'migrate', 'migrate');

describe('traceOf', () => {
  test('tells when Pulumi ran, the program spoke, and the program asked for its first resource', () => {
    const { preludeMs, connectedMs, declaredMs } = traceOf(events);
    expect({ preludeMs, connectedMs, declaredMs }).toEqual({ preludeMs: 800, connectedMs: 1500, declaredMs: 1900 });
  });

  test('leaves out what was not reached', () => {
    expect(traceOf([])).toEqual({ operations: [] });
  });

  test('tells of each operation when it was asked for, began and ended, and what its provider said', () => {
    const heard = [
      ...at(10, asked(JOB, 'migrate')),
      ...at(20, started(migrate)),
      ...at(30, info(migrate, 'running\n', true)),
      ...at(90, done(migrate)),
    ];
    expect(traceOf(heard).operations).toEqual([
      {
        ...{ urn: migrate.urn, type: JOB, name: 'migrate', service: 'migrate', op: 'create', failed: false },
        ...{ askedMs: 10, beganMs: 20, endedMs: 90, said: [{ atMs: 30, text: 'running' }] },
      },
    ]);
  });

  test('tells what failed, and what had not ended', () => {
    const heard = [...at(20, started(migrate), started(gate('api'))), ...at(30, failed(migrate))];
    expect(traceOf(heard).operations.map(({ name, endedMs, failed }) => ({ name, endedMs, failed }))).toEqual([
      { name: 'migrate', endedMs: 30, failed: true },
      { name: 'api-1', endedMs: undefined, failed: false },
    ]);
  });

  test('keeps the removal of an old container apart from the creation of the new one', () => {
    const heard = [
      ...at(20, started(container('api', 1, 'create-replacement'))),
      ...at(30, done(container('api', 1, 'create-replacement')), started(container('api', 1, 'replace'))),
      ...at(40, started(container('api', 1, 'delete-replaced'))),
      ...at(50, done(container('api', 1, 'delete-replaced'))),
    ];
    expect(traceOf(heard).operations.map(({ op, beganMs, endedMs }) => [op, beganMs, endedMs])).toEqual([
      ['create-replacement', 20, 30],
      ['delete-replaced', 40, 50],
    ]);
  });

  test('takes the stack and components for frames, which do nothing', () => {
    const frame = step('create', 'slipway:components:Service', 'api');
    expect(traceOf(at(20, declared(frame.type, 'api'), started(frame), done(frame))).operations).toEqual([]);
  });
});
