import type { SeenPictures } from '../../lib/predict/seenPictures.ts';

/** Pictures of 64 × 64 pixels of 0.8 mm with a body of 40 × 50 of them. */
export const seenExample: SeenPictures = {
  pictures: 20,
  patients: 5,
  windowHu: [0, 256],
  size: [64, 64],
  pixelMm: { patients: 3, least: 0.7, middle: 0.8, most: 0.9 },
  sliceMm: { patients: 3, least: 1, middle: 1, most: 1 },
  organHu: { least: 50, middle: 90, most: 120 },
  look: {
    softHu: { least: 50, middle: 70, most: 110 },
    brightShare: { least: 0.2, middle: 0.4, most: 0.7 },
    noiseHu: { least: 0, middle: 10, most: 25 },
    bodyRows: { least: 36, middle: 40, most: 46 },
    bodyColumns: { least: 46, middle: 50, most: 56 },
  },
};
