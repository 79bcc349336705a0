import { describe, expect, test } from '@jest/globals';
import { unpainted } from '../../../../cli/context.ts';
import { cleanMessage, failureText, isMerelyStopped } from '../../../../cli/operations/failure.ts';
import { countsOf, countsText, isUnchanged } from '../../../../cli/operations/summary.ts';
import { begin, type Problem } from '../../../../cli/progress/progress.ts';
import type { Row } from '../../../../cli/progress/rows.ts';

const withProblems = (...problems: Problem[]) => ({ ...begin(0), problems });

describe('cleanMessage', () => {
  test("keeps a bridged provider's cause and drops its wrapping", () => {
    const message =
      '1 error occurred:\n\t* creating urn:pulumi:dev::slipway::docker:index/container:Container::api: 1 error occurred:\n' +
      '\t* Unable to start container: port is already allocated\n\n';
    expect(cleanMessage(message)).toBe('Unable to start container: port is already allocated');
  });

  test('keeps the lines of an error and drops the stack trace', () => {
    const message =
      "Running program '/p/index.ts' failed with an unhandled exception:\nError: no image\nsecond line\n    at f (/p/a.ts:1:2)\n";
    expect(cleanMessage(message)).toBe('no image\nsecond line');
  });
});

describe('failureText', () => {
  const rows: Row[] = [
    { service: 'postgres', phase: 'ready', text: 'healthy after 1.0 s' },
    { service: 'api', phase: 'failed', text: 'failed' },
    { service: 'frontend', phase: 'waiting', text: 'waiting for api' },
  ];
  const text = (...problems: Problem[]): string =>
    failureText({ progress: withProblems(...problems), rows, host: 'unix:///d.sock', stack: 'test' }, unpainted);

  test('names service, host, cause, what stands, and what to do', () => {
    expect(text({ urn: 'u', name: 'linkflow-test-api-1', service: 'api', message: 'no such image\nline two' })).toBe(
      [
        '✗ api on unix:///d.sock: no such image',
        '    line two',
        '',
        'as planned: postgres',
        'failed: api',
        'not reached: frontend',
        'What ran before and was not replaced goes on running. Mend the cause and run `slipway up --stack test` again. ' +
          '`slipway logs --stack test api` shows more.',
      ].join('\n'),
    );
  });

  test('says what to do where a port was taken between choice and start', () => {
    const message = 'driver failed programming: Bind for 127.0.0.1:20001 failed: port is already allocated';
    const told = text({ urn: 'u', service: 'api', message });
    expect(told).toContain(
      'port is already allocated\n    Somebody else was quicker. A port that is `free` is chosen anew when you run up again; ' +
        'give another number to a fixed one.\n',
    );
    expect(told).not.toContain('Mend the cause');
  });

  test('does not name a service twice, nor give advice that the provider has given', () => {
    const message = 'api (replica 1) on unix:///d.sock did not get healthy: it exited\nMend it and run up again.';
    const said = text({ urn: 'u', service: 'api', message });
    expect(said).toContain('✗ api (replica 1) on unix:///d.sock did not get healthy: it exited');
    expect(said.match(/again/g)).toHaveLength(1);
  });

  test('says a cause once, however often it was reported', () => {
    const problem: Problem = { urn: 'u', service: 'api', message: 'no such image' };
    expect(text(problem, problem).match(/no such image/g)).toHaveLength(1);
  });
});

test('a run in which all that failed was interrupted was merely stopped', () => {
  expect(isMerelyStopped(withProblems())).toBe(true);
  expect(isMerelyStopped(withProblems({ message: 'api: interrupted while waiting' }))).toBe(true);
  expect(isMerelyStopped(withProblems({ message: 'interrupted' }, { message: 'no such image' }))).toBe(false);
});

test('counts name only what there was, leave frames out, and know an unchanged run', () => {
  const run = (...steps: [string, string][]) => ({
    resources: new Map(
      steps.map(([op, type], index) => [
        String(index),
        { urn: '', type, name: '', op, status: 'done' as const, startedMs: 0 },
      ]),
    ),
  });
  const container = 'docker:index/container:Container';
  const counts = countsOf(
    run(['create', container], ['create', 'slipway:components:Service'], ['same', container], ['same', container]),
  );
  expect(countsText(counts)).toBe('1 created, 2 unchanged');
  expect(countsText(countsOf(run(['create-replacement', container], ['delete-replaced', container])))).toBe(
    '1 replaced',
  );
  expect([isUnchanged(counts), isUnchanged(countsOf(run(['same', container])))]).toEqual([false, true]);
  expect(countsText(countsOf(run()))).toBe('nothing to do');
});
