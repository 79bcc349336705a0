import { describe, expect, test } from '@jest/globals';
import { chooseContainer } from '../../../../cli/exec/choose.ts';
import { CommandFailure, EXIT } from '../../../../cli/exit-codes.ts';
import type { StackContainer } from '../../../../cli/hosts/containers.ts';

function container(id: string, more: Partial<StackContainer> = {}): StackContainer {
  return { id, name: id, service: 'api', replica: 1, kind: 'service', running: true, created: 1, ...more };
}

const stopped = container('stopped', { running: false });
const second = container('second', { replica: 2 });
const other = container('other', { service: 'queue' });
const wanted = { stack: 'test', service: 'api' };

describe('the container to enter', () => {
  test.each<[string, StackContainer[], number | undefined, string]>([
    ['the first', [container('first'), second], undefined, 'first'],
    ['the first that runs', [stopped, second], undefined, 'second'],
    ['of the service alone', [other, second], undefined, 'second'],
    ['the one that was asked for', [container('first'), second], 2, 'second'],
  ])('is %s', (_, containers, replica, id) => {
    expect(chooseContainer(containers, { ...wanted, replica }).id).toBe(id);
  });

  test.each<[string, StackContainer[], number | undefined, string]>([
    [
      'what to do where none runs',
      [stopped, other],
      undefined,
      'no container of api runs: `slipway status --stack test` tells why, `slipway up --stack test` brings it back',
    ],
    ['which do run', [stopped, second, other], 1, 'replica 1 of api does not run; running: 2'],
  ])('is refused with %s', (_, containers, replica, message) => {
    const choose = (): unknown => chooseContainer(containers, { ...wanted, replica });
    expect(choose).toThrow(new CommandFailure(EXIT.failed, message));
  });
});
