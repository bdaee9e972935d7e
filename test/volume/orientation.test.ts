import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalSlices,
  geometryDifference,
  inOrderOf,
  orientationCodes,
  toCanonical,
  toGeometryOf,
} from '../../lib/volume/orientation.ts';
import { type Affine, spacingOf, type Vec3, type Volume, voxelToMm } from '../../lib/volume/volume.ts';

/** All 48 ways in which three array axes can run along the patient's, as permutation and signs. */
const allTurns = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
].flatMap((order) =>
  Array.from({ length: 8 }, (_, bits) => ({
    order,
    signs: [bits & 1, bits & 2, bits & 4].map((bit) => (bit ? -1 : 1)),
  })),
);

function volumeOf(order: number[], signs: number[], shape: Vec3 = [3, 4, 5]): Volume<Int16Array> {
  const affine = [0, 1, 2].flatMap((row) => [
    ...[0, 1, 2].map((column) => (order[column] === row ? signs[column]! * (column + 1) : 0)),
    7 * row - 5,
  ]);
  return {
    data: Int16Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, i) => i),
    shape,
    spacingMm: [1, 2, 3],
    affine: [...affine, 0, 0, 0, 1],
  };
}

/** Every voxel as `position in mm → value`: what must not change when axes are turned. */
function anatomy({ data, shape, affine }: Volume): string[] {
  const all: string[] = [];
  for (let z = 0, i = 0; z < shape[2]; z++)
    for (let y = 0; y < shape[1]; y++)
      for (let x = 0; x < shape[0]; x++)
        all.push(
          `${voxelToMm(affine, [x, y, z]).map((v) => (v.toFixed(6) === '-0.000000' ? '0.000000' : v.toFixed(6)))} ${data[i++]}`,
        );
  return all.sort();
}

describe('orientationCodes', () => {
  it.each(allTurns)('names axes $order with signs $signs', ({ order, signs }) => {
    const wanted = order.map((axis, i) => ['RL', 'AP', 'SI'][axis]![signs[i]! > 0 ? 0 : 1]).join('');
    expect(orientationCodes(volumeOf(order, signs).affine)).toBe(wanted);
  });
  it.each<[string, number[], string]>([
    // aff2axcodes of nibabel 5.0.1
    ['oblique', [-1.2, 0.3, 0.1, 0, 0.2, -0.9, 0.5, 0, 0.1, 0.4, 2.4, 0], 'LPS'],
    ['sheared', [1, 0.8, 0, 0, 0, 1, 0, 0, 0, 0.2, 1, 0], 'RAS'],
    ['all towards one axis', [1, 0.9, 0.2, 0, 0.1, 0.2, 0, 0, 0, 0.1, 1, 0], 'RAS'],
    ['two equal columns', [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0], 'R?S'],
    ['a lost axis', [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, 0], 'R?I'],
    ['nothing at all', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], '???'],
  ])("of an affine that is %s is nibabel's", (_, rows, codes) => {
    expect(orientationCodes([...rows, 0, 0, 0, 1])).toBe(codes);
  });
});

describe('toCanonical', () => {
  it.each(allTurns)(
    'brings axes $order with signs $signs to LPS without moving anything, and toGeometryOf brings them back',
    ({ order, signs }) => {
      const source = volumeOf(order, signs);
      const canonical = toCanonical(source);
      expect(orientationCodes(canonical.affine)).toBe('LPS');
      expect(canonical.spacingMm.map((s, i) => s - spacingOf(canonical.affine)[i]!)).toEqual([0, 0, 0]);
      expect(anatomy(canonical)).toEqual(anatomy(source));
      expect(toGeometryOf(canonical, source)).toEqual(source);
    },
  );
  it('is undone for any oblique affine, and puts a mask on the grid of its image', () => {
    const number = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(number, { minLength: 12, maxLength: 12 }),
        fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
        (rows, shape) => {
          const affine: Affine = [...rows, 0, 0, 0, 1];
          fc.pre(!orientationCodes(affine).includes('?'));
          const source = { ...volumeOf([0, 1, 2], [1, 1, 1], shape), affine };
          const canonical = toCanonical(source);
          expect(toGeometryOf(canonical, source)).toEqual(source);
          const mask = { ...canonical, data: Uint8Array.from(canonical.data, (v) => v % 2) };
          expect(toGeometryOf(mask, source)).toEqual({ ...source, data: Uint8Array.from(source.data, (v) => v % 2) });
        },
      ),
    );
  });
  it.each(allTurns)('has the slices that canonicalSlices turns one at a time: $order, $signs', ({ order, signs }) => {
    const { data, shape, spacingMm } = toCanonical(volumeOf(order, signs));
    const slices = canonicalSlices(volumeOf(order, signs));
    expect(slices).toMatchObject({ shape, spacingMm });
    expect(Array.from({ length: shape[2] }, (_, z) => [...slices.slice(z)]).flat()).toEqual([...data]);
  });
  it('gives the same object when there is nothing to do', () => {
    const source = volumeOf([0, 1, 2], [-1, -1, 1]);
    expect(toCanonical(source)).toBe(source);
  });
  it('refuses an affine without directions, and another grid on the way back', () => {
    const flat = { ...volumeOf([0, 1, 2], [1, 1, 1]), affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] };
    expect(() => toCanonical(flat)).toThrow('Expected an affine that places all three axes, found RA?');
    expect(() => toGeometryOf(volumeOf([0, 1, 2], [1, 1, 1], [9, 4, 5]), volumeOf([0, 1, 2], [1, 1, 1]))).toThrow(
      'Expected a canonical volume of shape 3×4×5, found 9×4×5',
    );
  });
});

describe('geometryDifference', () => {
  const base = volumeOf([0, 1, 2], [1, 1, 1]);
  const moved = (i: number, by: number): Volume => ({
    ...base,
    affine: base.affine.map((v, k) => (k === i ? v + by : v)),
  });
  it('finds none between equal grids, whatever the voxels, nor from rounding', () => {
    expect(geometryDifference(base, { ...base, data: new Uint8Array(60) })).toBeUndefined();
    expect(
      geometryDifference(base, { ...base, spacingMm: [1.0005, 2, 3], affine: base.affine.map(Math.fround) }),
    ).toBeUndefined();
    expect(geometryDifference(base, moved(3, 0.02))).toBeUndefined();
  });
  it('names the first of shape, spacing and affine that differs', () => {
    expect(geometryDifference(base, volumeOf([0, 1, 2], [1, 1, 1], [3, 4, 6]))).toBe('shape 3×4×5 against 3×4×6');
    expect(geometryDifference(base, { ...base, spacingMm: [1, 2, 3.1] })).toBe(
      'spacing (1, 2, 3) mm against (1, 2, 3.1) mm',
    );
    expect(geometryDifference(base, volumeOf([0, 1, 2], [1, -1, 1]))).toBe(
      'affine row 2 (0, 2, 0, 2) against (0, -2, 0, 2)',
    );
    expect(geometryDifference(base, moved(7, 1))).toBe('affine row 2 (0, 2, 0, 2) against (0, 2, 0, 3)');
    expect(geometryDifference(base, moved(7, NaN))).toContain('affine row 2');
  });
  it('names numbers that differ in words that differ, far from the origin too', () => {
    const far = (by: number): Volume => ({ ...base, affine: base.affine.map((v, k) => (k === 3 ? 1e7 + by : v)) });
    expect(geometryDifference(far(0), far(3))).toBe('affine row 1, column 4: 10000000 against 10000003');
  });
});

describe('inOrderOf', () => {
  it('turns a mask into the axis order of the image that it lies on, whatever the two are', () => {
    const image = volumeOf([0, 1, 2], [-1, -1, 1]);
    const canonical = toCanonical(image);
    for (const { order, signs } of allTurns) {
      // The same voxels stored in another order: a volume of that order, filled from the canonical one.
      const shape = order.map((axis) => image.shape[axis]!) as unknown as Vec3;
      const columns = order.map((axis, i) => ({ axis, sign: signs[i]! }));
      const affine = [0, 1, 2].flatMap((row) => [
        ...columns.map(({ axis, sign }) => sign * image.affine[4 * row + axis]!),
        image.affine[4 * row + 3]! +
          columns.reduce(
            (sum, { axis, sign }, i) => sum + (sign < 0 ? image.affine[4 * row + axis]! * (shape[i]! - 1) : 0),
            0,
          ),
      ]);
      const spacingMm = order.map((axis) => image.spacingMm[axis]!) as unknown as Vec3;
      const mask = toGeometryOf(canonical, { ...image, shape, spacingMm, affine: [...affine, 0, 0, 0, 1] });
      expect(anatomy(mask)).toEqual(anatomy(image));
      const turned = inOrderOf(mask, image);
      expect([...turned.data]).toEqual([...image.data]);
      expect(geometryDifference(image, turned)).toBeUndefined();
    }
  });
  it('leaves a mask of another grid as it is', () => {
    const image = volumeOf([0, 1, 2], [-1, -1, 1]);
    for (const other of [volumeOf([0, 1, 2], [-1, -1, 1], [3, 4, 6]), { ...image, affine: new Array(16).fill(0) }])
      expect(inOrderOf(other, image)).toBe(other);
  });
});
