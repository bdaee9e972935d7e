import { describe, expect, it } from 'vitest';
import { describeFalseAlarms, falseAlarmsIn } from '../../../notebooks/lessons/shipped/falseAlarms.ts';
import { slicesInMemory } from '../../preprocess/slicesInMemory.ts';

const spacing = { patients: 2, least: 0.7, middle: 0.8, most: 0.9 };
const scale = { window: { blackHu: 0, whiteHu: 255, errorHu: 1 }, pixelMm: spacing, sliceMm: spacing };

/** Squares of soft tissue of these HU, each patient's slices. */
const people = (hu: Readonly<Record<string, readonly number[]>>) =>
  slicesInMemory(
    Object.entries(hu).flatMap(([patient, values]) =>
      values.map((value, k) => ({
        id: `${patient}-${k}`,
        patient,
        height: 16,
        width: 16,
        image: Float32Array.from({ length: 3 * 256 }, (_, i) => (i % 16 > 2 && i % 16 < 13 ? value / 255 : 0)),
        label: Uint8Array.from({ length: 256 }, (_, i) => Number(i % 16 > 4 && i % 16 < 11 && i > 64 && i < 160)),
      })),
    ),
  );

describe('false alarms', () => {
  it('are counted of each patient beside all others, so that the two ends of a range are always alarms', () => {
    // 64 HU lies below the 96 to 160 of the others, 160 above their 64 to 128; the two between lie inside.
    const counted = falseAlarmsIn(people({ a: [64, 64], b: [96], c: [128], d: [160] }), scale);
    expect(counted).toEqual({ patients: 4, patientsAlarmed: 2, pictures: 5, picturesAlarmed: 3 });
    expect(describeFalseAlarms(counted)).toContain('2 of 4 are said to be unlike');
  });

  it('are none among equal people, and nothing is counted of one alone', () => {
    expect(falseAlarmsIn(people({ a: [96], b: [96], c: [96] }), scale)).toMatchObject({
      patientsAlarmed: 0,
      picturesAlarmed: 0,
    });
    expect(falseAlarmsIn(people({ a: [96] }), scale).patients).toBe(0);
  });
});
