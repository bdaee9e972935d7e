/** A whole CT volume in, a mask of the pancreas, or of several classes, on the same voxels out. */
import type { tf } from 'axunet-engine/engine';
import { expected } from '../errors.ts';
import { type Grid, resampleToSource, type SliceGeometry, scaledGrid } from '../preprocess/grid.ts';
import { neighbourStacks, type WindowHu } from '../preprocess/window.ts';
import { breathe } from '../progress.ts';
import { toCanonical, toGeometryOf } from '../volume/orientation.ts';
import { type Volume, type VoxelArray, voxelCount } from '../volume/volume.ts';
import type { SeenPictures } from './seenPictures.ts';
import { classMask, type ForegroundNetwork, foregroundNetwork, predictImages, sampleBatch } from './slices.ts';

/** The grid and window that the network was trained with, and how a volume is predicted. */
export interface PredictVolumeOptions {
  /** The grid and the window that the network was trained with. */
  readonly grid: Grid;
  readonly windowHu: WindowHu;
  /** Probability from which a voxel is pancreas; 0.5 by default. Of several classes the likeliest is taken. */
  readonly threshold?: number;
  /** Slices computed together; 4 by default. */
  readonly batchSize?: number;
  /** Hears of slices looked at and to be looked at, by all networks, and how many the volume has. */
  readonly onProgress?: (done: number, total: number, slices: number) => void;
  /** The network made ready (`foregroundNetwork`), for several volumes; by default it is made for this one. */
  readonly network?: ForegroundNetwork;
}

/** Mask and probabilities, with the shape and affine of the source. */
export interface PredictedVolume {
  /** Class numbers, 0 and 1 of one class, on the voxels of the source. */
  readonly mask: Volume<Uint8Array>;
  /** Probability of any foreground; 0 outside the grid's window. */
  readonly probability: Volume<Float32Array>;
  /** Probability of each foreground class. */
  readonly probabilities: readonly Volume<Float32Array>[];
}

/** A few slices on the grid; the first of them is slice `start`. */
interface Part {
  readonly start: number;
  readonly count: number;
  readonly images: Float32Array;
}

/** Runs the network on all parts, the next one being made ready and the one before taken back while it computes. */
async function predictParts(
  network: ForegroundNetwork,
  parts: Iterable<Part>,
  grid: Grid,
  take: (maps: Float32Array[][], part: Part) => void,
): Promise<void> {
  let finish = (): void => {};
  const rest = parts[Symbol.iterator]();
  for (let next = rest.next(); !next.done; ) {
    const part = next.value;
    const running = predictImages(network, part.images, part.count, grid.size);
    running.catch(() => {}); // reported by the await below, also when something fails before it
    await breathe();
    finish();
    next = rest.next();
    const maps = await running;
    finish = () => take(maps, part);
  }
  finish();
}

/** A network made ready, with what its input must look like. */
export interface Member extends Pick<PredictVolumeOptions, 'grid' | 'windowHu'> {
  readonly network: ForegroundNetwork;
  /** Looks at each slice so many times, through a window larger by these, and says the mean; [1] where not given. */
  readonly scales?: readonly number[];
  /** Trained on pictures, it sees a slice on all channels instead of its neighbours. */
  readonly isOfPictures?: boolean;
  /** What is known of these pictures. */
  readonly seen?: SeenPictures;
}

type Told = (slice: number) => void;

/** Probability of each foreground class on the voxels of a canonical volume; 0 outside the grid's window. */
async function canonicalProbabilities(
  { network, grid, windowHu, isOfPictures = false }: Member,
  canonical: Volume,
  batchSize: number,
  onSlice?: Told,
): Promise<Float32Array[]> {
  const [width, height, depth] = canonical.shape;
  const geometry: SliceGeometry = { height, width, spacingMm: [canonical.spacingMm[1], canonical.spacingMm[0]] };
  const stackAt = neighbourStacks(canonical, windowHu, isOfPictures ? 0 : 1);
  let values: Float32Array[] = [];
  function* parts(): Generator<Part> {
    for (let start = 0; start < depth; start += batchSize) {
      const count = Math.min(batchSize, depth - start);
      yield { start, count, images: sampleBatch(count, (i) => ({ image: stackAt(start + i), geometry }), grid) };
    }
  }
  const pixels = height * width;
  await predictParts(network, parts(), grid, (maps, { start, count }) => {
    if (start === 0) values = maps[0].map(() => new Float32Array(voxelCount(canonical.shape)));
    maps.forEach((classes, i) => {
      const from = (start + i) * pixels;
      classes.forEach((map, c) => resampleToSource(map, geometry, grid, values[c].subarray(from, from + pixels)));
    });
    onSlice?.(start + count);
  });
  return values;
}

/** The same through each of the member's windows, and their mean. */
async function memberProbabilities(
  { scales = [1], ...member }: Member,
  canonical: Volume,
  batchSize: number,
  onSlice?: (slice: number, look: number) => void,
): Promise<Float32Array[]> {
  let sums: Float32Array[] | undefined;
  for (const [k, scale] of scales.entries()) {
    const grid = scaledGrid(member.grid, scale);
    const told: Told = (slice) => onSlice?.(slice, k);
    const own = await canonicalProbabilities({ ...member, grid }, canonical, batchSize, told);
    if (sums) sums.forEach((sum, c) => addTo(sum, own[c]));
    else sums = own;
  }
  if (scales.length > 1) for (const sum of sums!) for (let i = 0; i < sum.length; i++) sum[i] /= scales.length;
  return sums!;
}

/**
 * Segments a volume in HU with one network or several, whose probabilities are averaged on the voxels of the source,
 * each network having its own grid: so networks of different folds, whose grids fit their own training masks, can be
 * averaged. Outside its window a network says 0. Slice by slice in the canonical frame with each slice's two neighbours
 * as further channels (at the ends the edge slice is repeated). Shape, spacing and affine of the results are the
 * source's.
 */
export async function predictWith(
  members: readonly Member[],
  volume: Volume,
  options: Pick<PredictVolumeOptions, 'threshold' | 'batchSize' | 'onProgress'> = {},
): Promise<PredictedVolume> {
  const { threshold = 0.5, batchSize = 4, onProgress } = options;
  if (members.length === 0) throw expected('a network to predict with', 'none');
  const canonical = toCanonical<VoxelArray>(volume);
  const depth = canonical.shape[2];
  const looks = members.reduce((sum, { scales = [1] }) => sum + scales.length, 0);
  let before = 0;
  let sums: Float32Array[] | undefined;
  for (const member of members) {
    const own = await memberProbabilities(member, canonical, batchSize, (slice, look) =>
      onProgress?.((before + look) * depth + slice, looks * depth, depth),
    );
    before += member.scales?.length ?? 1;
    if (sums) sums.forEach((sum, c) => addTo(sum, own[c]));
    else sums = own;
  }
  if (members.length > 1) for (const sum of sums!) for (let i = 0; i < sum.length; i++) sum[i] /= members.length;
  const probabilities = sums!.map((data) => toGeometryOf<Float32Array>({ ...canonical, data }, volume));
  const [first, ...others] = probabilities;
  const probability = others.length === 0 ? first : { ...first, data: first.data.slice() };
  for (const { data } of others) addTo(probability.data, data);
  const maps = probabilities.map(({ data }) => data);
  return { probabilities, probability, mask: { ...first, data: classMask(maps, threshold) } };
}

function addTo(sum: Float32Array, more: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] += more[i];
}

/** Segments a volume in HU with one network, as `predictWith` does. */
export async function predictVolume(
  model: tf.LayersModel,
  volume: Volume,
  { grid, windowHu, network: ready, ...options }: PredictVolumeOptions,
): Promise<PredictedVolume> {
  const network = ready ?? foregroundNetwork(model);
  try {
    return await predictWith([{ network, grid, windowHu }], volume, options);
  } finally {
    if (!ready) network.close();
  }
}
