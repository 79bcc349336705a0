import { describe, expect, test } from '@jest/globals';
import { backendFolder } from '../../../../cli/pulumi/backend.ts';
import { lineSplitter, parseEvent } from '../../../../cli/pulumi/events.ts';
import { secretsProvider } from '../../../../cli/pulumi/stack.ts';
import { cliFailure } from '../../../../cli/pulumi/cli.ts';
import { EXIT } from '../../../../cli/exit-codes.ts';
import { instanceOf, knownNames, parseCheckpoint, parseExport } from '../../../../cli/pulumi/state.ts';

const container = {
  urn: 'urn:pulumi:dev::slipway::a$docker:index/container:Container::linkflow-dev-api-1',
  type: 'docker:index/container:Container',
  id: 'c0ffee',
  custom: true,
  outputs: { name: 'linkflow-dev-api-1-abc', networkDatas: [{ networkName: 'net-1' }] },
};
const instance = {
  urn: 'urn:pulumi:dev::slipway::a$random:index/randomId:RandomId::instance',
  type: 'random:index/randomId:RandomId',
  id: 'q1w2',
  custom: true,
  outputs: { hex: 'ab12cd34' },
};
const stack = (outputs: unknown) => ({
  urn: 'urn:pulumi:dev::slipway::pulumi:pulumi:Stack::slipway-dev',
  type: 'pulumi:pulumi:Stack',
  outputs,
});
const checkpoint = (resources: unknown[], pending: unknown[] = []): string =>
  JSON.stringify({ version: 3, checkpoint: { latest: { resources, pending_operations: pending } } });

describe('the state', () => {
  test('reads the same from a checkpoint as from an export', () => {
    const resources = [stack({}), container];
    const exported = JSON.stringify({ version: 3, deployment: { resources, pending_operations: [{}] } });
    expect(parseExport(exported)).toEqual(parseCheckpoint(checkpoint(resources, [{}])));
    expect(parseExport(exported)).toMatchObject({ exists: true, pending: 1 });
  });

  test('is empty for a stack that was only made', () => {
    expect(parseCheckpoint('{"version":3,"checkpoint":{"stack":"dev"}}')).toEqual({
      exists: true,
      resources: [],
      pending: 0,
    });
  });

  test("tells the stack's id from its outputs, and from the resource when the first up did not end well", () => {
    expect(instanceOf(parseCheckpoint(checkpoint([stack({ instance: 'ff00' }), instance])))).toBe('ff00');
    expect(instanceOf(parseCheckpoint(checkpoint([stack({}), instance])))).toBe('ab12cd34');
    expect(instanceOf(parseCheckpoint(checkpoint([stack({})])))).toBeUndefined();
  });

  test('knows every id and name that a resource mentions', () => {
    const known = knownNames(parseCheckpoint(checkpoint([stack({ url: 'x' }), container])));
    expect([...known].sort()).toEqual(['c0ffee', 'linkflow-dev-api-1-abc', 'net-1']);
  });
});

describe('the backend folder', () => {
  const folder = (url: string | undefined): string | undefined =>
    backendFolder('/project', { PULUMI_BACKEND_URL: url });

  test('is understood as Pulumi does', () => {
    expect(folder('file:///var/state')).toBe('/var/state');
    expect(folder('file:///var/state?no_tmp_dir=true')).toBe('/var/state');
    expect(folder('file://./state')).toBe('/project/state');
    expect(folder('file://~')?.startsWith('/')).toBe(true);
  });

  test('is none of ours where state is kept elsewhere', () => {
    expect(folder('s3://bucket')).toBeUndefined();
    expect(folder(undefined)).toBeUndefined();
  });
});

describe('the event log', () => {
  test('hands over lines only when they are complete', () => {
    const lines: string[] = [];
    const split = lineSplitter((line) => lines.push(line));
    for (const chunk of ['{"a"', ':1}\n{"b":2}\n{"c', '":3}']) split(chunk);
    expect(lines).toEqual(['{"a":1}', '{"b":2}']);
  });

  test('passes over what is no event', () => {
    expect(parseEvent('warning: something')).toBeUndefined();
    expect(parseEvent('{"sequence":')).toBeUndefined();
    expect(parseEvent('{"sequence":1}')).toEqual({ sequence: 1 });
  });
});

describe('secretsProvider', () => {
  test('is the one that the stack file names', () => {
    expect(secretsProvider('secretsprovider: awskms://alias/x?region=eu\nconfig: {}\n')).toBe(
      'awskms://alias/x?region=eu',
    );
    expect(secretsProvider('config:\n  a:b: c\n')).toBeUndefined();
  });
});

describe("Pulumi's refusals", () => {
  test.each([
    ['error: the stack is currently locked by 1 lock(s).', EXIT.busy],
    ['error: [409] Conflict: Another update is currently in progress.', EXIT.busy],
    ['error: could not create secrets manager for new stack: incorrect passphrase', EXIT.prerequisite],
    ['error: something else', EXIT.failed],
  ])('%s → exit %i', (stderr, code) => {
    expect(cliFailure('it failed', stderr).exitCode).toBe(code);
  });
});
