import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assd, masd } from '../../lib/evaluate/assd.ts';
import { hausdorffDistance, hd95ByArea, hd95Directed, hd95Pooled } from '../../lib/evaluate/hausdorff.ts';
import { maskPair, pairCounts } from '../../lib/evaluate/maskPair.ts';
import { surfaceDice } from '../../lib/evaluate/nsd.ts';
import { surfaceElementDistances, surfaceVoxelDistances } from '../../lib/evaluate/surfaceDistances.ts';
import type { Vec3 } from '../../lib/volume/volume.ts';

type Point = Vec3;

/** Surface voxels straight from the definition: a neighbour over a face is background or outside the image. */
function surfaceOf(mask: ArrayLike<number>, [width, height, depth]: Vec3): Point[] {
  const at = (x: number, y: number, z: number): boolean =>
    x >= 0 && y >= 0 && z >= 0 && x < width && y < height && z < depth && mask[x + width * (y + height * z)] !== 0;
  const found: Point[] = [];
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const around = [
          at(x - 1, y, z),
          at(x + 1, y, z),
          at(x, y - 1, z),
          at(x, y + 1, z),
          ...(depth > 1 ? [at(x, y, z - 1), at(x, y, z + 1)] : []),
        ];
        if (at(x, y, z) && around.includes(false)) found.push([x, y, z]);
      }
    }
  }
  return found;
}

const nearestOf = (from: Point[], to: Point[], spacing: Vec3): number[] =>
  from
    .map((a) =>
      to.reduce(
        (least, b) => Math.min(least, Math.hypot(...a.map((value, axis) => (value - b[axis]) * spacing[axis]))),
        Infinity,
      ),
    )
    .sort((a, b) => a - b);

function expectEqual(ours: Float64Array, wanted: number[]): void {
  expect(ours).toHaveLength(wanted.length);
  ours
    .toSorted()
    .forEach((value, i) =>
      wanted[i] === Infinity ? expect(value).toBe(Infinity) : expect(value).toBeCloseTo(wanted[i], 9),
    );
}

const masks = fc
  .tuple(
    fc.integer({ min: 1, max: 7 }),
    fc.integer({ min: 1, max: 7 }),
    fc.integer({ min: 1, max: 6 }),
    fc.constantFrom(0, 0.05, 0.5, 0.9),
    fc.constantFrom(0.05, 0.5, 1),
  )
  .chain(([x, y, z, first, second]) => {
    const mask = (share: number) =>
      fc.array(
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }).map((v) => Number(v < share)),
        { minLength: x * y * z, maxLength: x * y * z },
      );
    return fc.record({ shape: fc.constant([x, y, z] as const), prediction: mask(first), reference: mask(second) });
  });
const spacings = fc.tuple(
  ...[0, 1, 2].map(() => fc.double({ min: 0.2, max: 5, noNaN: true })),
) as unknown as fc.Arbitrary<Vec3>;

describe('distances between surfaces', () => {
  it('are those of the definition for any two masks, also at the border of the image', () => {
    fc.assert(
      fc.property(masks, spacings, ({ shape, prediction, reference }, spacing) => {
        const { toReference, toPrediction } = surfaceVoxelDistances(maskPair(prediction, reference, shape, spacing));
        const [predicted, wanted] = [surfaceOf(prediction, shape), surfaceOf(reference, shape)];
        expectEqual(toReference.mm, nearestOf(predicted, wanted, spacing));
        expectEqual(toPrediction.mm, nearestOf(wanted, predicted, spacing));
      }),
      { numRuns: 200 },
    );
  });

  it('are the same for surfaces so far apart that a distance transform takes over', () => {
    const shape: Vec3 = [30, 24, 24];
    // Two bumpy plates that face each other: every row between them is within reach of every point.
    const plate = (x: number): Uint8Array =>
      Uint8Array.from({ length: 30 * 24 * 24 }, (_, i) =>
        Number(i % 30 === x + (Math.floor(i / 30) % 7 === 3 ? 1 : 0)),
      );
    const spacing: Vec3 = [0.7, 0.8, 2.5];
    const distances = surfaceVoxelDistances(maskPair(plate(0), plate(28), shape, spacing));
    expectEqual(distances.toReference.mm, nearestOf(surfaceOf(plate(0), shape), surfaceOf(plate(28), shape), spacing));
    expectEqual(distances.toPrediction.mm, nearestOf(surfaceOf(plate(28), shape), surfaceOf(plate(0), shape), spacing));
  });

  it('do not change with background around the masks, or with the type of array', () => {
    const [small, spacing]: [Uint8Array, Vec3] = [Uint8Array.from([1, 1, 0, 1, 0, 0, 1, 1]), [1, 2, 3]];
    const other = Uint8Array.from([1, 0, 0, 0, 0, 1, 1, 0]);
    const inLarge = (mask: Uint8Array): Int16Array => {
      const out = new Int16Array(7 * 6 * 5);
      mask.forEach((value, i) => {
        out[3 + (i % 2) + 7 * (2 + (Math.floor(i / 2) % 2) + 6 * (1 + Math.floor(i / 4)))] = 9 * value;
      });
      return out;
    };
    const [tight, wide] = [
      maskPair(small, other, [2, 2, 2], spacing),
      maskPair(inLarge(small), inLarge(other), [7, 6, 5], spacing),
    ];
    expect(wide.prediction).toEqual(tight.prediction);
    expect(surfaceElementDistances(wide)).toEqual(surfaceElementDistances(tight));
    expect(pairCounts(tight)).toEqual({ tp: 2, fp: 3, fn: 1, tn: 2 });
    expect(pairCounts(wide)).toEqual({ tp: 2, fp: 3, fn: 1, tn: 204 });
  });
});

describe('metrics of distances', () => {
  it('follow from an example worked out by hand', () => {
    const part = (mm: number[], sizes: number[]) => ({ mm: Float64Array.from(mm), sizes: Float64Array.from(sizes) });
    const distances = { toReference: part([3, 0, 1], [1, 6, 3]), toPrediction: part([0, 2], [5, 5]) };
    expect(hausdorffDistance(distances)).toBe(3);
    // Sorted 0 0 1 2 3, place 0.95 · 4 = 3.8; directed 0 1 3 at 1.9 and 0 2 at 0.95.
    expect(hd95Pooled(distances)).toBeCloseTo(2.8, 12);
    expect(hd95Directed(distances)).toBeCloseTo(2.8, 12);
    // 9 of 10 lie within 1 mm, so 95 % need 3 mm.
    expect(hd95ByArea(distances)).toBe(3);
    expect(assd(distances)).toBeCloseTo((3 + 3 + 10) / 20, 12);
    expect(masd(distances)).toBeCloseTo((0.6 + 1) / 2, 12);
    expect(surfaceDice(distances, 1)).toBeCloseTo(14 / 20, 12);
    expect(() => surfaceDice(distances, -1)).toThrow('Expected a tolerance of 0 mm or more, found -1');
  });

  it('grow with the spacing, while shares at a tolerance that grows with it stay', () => {
    fc.assert(
      fc.property(masks, ({ shape, prediction, reference }) => {
        fc.pre(prediction.includes(1) && reference.includes(1));
        const [one, two] = [[1, 1.5, 2] as const, [2, 3, 4] as const].map((spacing) =>
          surfaceElementDistances(maskPair(prediction, reference, shape, spacing)),
        );
        for (const metric of [hausdorffDistance, hd95Pooled, hd95Directed, hd95ByArea, assd, masd])
          expect(metric(two)).toBeCloseTo(2 * metric(one), 9);
        expect(surfaceDice(two, 2)).toBeCloseTo(surfaceDice(one, 1), 9);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a pair of masks', () => {
  it('must be of one size, with a spacing', () => {
    expect(() => maskPair([1], [1, 0], [2, 1, 1], [1, 1, 1])).toThrow('Expected a prediction of 2 voxels, found 1');
    expect(() => maskPair([1, 0], [1, 0], [2, 1, 1], [1, 1, 0])).toThrow(
      'Expected a positive spacing in mm for x, y, z, found 1, 1, 0',
    );
    expect(maskPair([0, 0], [0, 0], [2, 1, 1], [1, 1, 1]).prediction).toHaveLength(0);
  });
});
