/** A fingerprint as of a small cohort of CT, for tests that change what they are about. */
import type { Fingerprint, Spread } from '../../lib/plan/fingerprint.ts';

export const always = (value: number): Spread => ({ median: value, min: value, max: value });

export const example: Fingerprint = {
  dataset: 'made up',
  kind: '3d',
  unit: 'mm',
  cases: 20,
  patients: 20,
  skipped: [],
  slices: 800,
  slicesWithForeground: 480,
  shape: [always(512), always(512), always(40)],
  spacing: [always(0.8), always(0.8), always(2.5)],
  body: [always(220), always(310)],
  foregroundShare: always(0.005),
  size: always(90),
  parts: always(1),
  largestPart: always(1),
  organHu: { p005: -20, p05: 20, p50: 90, p95: 130, p995: 155 },
  caseHu: { median: 90, min: 70, max: 110 },
  classes: [],
  sides: [
    [-40, -60, 10, 30],
    [-30, -70, 20, 40],
    [-35, -65, 15, 60],
  ],
};
