/** Slices as pictures: grey values to RGBA, PNG data addresses, and windows cut out of slices. */
import { encodePng } from '../io/image.ts';
import { softTissueWindowHu } from '../preprocess/window.ts';
import { sliceZ, type Volume } from '../volume/volume.ts';

/** One slice with its size in the patient. Row 0 is anterior, column 0 the patient's right. */
export interface SliceImage {
  /** (height, width), row by row. */
  readonly values: ArrayLike<number>;
  readonly height: number;
  readonly width: number;
  /** Distance between rows and between columns, in millimetres ([1, 1] where only pixels are known). */
  readonly spacingMm: readonly [number, number];
  /** The values shown black and white. */
  readonly range: readonly [number, number];
}

/** A rectangle of whole pixels; it may reach over the slice's edge. */
export interface PixelWindow {
  top: number;
  left: number;
  height: number;
  width: number;
}

/** Grey RGBA of a slice: range[0] and below (and NaN) is black, range[1] and above is white. */
export function sliceToRgba({ values, height, width, range: [black, white] }: SliceImage): Uint8ClampedArray {
  const rgba = new Uint8ClampedArray(4 * height * width);
  const scale = 255 / (white - black || 1);
  for (let i = 0; i < height * width; i++) {
    const grey = (values[i]! - black) * scale;
    rgba[4 * i] = grey; // the clamped array rounds and turns NaN into 0
    rgba[4 * i + 1] = grey;
    rgba[4 * i + 2] = grey;
    rgba[4 * i + 3] = 255;
  }
  return rgba;
}

/** Three slices of the same size as red, green and blue. */
export function slicesToRgba(red: SliceImage, green: SliceImage, blue: SliceImage): Uint8ClampedArray {
  const rgba = sliceToRgba(red);
  for (const [channel, slice] of [green, blue].entries()) {
    const grey = sliceToRgba(slice);
    for (let i = 0; i < rgba.length; i += 4) rgba[i + channel + 1] = grey[i]!;
  }
  return rgba;
}

/** A `data:` address with the picture as PNG, as Plotly's layout.images want it. */
export const pngAddress = (rgba: Uint8ClampedArray, width: number, height: number): string =>
  `data:image/png;base64,${Buffer.from(encodePng(rgba, width, height)).toString('base64')}`;

/** The values of a window of a (height, width) array; `outside` where the window reaches over the edge. */
export function cutWindow(
  values: ArrayLike<number>,
  height: number,
  width: number,
  window: PixelWindow,
  outside = 0,
): Float32Array {
  const out = new Float32Array(window.height * window.width).fill(outside);
  for (let r = 0; r < window.height; r++) {
    const y = window.top + r;
    if (y < 0 || y >= height) continue;
    for (let c = 0; c < window.width; c++) {
      const x = window.left + c;
      if (x >= 0 && x < width) out[r * window.width + c] = values[y * width + x]!;
    }
  }
  return out;
}

/** A window of a slice as a slice of its own; black where it reaches over the edge. */
export const cropSlice = (slice: SliceImage, window: PixelWindow): SliceImage => ({
  ...slice,
  values: cutWindow(slice.values, slice.height, slice.width, window, slice.range[0]),
  height: window.height,
  width: window.width,
});

/**
 * The window of about `sideMm` × `sideMm` around the middle of all non-zero pixels of the masks
 * (of the slice where they are empty).
 */
export function windowAround(
  slice: SliceImage,
  masks: readonly (ArrayLike<number> | undefined)[],
  sideMm: number,
): PixelWindow {
  let [top, bottom, left, right] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const mask of masks) {
    for (let i = 0; mask && i < mask.length; i++) {
      if (!mask[i]) continue;
      const [y, x] = [Math.floor(i / slice.width), i % slice.width];
      [top, bottom, left, right] = [Math.min(top, y), Math.max(bottom, y), Math.min(left, x), Math.max(right, x)];
    }
  }
  if (top > bottom) [top, bottom, left, right] = [0, slice.height - 1, 0, slice.width - 1];
  const height = Math.max(1, Math.round(sideMm / slice.spacingMm[0]));
  const width = Math.max(1, Math.round(sideMm / slice.spacingMm[1]));
  return {
    top: Math.round((top + bottom + 1 - height) / 2),
    left: Math.round((left + right + 1 - width) / 2),
    height,
    width,
  };
}

/** Slice z of a volume as a picture of HU, rows downwards as they are stored. */
export const huSlice = (
  volume: Volume,
  z: number,
  range: readonly [number, number] = softTissueWindowHu,
): SliceImage => ({
  values: sliceZ(volume, z),
  height: volume.shape[1],
  width: volume.shape[0],
  spacingMm: [volume.spacingMm[1], volume.spacingMm[0]],
  range,
});
