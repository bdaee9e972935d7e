/** Which values look like the CT numbers of a body. */
import { describe, expect, it } from 'vitest';
import { hounsfieldDoubts } from '../../lib/volume/hounsfield.ts';

/** Half air, a third soft tissue, the rest fat and a little bone: shares of an abdominal CT. */
const ct = Int16Array.from({ length: 6000 }, (_, i) => {
  if (i % 2) return -1000 + (i % 9);
  return i % 6 ? 40 + (i % 50) : [-100, 700][Number(i % 60 === 0)]!;
});
const shifted = (by: number): Int16Array => ct.map((hu) => hu + by);

describe('hounsfieldDoubts', () => {
  it('has none about a CT, about one with padding, and about nothing at all', () => {
    expect(hounsfieldDoubts(ct)).toEqual([]);
    expect(hounsfieldDoubts(ct.map((hu, i) => (i % 5 ? hu : -3024)))).toEqual([]);
    expect(hounsfieldDoubts(new Int16Array())).toEqual([]);
    expect(hounsfieldDoubts(Float32Array.of(NaN, Infinity))).toEqual([]);
  });
  it.each([
    ['HU + 1024', shifted(1024), /was the rescale intercept lost/],
    ['HU + 1024 with padding of -2000', shifted(1024).map((v, i) => (i % 5 ? v : -2000)), /rescale intercept lost/],
    ['HU - 1024', shifted(-1024), /soft tissue \(above 50\)/],
    [
      'a window of 8 bits',
      Uint8Array.from(ct, (hu) => ((Math.min(240, Math.max(-160, hu)) + 160) * 255) / 400),
      /8 bits/,
    ],
    ['values of 0 to 1', Float32Array.from(ct, (hu) => (hu + 1000) / 1700), /normalised/],
    ['values of -1 to 1', Float32Array.from(ct, (hu) => (hu + 150) / 850), /normalised/],
    ['nothing soft', ct.map((hu) => (hu > -200 && hu < 300 ? -500 : hu)), /hardly a voxel of it/],
    ['one value', new Int16Array(9).fill(5), /every voxel is 5/],
    ['values that no CT has', ct.map((hu, i) => (i ? hu : 32000)), /beyond what a CT measures/],
  ])('doubts %s', (_, data, message) => {
    expect(hounsfieldDoubts(data).join()).toMatch(message);
  });
  it('sees in a part of a large volume what is in all of it', () => {
    const large = new Int16Array(3_000_000);
    large.forEach((_, i) => (large[i] = ct[i % ct.length]! + 1024));
    expect(hounsfieldDoubts(large)).toEqual([expect.stringContaining('found 24 to 1724')]);
  });
});
