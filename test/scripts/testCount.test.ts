import { describe, expect, it } from 'vitest';
import { countTests, testCountLine } from '../../scripts/test-count.mjs';

const report = (changes: object) => ({
  numPassedTests: 12,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
  ...changes,
});

describe('the closing line of npm test', () => {
  it('names passed and failed tests, and skipped ones where there are some', () => {
    expect(testCountLine(countTests(report({})))).toBe('12 passed, 0 failed');
    expect(testCountLine(countTests(report({ numFailedTests: 2, numPendingTests: 3 })))).toBe(
      '12 passed, 2 failed, 3 skipped',
    );
  });

  it('counts a file that could not be loaded as one failure', () => {
    const testResults = [
      { status: 'failed', assertionResults: [] },
      { status: 'failed', assertionResults: [{ status: 'failed' }] },
    ];
    expect(testCountLine(countTests(report({ numFailedTests: 1, testResults })))).toBe('12 passed, 2 failed');
  });

  it('is a failure where vitest left no report', () => {
    expect(testCountLine(countTests(undefined))).toBe('0 passed, 1 failed');
  });
});
