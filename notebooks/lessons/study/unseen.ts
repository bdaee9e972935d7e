/**
 * What the chosen networks say of slices that they have not seen, beyond the DSC: whether a probability of 0.7 is right
 * seven times in ten, whether the network knows where it is wrong, and pictures of the worst.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { overlapCounts } from 'axunet/evaluate/overlap';
import type { OverlayCase } from 'axunet/figures/overlayGrid';
import { preparedSlice } from 'axunet/figures/sliceExamples';
import { cropSlice, cutWindow, windowAround } from 'axunet/figures/slicePicture';
import { writeFileAtomic } from 'axunet/io/files';
import { list, natural, object, readJsonAs, realNumber, type Shape, text, tuple } from 'axunet/io/schema';
import { thresholdMask } from 'axunet/predict/slices';
import type { SliceSet } from 'axunet/preprocess/sliceSet';
import { diceOf } from './accuracySummary.ts';
import { accuracyName } from './plan.ts';
import { packMask, recordFile, recordText, unpackMask } from './record.ts';

/** Bins of probability of equal width. */
const bins = 10;
/** Pixels of the slices with less probability than this are background beyond doubt, and say nothing of calibration. */
const leastProbability = 0.01;
const shownSidePixels = 160;
const shownWorst = 10;

const unseenSchema = object({
  command: text,
  ensemble: text,
  threshold: realNumber,
  /** Pixels of a bin, how many of them are pancreas, and their mean probability. */
  calibration: list(object({ pixels: natural, pancreas: natural, probability: realNumber })),
  /** Of a slice: id, pixels of the label, DSC, and the DSC that the probabilities promise. */
  slices: list(tuple([text, natural, realNumber, realNumber])),
  /** The worst slices, from the worst on: grey values and masks of a window, base64. */
  worst: list(
    object({ id: text, dice: realNumber, height: natural, width: natural, image: text, label: text, prediction: text }),
  ),
});

/** Calibration, doubt and the worst slices of one ensemble. */
export type UnseenRecord = Shape<typeof unseenSchema>;

/** Beside the record of the study. */
export const unseenFile = (records?: string): string =>
  path.join(path.dirname(recordFile(accuracyName, records)), 'unseen.json');

/** What was recorded; undefined where nothing was. */
export async function readUnseen(records?: string): Promise<UnseenRecord | undefined> {
  const file = unseenFile(records);
  return existsSync(file) ? readJsonAs(file, unseenSchema, 'a record of unseen slices') : undefined;
}

/**
 * The DSC that is to be expected where the probabilities are right: 2 Σ m·p / (Σ m + Σ p) over the pixels of mask m and
 * probability p; 1 where both are empty.
 */
export function expectedDice(probability: ArrayLike<number>, mask: ArrayLike<number>): number {
  let [both, all] = [0, 0];
  for (let i = 0; i < mask.length; i++) {
    const m = mask[i] ? 1 : 0;
    both += m * probability[i]!;
    all += m + probability[i]!;
  }
  return all === 0 ? 1 : (2 * both) / all;
}

/** Calibration as points: mean probability and share of pancreas of each bin that has pixels, and their mean distance. */
export function reliability({ calibration }: Pick<UnseenRecord, 'calibration'>): {
  points: { probability: number; share: number; pixels: number }[];
  /** Expected calibration error: the mean distance of both over the pixels. */
  ece: number;
} {
  const points = calibration
    .filter(({ pixels }) => pixels > 0)
    .map(({ pixels, pancreas, probability }) => ({ probability, share: pancreas / pixels, pixels }));
  const all = points.reduce((sum, { pixels }) => sum + pixels, 0);
  const ece = points.reduce((sum, p) => sum + (p.pixels / all) * Math.abs(p.probability - p.share), 0);
  return { points, ece };
}

/** Collects slice after slice. */
export class UnseenSlices {
  private readonly pixels = new Float64Array(bins);
  private readonly pancreas = new Float64Array(bins);
  private readonly sums = new Float64Array(bins);
  private readonly rows: UnseenRecord['slices'][number][] = [];
  private readonly seen: UnseenRecord['worst'][number][] = [];

  private readonly threshold: number;

  constructor(threshold: number) {
    this.threshold = threshold;
  }

  /** One slice of a set with its probabilities (H, W). */
  add(slices: SliceSet, index: number, probability: Float32Array): void {
    const [label, mask] = [slices.readLabel(index), thresholdMask(probability, this.threshold)];
    for (let i = 0; i < label.length; i++) {
      const p = probability[i]!;
      if (p < leastProbability) continue;
      const bin = Math.min(bins - 1, Math.floor(p * bins));
      this.pixels[bin]!++;
      this.sums[bin]! += p;
      if (label[i]) this.pancreas[bin]!++;
    }
    const { id, foreground: truth } = slices.entries[index]!;
    const { tp, fp } = overlapCounts(mask, label);
    const dice = diceOf({ truth, tp, fp });
    this.rows.push([id, truth, rounded(dice), rounded(expectedDice(probability, mask))]);
    this.keepWorst(slices, index, mask, dice);
  }

  private keepWorst(slices: SliceSet, index: number, mask: Uint8Array, dice: number): void {
    const last = this.seen.at(-1);
    if (this.seen.length === shownWorst && last && dice >= last.dice) return;
    const { slice, label } = preparedSlice(slices, index);
    const window = windowAround({ ...slice, spacingMm: [1, 1] }, [label, mask], shownSidePixels);
    const grey = Uint8Array.from(cropSlice(slice, window).values, (v) => Math.round(255 * Math.max(0, Math.min(1, v))));
    const cut = (m: ArrayLike<number>): string => packMask(cutWindow(m, slice.height, slice.width, window));
    const { height, width } = window;
    const image = Buffer.from(grey).toString('base64');
    const { id } = slices.entries[index]!;
    this.seen.push({ id, dice: rounded(dice), height, width, image, label: cut(label), prediction: cut(mask) });
    this.seen.sort((a, b) => a.dice - b.dice || (a.id < b.id ? -1 : 1)).splice(shownWorst);
  }

  /** Writes the record of what was collected. */
  async write(ensemble: string, records?: string): Promise<UnseenRecord> {
    const record: UnseenRecord = {
      command: `npm run study -- ${accuracyName}`,
      ensemble,
      threshold: this.threshold,
      calibration: Array.from(this.pixels, (pixels, i) => ({
        pixels,
        pancreas: this.pancreas[i]!,
        probability: pixels > 0 ? rounded(this.sums[i]! / pixels) : 0,
      })),
      slices: this.rows.toSorted(([a], [b]) => (a < b ? -1 : 1)),
      worst: this.seen,
    };
    await writeFileAtomic(unseenFile(records), `${recordText(record)}\n`);
    return record;
  }
}

const rounded = (value: number): number => Number(value.toFixed(5));

/** The worst slices as figures take them. */
export const worstCases = ({ worst }: UnseenRecord): OverlayCase[] =>
  worst.map(({ id, dice, height, width, image, label, prediction }) => ({
    id,
    dice,
    slice: { values: Buffer.from(image, 'base64'), height, width, spacingMm: [1, 1], range: [0, 255] },
    label: unpackMask(label, height * width),
    prediction: unpackMask(prediction, height * width),
  }));
