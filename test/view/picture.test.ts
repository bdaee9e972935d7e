import { expect, it } from 'vitest';
import { scenePicture } from '../../lib/view/picture.ts';
import { sceneOf } from '../../lib/view/scene.ts';
import { images, named, texts } from '../figures/readFigure.ts';
import { label, scan } from './makeScan.ts';

const figure = scenePicture(sceneOf(scan, { mask: label, name: 'case 7' }));

it('shows three planes through the first voxel, anterior and superior up', () => {
  expect(texts(figure)).toEqual([
    ...['axial, slice 5', 'R', 'L', 'A', 'P'],
    ...['coronal, slice 9', 'R', 'L', 'S', 'I'],
    ...['sagittal, slice 10', 'A', 'P', 'S', 'I'],
  ]);
  // 24 × 20 × 10 voxels of 2 × 2 × 5 mm
  expect(images(figure).map(({ sizex, sizey }) => [sizex, sizey])).toEqual([
    [48, 40],
    [48, 50],
    [40, 50],
  ]);
});

it('outlines the mask where it is, in mm from the upper left corner', () => {
  const extents = named(figure, 'label').map(({ x, y }) => [
    Math.min(...x),
    Math.max(...x),
    Math.min(...y),
    Math.max(...y),
  ]);
  expect(extents).toEqual([
    [20, 24, 16, 22], // x 10 and 11, y 8 to 10
    [20, 24, 20, 30], // x 10 and 11, z 5 and 4, of which 9 is the uppermost
    [16, 22, 20, 30],
  ]);
});
