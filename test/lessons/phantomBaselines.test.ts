import { describe, expect, it } from 'vitest';
import { makePhantomPatient, phantomProfiles } from '../../lib/dataset/phantom.ts';
import type { Vec3 } from '../../lib/volume/volume.ts';
import { type BaselineVolume, bestThresholdDice, locationPriorDice } from '../../notebooks/lessons/phantomBaselines.ts';

/** A box of foreground from `low` to `high` (exclusive) in a canonical 12³ grid of 3 mm. */
function boxVolume(
  low: Vec3,
  high: Vec3,
  hu: (inside: boolean, index: number) => number = (inside) => (inside ? 100 : 0),
): BaselineVolume {
  const label = new Uint8Array(12 ** 3);
  for (let i = 0; i < label.length; i++) {
    const at = [i % 12, Math.floor(i / 12) % 12, Math.floor(i / 144)];
    if (at.every((v, axis) => v >= low[axis]! && v < high[axis]!)) label[i] = 1;
  }
  const geometry = {
    shape: [12, 12, 12] as const,
    spacingMm: [3, 3, 3] as const,
    affine: [-3, 0, 0, 0, 0, -3, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1],
  };
  return {
    image: { data: Int16Array.from(label, (v, i) => hu(v === 1, i)), ...geometry },
    label: { data: label, ...geometry },
  };
}

const median = (values: number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
};

describe('bestThresholdDice', () => {
  it('finds the window that separates the foreground', () => {
    const found = bestThresholdDice([boxVolume([2, 2, 2], [6, 6, 6]), boxVolume([1, 1, 1], [4, 4, 4])]);
    expect(found.dice).toEqual([1, 1]);
    expect(found.lowHu).toBeLessThanOrEqual(100);
    expect(found.highHu).toBeGreaterThan(100);
  });

  it('reaches no more than the overlap in density allows', () => {
    // 64 foreground voxels and 64 of the background share 100 HU: 2·64 / (128 + 64).
    const mixed = boxVolume([2, 2, 2], [6, 6, 6], (inside, i) => (inside || i < 64 ? 100 : 0));
    expect(bestThresholdDice([mixed]).dice[0]).toBeCloseTo(128 / 192, 9);
  });

  it('refuses nothing at all and labels on another grid', () => {
    const volume = boxVolume([2, 2, 2], [6, 6, 6]);
    expect(() => bestThresholdDice([])).toThrow('Expected at least one volume, found none');
    const other = { ...volume.label, data: new Uint8Array(8), shape: [2, 2, 2] as const };
    expect(() => bestThresholdDice([{ image: volume.image, label: other }])).toThrow(
      'Expected a label of shape 12×12×12, found 2×2×2',
    );
  });
});

describe('locationPriorDice', () => {
  const here = boxVolume([2, 2, 2], [6, 6, 6]);

  it('is perfect where all patients are alike and 0 where they are nowhere alike', () => {
    expect(locationPriorDice([here, here], [here, boxVolume([8, 8, 8], [11, 11, 11])])).toEqual({
      share: 0.5,
      dice: [1, 0],
    });
  });

  it('cuts where that is best for the training patients', () => {
    // Three of four agree, one lies elsewhere: "at least 1" gives 2/3 to each, "at
    // least 2" 1, 1, 1, 0, "all 4" nothing.
    const found = locationPriorDice([here, here, here, boxVolume([8, 8, 8], [12, 12, 12])], [here]);
    expect(found.share).toBe(0.5);
    expect(found.dice).toEqual([1]);
  });

  it('needs a training patient', () => {
    expect(() => locationPriorDice([], [here])).toThrow('Expected at least one training patient, found none');
  });
});

describe('the phantom cohort', () => {
  const { patients, size } = phantomProfiles.tiny;
  const cohort = Array.from({ length: patients }, (_, i) => makePhantomPatient(i + 1, { seed: 1, size }));

  it('is not solved by a threshold: median DSC below 0.4', () => {
    expect(median(bestThresholdDice(cohort).dice)).toBeLessThan(0.4);
  });

  it('is not solved by knowing the usual place: DSC of held-out patients below 0.5', () => {
    const dice = [0, 1].flatMap(
      (fold) =>
        locationPriorDice(
          cohort.filter((_, i) => i % 2 !== fold),
          cohort.filter((_, i) => i % 2 === fold),
        ).dice,
    );
    expect(median(dice)).toBeLessThan(0.5);
    expect(median(dice)).toBeGreaterThan(0);
  });
});
