/**
 * What segmentation without learning shapes reaches: a window of HU, and a map of where the organ usually lies.
 * A network that is not clearly better has learned nothing worth having.
 */
import { expected } from 'axunet/errors';
import { toCanonical } from 'axunet/volume/orientation';
import type { Vec3, Volume } from 'axunet/volume/volume';

export interface BaselineVolume {
  readonly image: Volume;
  /** Every value but 0 is foreground. */
  readonly label: Volume;
}

export interface ThresholdBaseline {
  /** The window [lowHu, highHu) that was best for these volumes together. */
  readonly lowHu: number;
  readonly highHu: number;
  /** DSC of each volume with that window. */
  readonly dice: number[];
}

export interface LocationPriorBaseline {
  /** A voxel is foreground where at least this share of the training patients has foreground. */
  readonly share: number;
  /** DSC of each held-out volume, on its own grid. */
  readonly dice: number[];
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
};

/** 2·|A∩B| / (|A|+|B|); two empty masks agree: 1. */
const diceOf = (overlap: number, predicted: number, actual: number): number =>
  predicted + actual === 0 ? 1 : (2 * overlap) / (predicted + actual);

const windowStepHu = 4;
const windowStartHu = -200;
const windowBins = 200;

/** Number of voxels below each multiple of the step, all and foreground only. */
function cumulatedHistogram({ image, label }: BaselineVolume): {
  all: Float64Array;
  foreground: Float64Array;
  actual: number;
} {
  const all = new Float64Array(windowBins + 1);
  const foreground = new Float64Array(windowBins + 1);
  let actual = 0;
  for (let i = 0; i < image.data.length; i++) {
    const inside = label.data[i] !== 0;
    if (inside) actual++;
    const bin = Math.floor((image.data[i]! - windowStartHu) / windowStepHu);
    if (bin < 0 || bin >= windowBins) continue;
    all[bin + 1]!++;
    if (inside) foreground[bin + 1]!++;
  }
  for (let b = 1; b <= windowBins; b++) {
    all[b]! += all[b - 1]!;
    foreground[b]! += foreground[b - 1]!;
  }
  return { all, foreground, actual };
}

/**
 * The best that one window of HU for all patients can do: every window between -200 and 600 HU in steps of 4 is tried
 * on the whole volumes, and the one with the highest median DSC is kept. It has seen the labels that it is judged by,
 * so an honest threshold does no better.
 *
 * @param volumes image in HU and label on the same grid, at least one
 * @throws UserError when there is no volume or a label is not on its image's grid
 */
export function bestThresholdDice(volumes: readonly BaselineVolume[]): ThresholdBaseline {
  if (!volumes.length) throw expected('at least one volume', 'none');
  for (const { image, label } of volumes) {
    if (image.data.length !== label.data.length)
      throw expected(`a label of shape ${image.shape.join('×')}`, label.shape.join('×'));
  }
  const histograms = volumes.map(cumulatedHistogram);
  const diceWith = (low: number, high: number): number[] =>
    histograms.map(({ all, foreground, actual }) =>
      diceOf(foreground[high]! - foreground[low]!, all[high]! - all[low]!, actual),
    );
  let best = { score: -1, low: 0, high: 0 };
  for (let low = 0; low < windowBins; low++) {
    for (let high = low + 1; high <= windowBins; high++) {
      const score = median(diceWith(low, high));
      if (score > best.score) best = { score, low, high };
    }
  }
  const hu = (bin: number): number => windowStartHu + windowStepHu * bin;
  return { lowHu: hu(best.low), highHu: hu(best.high), dice: diceWith(best.low, best.high) };
}

/** Voxel size of the common grid of the location prior. */
const priorMm = 3;

/** How many training masks cover a place; the grid is centred in the images, axes L, P, S. */
interface Prior {
  readonly counts: Uint16Array;
  readonly shape: Vec3;
}

/** Index into one axis of the prior for every index along the same axis of a volume; -1 outside. */
function priorIndices({ shape }: Prior, volume: Volume, axis: number): Int32Array {
  const middle = (volume.shape[axis]! - 1) / 2;
  return Int32Array.from({ length: volume.shape[axis]! }, (_, i) => {
    const at = Math.round(((i - middle) * volume.spacingMm[axis]!) / priorMm + (shape[axis]! - 1) / 2);
    return at >= 0 && at < shape[axis]! ? at : -1;
  });
}

/** The mean mask: each cell of the prior looks up the nearest voxel of each canonical mask. */
function buildPrior(masks: readonly Volume[]): Prior {
  const shape = [0, 1, 2].map((axis) =>
    Math.max(...masks.map((m) => Math.ceil((m.shape[axis]! * m.spacingMm[axis]!) / priorMm))),
  ) as unknown as Vec3;
  const counts = new Uint16Array(shape[0] * shape[1] * shape[2]);
  for (const mask of masks) {
    const [nx, ny, nz] = mask.shape;
    const nearest = (axis: number, cell: number): number =>
      Math.round(((cell - (shape[axis]! - 1) / 2) * priorMm) / mask.spacingMm[axis]! + (mask.shape[axis]! - 1) / 2);
    for (let z = 0; z < shape[2]; z++) {
      const mz = nearest(2, z);
      for (let y = 0; y < shape[1]; y++) {
        const my = nearest(1, y);
        if (mz < 0 || mz >= nz || my < 0 || my >= ny) continue;
        for (let x = 0; x < shape[0]; x++) {
          const mx = nearest(0, x);
          if (mx >= 0 && mx < nx && mask.data[mx + nx * (my + ny * mz)] !== 0)
            counts[x + shape[0] * (y + shape[1] * z)]!++;
        }
      }
    }
  }
  return { counts, shape };
}

/** DSC of one mask for every cut: entry k-1 is for "at least k of the training masks", k from 1 to `most`. */
function diceByCut(prior: Prior, mask: Volume, most: number): number[] {
  const [ix, iy, iz] = [0, 1, 2].map((axis) => priorIndices(prior, mask, axis)) as [Int32Array, Int32Array, Int32Array];
  const covered = new Float64Array(most + 1);
  const overlap = new Float64Array(most + 1);
  let actual = 0;
  for (let i = 0, z = 0; z < mask.shape[2]; z++) {
    for (let y = 0; y < mask.shape[1]; y++) {
      for (let x = 0; x < mask.shape[0]; x++, i++) {
        const outside = ix[x]! < 0 || iy[y]! < 0 || iz[z]! < 0;
        const count = outside ? 0 : prior.counts[ix[x]! + prior.shape[0] * (iy[y]! + prior.shape[1] * iz[z]!)]!;
        covered[count]!++;
        if (mask.data[i] === 0) continue;
        actual++;
        overlap[count]!++;
      }
    }
  }
  const dice: number[] = [];
  for (let k = most, predicted = 0, hit = 0; k >= 1; k--) {
    predicted += covered[k]!;
    hit += overlap[k]!;
    dice[k - 1] = diceOf(hit, predicted, actual);
  }
  return dice;
}

/**
 * What knowing the usual place is worth: the mean mask of the training patients, on a 3 mm grid in the canonical frame
 * centred in each image, cut where that is best for the training patients, scored on the held-out patients' own grids.
 *
 * @param training labels of the training patients, at least one
 * @param heldOut labels of patients that are not among them
 * @throws UserError when there is no training patient
 */
export function locationPriorDice(
  training: readonly Pick<BaselineVolume, 'label'>[],
  heldOut: readonly Pick<BaselineVolume, 'label'>[],
): LocationPriorBaseline {
  if (!training.length) throw expected('at least one training patient', 'none');
  const masks = training.map(({ label }) => toCanonical(label));
  const prior = buildPrior(masks);
  const table = masks.map((mask) => diceByCut(prior, mask, masks.length));
  const means = masks.map((_, k) => table.reduce((sum, row) => sum + row[k]!, 0) / masks.length);
  const cut = means.indexOf(Math.max(...means));
  return {
    share: (cut + 1) / masks.length,
    dice: heldOut.map(({ label }) => diceByCut(prior, toCanonical(label), masks.length)[cut]!),
  };
}
