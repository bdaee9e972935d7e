import { describe, expect, it } from 'vitest';
import { bodyBox } from '../../lib/view/bodyBox.ts';
import { sceneOf } from '../../lib/view/scene.ts';
import { viewPage } from '../../lib/view/viewPage.ts';
import { toGeometryOf } from '../../lib/volume/orientation.ts';
import { fill, label, lps, prediction, scan } from './makeScan.ts';
import { unpackPage } from './unpack.ts';

describe('a scene', () => {
  it('begins in the fullest slice of the mask, at its voxel nearest to the middle', () => {
    // slice 5: x 10…11, y 8…10, middle (10.5, 9): (10, 9) comes first
    expect(sceneOf(scan, { mask: label }).at).toEqual([10, 9, 5]);
    expect(sceneOf(scan, { prediction }).at).toEqual([11, 9, 5]);
  });

  it('begins in the first class, however large others are', () => {
    const two = fill(Uint8Array, (x, y, z) => (z === 8 ? 2 : label.data[x + 24 * (y + 20 * z)]!));
    const classes = [
      { name: 'pancreas', values: [1] },
      { name: 'liver', values: [2] },
    ];
    expect(sceneOf(scan, { mask: two, classes }).at).toEqual([10, 9, 5]);
  });

  it('begins in the middle without a mask, and with an empty one', () => {
    expect(sceneOf(scan).at).toEqual([12, 10, 5]);
    expect(sceneOf(scan, { mask: fill(Uint8Array, () => 0) }).at).toEqual([12, 10, 5]);
    expect(sceneOf(scan, { mask: fill(Uint8Array, () => 0), prediction }).at).toEqual([11, 9, 5]);
  });

  it('begins in the body where that lies in a corner, so that the page holds the voxel', () => {
    const corner = fill(Int16Array, (x, y, z) => (x < 3 && y < 3 && z < 2 ? 40 : -1000));
    const scene = sceneOf(corner, { mask: fill(Uint8Array, () => 0) });
    const { start, shape } = bodyBox(corner, []);
    expect(start).toEqual([0, 0, 0]);
    expect(shape).toEqual([6, 6, 3]); // 5 mm around it: 3 voxels of 2 mm, 1 of 5 mm
    expect(scene.at).toEqual([3, 3, 1]);
    expect(unpackPage(viewPage(scene)).content.at).toEqual([3, 3, 1]);
  });

  it('turns a mask of another axis order onto the image', () => {
    const ras = { ...scan, affine: [2, 0, 0, -16, 0, 2, 0, 2, 0, 0, 5, -20, 0, 0, 0, 1] };
    const { masks } = sceneOf(scan, { mask: toGeometryOf(label, ras) });
    expect(masks[0]!.volume.data).toEqual(label.data);
  });

  it('has one colour a mask, or with classes one a class and a dotted label', () => {
    const plain = sceneOf(scan, { mask: { ...label, data: label.data.map((v) => 7 * v) }, prediction });
    expect(plain.masks.map(({ classes }) => classes)).toEqual([
      [{ value: 1, name: 'label', colour: '#56B4E9' }],
      [{ value: 1, name: 'prediction', colour: '#E69F00' }],
    ]);
    expect(plain.masks[0]!.volume.data).toEqual(label.data);
    const classes = [
      { name: 'pancreas', values: [1] },
      { name: 'tumour', values: [2] },
    ];
    const apart = sceneOf(scan, { mask: label, prediction, classes }).masks;
    expect(apart.map(({ dotted }) => dotted)).toEqual([true, false]);
    expect(apart[1]!.classes.map(({ value, name }) => [value, name])).toEqual([
      [1, 'pancreas, prediction'],
      [2, 'tumour, prediction'],
    ]);
    const three = { ...label, data: label.data.map((v) => 3 * v) };
    expect(() => sceneOf(scan, { mask: three, classes })).toThrow(
      'Expected a mask of the numbers 0 to 2 of its classes, found 3',
    );
  });

  it('refuses a mask on another grid, and values that are no numbers, in a sentence', () => {
    const moved = { ...label, affine: lps.with(3, 90) };
    expect(() => sceneOf(scan, { mask: moved })).toThrow(
      'Expected a label on the grid of the image, found affine row 1 (-2, 0, 0, 30) against (-2, 0, 0, 90)',
    );
    expect(() => sceneOf(scan, { prediction: moved })).toThrow('Expected a prediction on the grid of the image');
    const data = Float32Array.from(scan.data);
    data[7] = Number.NaN;
    expect(() => sceneOf({ ...scan, data })).toThrow('Expected finite CT numbers, found NaN among them');
  });
});
