import { expect, test } from '@jest/globals';
import { takeInterrupts } from '../../../../cli/pulumi/interrupts.ts';

test('one Ctrl-C is one request, however many processes pass it on; a later one is another', () => {
  let now = 0;
  const interrupts = takeInterrupts(() => now);
  const counts: number[] = [];
  interrupts.listen((count) => counts.push(count));
  try {
    for (const at of [1000, 1010, 1200, 5000, 5010]) {
      now = at;
      process.emit('SIGINT');
    }
    expect(counts).toEqual([1, 2]);
    expect(interrupts.signal.aborted).toBe(true);
  } finally {
    interrupts.dispose();
  }
  expect(process.listeners('SIGINT')).toEqual([]);
});
