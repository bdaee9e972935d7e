/**
 * What the chosen networks say of slices that they have not seen, beyond the DSC: whether a probability of 0.7 is right
 * seven times in ten, whether the network knows where it is wrong, and pictures of the worst.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { dice as diceOf, overlapCounts } from 'axunet/evaluate/overlap';
import type { OverlayCase } from 'axunet/figures/overlayGrid';
import { preparedSlice } from 'axunet/figures/sliceExamples';
import { cropSlice, cutWindow, windowAround } from 'axunet/figures/slicePicture';
import { writeFileAtomic } from 'axunet/io/files';
import { list, natural, object, readJsonAs, realNumber, type Shape, text, tuple } from 'axunet/io/schema';
import { thresholdMask } from 'axunet/predict/slices';
import type { SliceSet } from 'axunet/preprocess/sliceSet';
import { accuracyName } from './plan.ts';
import { packMask, recordFile, recordText, unpackMask } from './record.ts';

/** Bins of probability of equal width. */
const bins = 10;
/** Pixels of the slices with less probability than this are background beyond doubt, and say nothing of calibration. */
const leastProbability = 0.01;
const shownSidePixels = 160;
const shownWorst = 10;
/** Shares of the slices that are worse than a typical one that is shown. */
const typicalShares = [0.25, 0.4, 0.5, 0.6, 0.75, 0.95] as const;

const pictureSchema = object({
  id: text,
  dice: realNumber,
  height: natural,
  width: natural,
  image: text,
  label: text,
  prediction: text,
});

const unseenSchema = object({
  command: text,
  ensemble: text,
  threshold: realNumber,
  /** Pixels of a bin, how many of them are pancreas, and their mean probability. */
  calibration: list(object({ pixels: natural, pancreas: natural, probability: realNumber })),
  /** Of a slice: id, pixels of the label, DSC, and the DSC that the probabilities promise. */
  slices: list(tuple([text, natural, realNumber, realNumber])),
  /** The worst slices from the worst on, and some from the lower quarter to the best. */
  worst: list(pictureSchema),
  typical: list(pictureSchema),
});

/** A window of a slice: grey values from 0 to 255, and masks of one bit a pixel, base64. */
export type ShownSlice = Shape<typeof pictureSchema>;

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

/** Calibration as points: mean probability and share of pancreas of each bin with pixels, and their mean distance. */
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
  private readonly seen: { index: number; dice: number; promised: number; mask: string }[] = [];
  private slices: SliceSet | undefined;
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
    const dice = diceOf(overlapCounts(mask, label));
    this.seen.push({ index, dice, promised: expectedDice(probability, mask), mask: packMask(mask) });
    this.slices = slices;
  }

  private picture({ index, dice, mask: packed }: { index: number; dice: number; mask: string }): ShownSlice {
    const { slice, label } = preparedSlice(this.slices!, index);
    const mask = unpackMask(packed, label.length);
    const window = windowAround({ ...slice, spacingMm: [1, 1] }, [label, mask], shownSidePixels);
    const grey = Uint8Array.from(cropSlice(slice, window).values, (v) => Math.round(255 * Math.max(0, Math.min(1, v))));
    const cut = (m: ArrayLike<number>): string => packMask(cutWindow(m, slice.height, slice.width, window));
    return {
      id: this.slices!.entries[index]!.id,
      dice: rounded(dice),
      height: window.height,
      width: window.width,
      image: Buffer.from(grey).toString('base64'),
      label: cut(label),
      prediction: cut(mask),
    };
  }

  /** Writes the record of what was collected. */
  async write(ensemble: string, records?: string): Promise<UnseenRecord> {
    const byDice = this.seen.toSorted((a, b) => a.dice - b.dice || a.index - b.index);
    const record: UnseenRecord = {
      command: `npm run study -- ${accuracyName}`,
      ensemble,
      threshold: this.threshold,
      calibration: Array.from(this.pixels, (pixels, i) => ({
        pixels,
        pancreas: this.pancreas[i]!,
        probability: pixels > 0 ? rounded(this.sums[i]! / pixels) : 0,
      })),
      slices: this.seen
        .map(({ index, dice, promised }): UnseenRecord['slices'][number] => {
          const { id, foreground } = this.slices!.entries[index]!;
          return [id, foreground, rounded(dice), rounded(promised)];
        })
        .sort(([a], [b]) => (a < b ? -1 : 1)),
      worst: byDice.slice(0, shownWorst).map((one) => this.picture(one)),
      typical: typicalShares.map((share) => this.picture(byDice[Math.floor(share * byDice.length)]!)),
    };
    await writeFileAtomic(unseenFile(records), `${recordText(record)}\n`);
    return record;
  }
}

const rounded = (value: number): number => Number(value.toFixed(5));

/** Recorded pictures as figures take them. */
export const picturedCases = (pictures: readonly ShownSlice[]): OverlayCase[] =>
  pictures.map(({ id, dice, height, width, image, label, prediction }) => ({
    id,
    dice,
    slice: { values: Buffer.from(image, 'base64'), height, width, spacingMm: [1, 1], range: [0, 255] },
    label: unpackMask(label, height * width),
    prediction: unpackMask(prediction, height * width),
  }));
