import { describe, expect, it } from '@jest/globals';
import { closingLine, select, sum, tally } from '../../../tools/test-parts.mjs';

describe('select', () => {
  it('takes every part where none is named, and hands the rest to jest', () => {
    const { parts, named, jest } = select(['-t', 'drains']);
    expect(parts).toEqual(['format', 'lint', 'types', 'unit', 'property', 'golden', 'conformance', 'integration']);
    expect(named).toBe(false);
    expect(jest).toEqual(['-t', 'drains']);
  });

  it('takes the parts that come first', () => {
    expect(select(['unit', 'golden', 'rollout', 'unit'])).toEqual({
      parts: ['unit', 'golden'],
      named: true,
      jest: ['rollout', 'unit'],
    });
    expect(select(['unit']).jest).toEqual([]);
  });
});

describe('tally', () => {
  it('counts what the runner’s own report says', () => {
    const report = {
      numPassedTests: 7,
      numFailedTests: 2,
      numPendingTests: 1,
      numTodoTests: 0,
      numRuntimeErrorTestSuites: 1,
    };
    expect(tally(report, 1)).toEqual({ passed: 7, failed: 3, skipped: 1 });
  });

  it('takes a runner that left no report, or failed beside its tests, as a failure', () => {
    expect(tally(undefined, 0).failed).toBe(1);
    expect(tally({ numPassedTests: 7, numFailedTests: 0 }, 1)).toEqual({ passed: 7, failed: 1, skipped: 0 });
  });
});

describe('the closing line', () => {
  it('adds up', () => {
    const total = sum([
      { passed: 1, failed: 0, skipped: 0 },
      { passed: 2, failed: 1, skipped: 0 },
    ]);
    expect(closingLine(total)).toBe('3 passed, 1 failed');
    expect(closingLine({ ...total, skipped: 4 })).toBe('3 passed, 1 failed, 4 skipped');
  });
});
