import { expect, test } from '@jest/globals';
import type { ContainerInspectInfo } from 'dockerode';
import { exitCause } from '../../../../providers/slipway/host/exit.ts';

interface Given {
  readonly code?: number;
  readonly oom?: boolean;
  readonly memory?: number;
  readonly error?: string;
}

function container({ code = 0, oom = false, memory = 0, error = '' }: Given): ContainerInspectInfo {
  return {
    State: { ExitCode: code, OOMKilled: oom, Error: error },
    HostConfig: { Memory: memory },
  } as ContainerInspectInfo;
}

test.each<[string, Given, string]>([
  ['its code', { code: 3 }, 'with code 3'],
  ['what the engine adds', { code: 127, error: 'no such file' }, 'with code 127 (no such file)'],
  [
    'lack of memory',
    { code: 137, oom: true },
    'with code 137, killed for lack of memory (OOM): raise its memory limit',
  ],
  ['a kill by hand', { code: 137 }, 'with code 137'],
  [
    'a kill under a limit of memory',
    { code: 137, memory: 64 * 2 ** 20 },
    'with code 137, killed by SIGKILL, most likely for lack of memory: its limit is 64 MiB',
  ],
])('an exit is told by %s', (_what, given, cause) => {
  expect(exitCause(container(given))).toBe(cause);
});

test('what events told counts for more than what a restart has cleared', () => {
  expect(exitCause(container({ code: 0 }), 137, true)).toContain('with code 137, killed for lack of memory (OOM)');
});
