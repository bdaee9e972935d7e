import { expect } from 'vitest';

/** Compares with a relative tolerance. */
export function expectRelative(found: number, wanted: number, tolerance = 1e-14): void {
  const deviation = found === wanted ? 0 : Math.abs(found - wanted) / Math.abs(wanted);
  expect(deviation, `${found} instead of ${wanted}`).toBeLessThanOrEqual(tolerance);
}
