import { type Grid, type SliceGeometry, sampleSliceInto } from '../../lib/preprocess/grid.ts';
import { identityWarp, type Warp } from '../../lib/preprocess/warp.ts';

/** One slice on the grid as `sampleSliceInto` puts it into arrays, which are made here. */
export function sampleSlice(
  image: Float32Array,
  label: Uint8Array | undefined,
  source: SliceGeometry,
  grid: Grid,
  warp: Warp = identityWarp,
): { image: Float32Array; label?: Uint8Array } {
  const pixels = grid.size[0] * grid.size[1];
  const channels = Math.floor(image.length / (source.height * source.width));
  const sample = { image: new Float32Array(pixels * channels), ...(label && { label: new Uint8Array(pixels) }) };
  sampleSliceInto(sample, { image, label }, source, grid, warp);
  return sample;
}
