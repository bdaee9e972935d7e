import { describe, expect, it } from 'vitest';
import { describeUnlike, likenessOf, likenessOfPicture } from '../../lib/predict/likeness.ts';
import type { Vec3, Volume } from '../../lib/volume/volume.ts';
import { seenExample as seen } from './seen.ts';

/** A body of 38 × 48 pixels, and of fat around it, in 64 × 64 of `mm`; muscle on the left, organs on the right. */
function scan({ mm = 0.8, sliceMm = 1, muscleHu = 55, organHu = 105, size = 64 } = {}): Volume<Int16Array> {
  const depth = 6;
  const shape: Vec3 = [size, size, depth];
  const scale = 64 / size;
  const data = Int16Array.from({ length: size * size * depth }, (_, i) => {
    const [x, y] = [(i % size) * scale, (Math.floor(i / size) % size) * scale];
    const isInside = (rows: number, columns: number): boolean =>
      Math.abs(y - 31.5) < rows / 2 && Math.abs(x - 31.5) < columns / 2;
    if (!isInside(38, 48)) return isInside(46, 56) ? -100 : -1000;
    return x < 31.5 ? muscleHu : organHu;
  });
  return {
    data,
    shape,
    spacingMm: [mm, mm, sliceMm],
    affine: [mm, 0, 0, 0, 0, mm, 0, 0, 0, 0, sliceMm, 0, 0, 0, 0, 1],
  };
}

/** The mask of a piece of what is bright, in slices 1 to 4. */
function maskOf(image: Volume): Volume<Uint8Array> {
  const [w, h] = image.shape;
  const data = Uint8Array.from({ length: image.data.length }, (_, i) => {
    const [x, y, z] = [i % w, Math.floor(i / w) % h, Math.floor(i / (w * h))];
    return Number(z > 0 && z < 5 && x > 0.6 * w && x < 0.7 * w && y > 0.4 * h && y < 0.6 * h);
  });
  return { ...image, data };
}

const judge = (image: Volume): string[] => describeUnlike(likenessOf(image, maskOf(image), seen), seen);

describe('a scan beside the pictures of the training', () => {
  it('is not told of where it is of their kind', () => {
    const image = scan();
    const likeness = likenessOf(image, maskOf(image), seen);
    expect(likeness).toMatchObject({ slices: 4, alike: 4, isNoiseComparable: true, organHu: 105, spacingMm: [0.8, 1] });
    expect(likeness.fatHu).toBeGreaterThan(-106);
    expect(likeness.fatHu).toBeLessThan(-94);
    expect(describeUnlike(likeness, seen)).toEqual([]);
  });

  it('is told of where it has no contrast medium', () => {
    expect(judge(scan({ muscleHu: 50, organHu: 45 }))).toEqual([
      'unlike the training data: soft tissue has 45 HU in the middle, 50 HU to 110 HU in training',
      'unlike the training data: 0 % of the soft tissue has 80 HU or more, 20 % to 70 % in training: perhaps without ' +
        'contrast medium, in another phase, or another part of the body',
      'unlike the training data: the mask has 45 HU on average, 50 HU to 120 HU in training, patient by patient',
      'unlike the training data: 0 of 4 slices that were looked at are like its pictures',
    ]);
  });

  it('is told of where pixels and slices are far larger', () => {
    // 16 pixels of 3.2 mm are 64 of 0.8 mm: the body has the same size, seen as the pictures were.
    const told = judge(scan({ size: 16, mm: 3.2, sliceMm: 5 }));
    expect(told).toContain('unlike the training data: pixels of 3.2 mm, 0.7 mm to 0.9 mm in training');
    expect(told).toContain('unlike the training data: slices 5 mm apart, 1 mm in training');
    expect(judge(scan({ sliceMm: 2 }))).toEqual([]);
  });

  it('is told of where the body is of another size, or values are shifted', () => {
    expect(judge(scan({ mm: 1.6 }))).toContainEqual(expect.stringMatching(/the body is \d+ pixels wide, 46 to 56/));
    const shifted = scan();
    const image = { ...shifted, data: shifted.data.map((v) => v + 50) };
    expect(judge(image)).toContainEqual(
      expect.stringMatching(/^unlike the training data: fat is most often at -\d+ HU/),
    );
  });

  it('is looked at as a whole where nothing was found, and said to hold nothing where it does', () => {
    const image = scan();
    const nothing = { ...maskOf(image), data: new Uint8Array(image.data.length) };
    expect(likenessOf(image, nothing, seen)).toMatchObject({ slices: 6, alike: 6, organHu: null });
    const air = { ...image, data: image.data.map(() => -1000) };
    const told = describeUnlike(likenessOf(air, nothing, seen), seen);
    expect(told).toContain('unlike the training data: hardly any soft tissue');
  });

  it('takes 32 slices of many, spread evenly', () => {
    const one = scan();
    const depth = 100;
    const data = Int16Array.from({ length: 64 * 64 * depth }, (_, i) => one.data[i % (64 * 64)]!);
    const image: Volume = { ...one, shape: [64, 64, depth], data };
    const mask = { ...image, data: new Uint8Array(data.length) };
    expect(likenessOf(image, mask, seen).slices).toBe(32);
  });
});

describe('a picture beside those of the training', () => {
  const grey = (image: Volume<Int16Array>): Uint8Array =>
    Uint8Array.from(image.data.subarray(0, 64 * 64), (v) => Math.round(Math.min(255, Math.max(0, (v / 256) * 255))));

  it('is not told of where it is of their kind, and is where its window is another', () => {
    const image = scan();
    const mask = maskOf(image).data.subarray(64 * 64, 2 * 64 * 64);
    const likeness = likenessOfPicture({ data: grey(image), width: 64, height: 64 }, mask, seen);
    expect(likeness.organHu).toBeCloseTo(105, 0);
    expect(describeUnlike(likeness, seen)).toEqual([]);
    const wide = grey(image).map((v) => 100 + v / 4);
    expect(describeUnlike(likenessOfPicture({ data: wide, width: 64, height: 64 }, mask, seen), seen)).not.toEqual([]);
  });
});
