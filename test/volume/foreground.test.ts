import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundingBox, ForegroundScan } from '../../lib/volume/foreground.ts';

describe('the foreground of a mask', () => {
  it('is found voxel by voxel, whatever the type, the values and the place in memory', () => {
    const masks = fc.array(fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 1, 128, 255), { maxLength: 90 });
    fc.assert(
      fc.property(masks, fc.nat(7), (values, offset) => {
        const shifted = new Uint8Array(new ArrayBuffer(values.length + offset), offset);
        shifted.set(values);
        const wanted = values.flatMap((value, i) => (value ? [i] : []));
        for (const mask of [values, shifted, Int16Array.from(values), Uint8Array.from(values)]) {
          const scan = new ForegroundScan(mask);
          const found: number[] = [];
          for (let i = scan.next(0); i < mask.length; i = scan.next(i + 1)) found.push(i);
          expect(found).toEqual(wanted);
        }
      }),
    );
  });

  it('is found behind long stretches of background too', () => {
    const mask = new Uint8Array(400_000);
    fc.assert(
      fc.property(fc.array(fc.nat(mask.length - 1), { maxLength: 4 }), (places) => {
        const wanted = [...new Set(places)].sort((a, b) => a - b);
        for (const place of wanted) mask[place] = 128;
        const scan = new ForegroundScan(mask);
        const found: number[] = [];
        for (let i = scan.next(0); i < mask.length; i = scan.next(i + 1)) found.push(i);
        for (const place of wanted) mask[place] = 0;
        expect(found).toEqual(wanted);
      }),
    );
  });

  it('lies in the smallest box around it', () => {
    const axis = fc.integer({ min: 1, max: 6 });
    fc.assert(
      fc.property(axis, axis, axis, fc.array(fc.nat(1000), { maxLength: 4 }), (x, y, z, places) => {
        const mask = new Uint8Array(x * y * z);
        const points = places.map((place) => place % mask.length);
        for (const i of points) mask[i] = 128;
        const along = [
          points.map((i) => i % x),
          points.map((i) => Math.floor(i / x) % y),
          points.map((i) => Math.floor(i / (x * y))),
        ];
        const start = along.map((values) => Math.min(...values));
        const wanted = points.length
          ? { start, shape: along.map((values, axis) => Math.max(...values) - start[axis] + 1) }
          : undefined;
        expect(boundingBox(mask, [x, y, z])).toEqual(wanted);
      }),
    );
  });
});
