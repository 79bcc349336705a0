import { expect, test } from '@jest/globals';
import { describeError } from '../../../../images/workload/src/log.ts';

test('an error is logged without what a client library added to it', () => {
  const error = Object.assign(new TypeError('WRONGPASS'), { code: 'E1', command: { name: 'auth', args: ['hidden'] } });
  expect(describeError(error)).toMatchObject({ type: 'TypeError', message: 'WRONGPASS', code: 'E1' });
  expect(JSON.stringify(describeError(error))).not.toContain('hidden');
  expect(describeError('odd')).toEqual({ message: 'odd' });
});
