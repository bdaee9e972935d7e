/** What holds for every filter that can be asked for a part of its image. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { type Box, cropVolume } from '../../../lib/volume/crop.ts';
import type { Vec3, Volume } from '../../../lib/volume/volume.ts';
import { formulaVolume } from './oracle.ts';

export const wholeOf = ({ shape }: Volume): Box => ({ start: [0, 0, 0], shape });

/** Inside any box a filter gives what it gives there in the whole, in its place; a box outside the image is refused. */
export function expectPartsOfTheWhole(filter: (image: Volume, box: Box) => Volume): void {
  const image = formulaVolume([9, 8, 7], 'int16', [1, 2, 3]);
  const whole = filter(image, wholeOf(image));
  const range = (n: number): fc.Arbitrary<[number, number]> =>
    fc.tuple(fc.nat(n - 1), fc.nat(n - 1)).map(([a, b]) => [Math.min(a, b), Math.abs(a - b) + 1]);
  fc.assert(
    fc.property(range(9), range(8), range(7), (x, y, z) => {
      const [start, shape]: [Vec3, Vec3] = [
        [x[0], y[0], z[0]],
        [x[1], y[1], z[1]],
      ];
      expect(filter(image, { start, shape })).toEqual(cropVolume(whole, start, shape));
    }),
    { numRuns: 15 },
  );
  expect(() => filter(image, { start: [0, 0, 1], shape: [9, 8, 7] })).toThrow('Expected a box inside the volume');
}
