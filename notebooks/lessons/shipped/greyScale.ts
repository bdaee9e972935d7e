/** `npm run study -- grey-scale`: the HU behind the 2-D pictures, fitted and recorded. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expected } from 'axunet/errors';
import { codeVersion, saveFigure } from 'axunet/figures/saveFigure';
import { writeFileAtomic } from 'axunet/io/files';
import { list, natural, object, readJsonAs, realNumber, type Shape, text, tuple } from 'axunet/io/schema';
import { fatRangeHu, lookOf, peakHu } from 'axunet/predict/look';
import { decimals, extremesOf } from 'axunet/predict/ranges';
import { projectPath, settings } from 'axunet/settings';
import { greyScaleFigure } from '../figures/greyScaleFigure.ts';
import { recordText, versionSchema } from '../study/record.ts';
import {
  findSameSlices,
  type Picture,
  pairCrops,
  patientOf,
  readHuCrops,
  readPictures,
  type SameSlice,
  spacingsOf,
} from './greyPairs.ts';
import { fitWindow, type GreyPair, greyCurve, type WindowFit } from './greyWindow.ts';

export const greyScaleName = 'grey-scale';

const fit = { blackHu: realNumber, whiteHu: realNumber, residualHu: realNumber, pixels: natural };
const spread = object({ least: realNumber, middle: realNumber, most: realNumber });
const known = object({ patients: natural, least: realNumber, middle: realNumber, most: realNumber });

/** What was found of the grey scale. */
export type GreyScaleRecord = Shape<typeof greyScaleSchema>;
const greyScaleSchema = object({
  title: text,
  command: text,
  source: text,
  version: versionSchema,
  /** Whole slices in HU that a picture shows. */
  sameSlices: list(object({ picture: text, slice: text, etaSquared: realNumber, maskDice: realNumber, ...fit })),
  /** Crops with a known window of the slices that pictures show. */
  crops: list(object({ picture: text, crop: text, ...fit })),
  /** Of all pairs together, in whole HU, and how far from its two ends 95 % of the single pairs' ends lie at most. */
  window: object({ blackHu: realNumber, whiteHu: realNumber, errorHu: realNumber }),
  /** Of all pairs together, as fitted. */
  fitted: object(fit),
  patients: natural,
  /** Middle grey by HU of the whole slices: [HU, grey, pixels]. */
  curve: list(tuple([realNumber, realNumber, natural])),
  /** Middle HU of soft tissue: of all pictures through the window, and of the slices in HU. */
  softHu: object({ pictures: spread, slices: spread }),
  /** Share of the pixels that are black and white, of all pictures. */
  cut: object({ black: realNumber, white: realNumber }),
  /** Where fat has its peak in the slices in HU: below black, so that no picture shows it. */
  fatHu: list(realNumber),
  pixelMm: known,
  sliceMm: known,
});

const greyScaleFile = (folder = projectPath('figures/recorded')): string =>
  path.join(folder, greyScaleName, 'results.json');

/** The record; throws a UserError that says how to make it where there is none. */
export async function readGreyScale(folder?: string): Promise<GreyScaleRecord> {
  const file = greyScaleFile(folder);
  if (!existsSync(file)) throw expected(`the record of npm run study -- ${greyScaleName}`, 'none', file);
  return readJsonAs(file, greyScaleSchema, 'a record of the grey scale');
}

const rounded = (value: number, digits = 2): number => Number(value.toFixed(digits));
const roundedFit = ({ blackHu, whiteHu, residualHu, pixels }: WindowFit) => ({
  blackHu: rounded(blackHu),
  whiteHu: rounded(whiteHu),
  residualHu: rounded(residualHu),
  pixels,
});

/** What is tried first: the usual window of soft tissue. The fit leaves it where the pixels lie otherwise. */
const firstGuess = [-150, 250] as const;

/** 95 % of the ends of the single pairs lie within this of the common ones. */
function errorOf(fits: readonly WindowFit[], { blackHu, whiteHu }: Pick<WindowFit, 'blackHu' | 'whiteHu'>): number {
  const errors = fits.flatMap((one) => [Math.abs(one.blackHu - blackHu), Math.abs(one.whiteHu - whiteHu)]);
  const sorted = errors.toSorted((a, b) => a - b);
  return sorted[Math.ceil(0.95 * sorted.length) - 1]!;
}

/** Share of all pixels that hold this grey. */
const shareOf = (pictures: readonly Picture[], grey: number): number => {
  let [n, found] = [0, 0];
  for (const { image } of pictures) {
    n += image.data.length;
    for (const value of image.data) found += Number(value === grey);
  }
  return rounded(found / n, 4);
};

const softOf = (hu: ArrayLike<number>, width: number): number[] => {
  const look = lookOf(hu, hu.length / width, width);
  return look ? [look.softHu] : [];
};

/** What the pictures and the slices say beside the fit. */
function beside(pictures: readonly Picture[], same: readonly SameSlice[], { blackHu, whiteHu }: WindowFit) {
  const through = (grey: ArrayLike<number>): Float32Array =>
    Float32Array.from(grey, (value) => blackHu + (value / 255) * (whiteHu - blackHu));
  const cut = (hu: ArrayLike<number>): Float32Array =>
    Float32Array.from(hu, (value) => Math.min(whiteHu, Math.max(blackHu, value)));
  const { width } = pictures[0]!.image;
  return {
    softHu: {
      pictures: extremesOf(
        pictures.flatMap(({ image }) => softOf(through(image.data), image.width)),
        decimals(2),
      ),
      slices: extremesOf(
        same.flatMap(({ hu }) => softOf(cut(hu), width)),
        decimals(2),
      ),
    },
    cut: { black: shareOf(pictures, 0), white: shareOf(pictures, 255) },
    fatHu: same.flatMap(({ hu }) => peakHu(hu, ...fatRangeHu) ?? []),
  };
}

const curveRange = { low: -200, high: 400, widthHu: 10 } as const;

/** Fits the window to the data in a folder of sets. Throws a UserError where no slice of known HU is a picture's. */
async function fitGreyScale(folder: string): Promise<GreyScaleRecord> {
  const pictures = await readPictures(path.join(folder, 'nih-pancreas-ct-2d'));
  const same = await findSameSlices(pictures, path.join(folder, 'nih-hu-slices'));
  const cropFolder = path.join(folder, 'pancreas-crops');
  const crops = await readHuCrops(cropFolder);
  const cropPairs = await pairCrops(pictures, crops, cropFolder);
  const pairs: readonly GreyPair[] = [...same, ...cropPairs];
  if (same.length === 0) throw expected('a slice in HU that one of the pictures shows', 'none', folder);
  const fitted = fitWindow(pairs, firstGuess);
  const single = pairs.map((pair) => fitWindow([pair], [fitted.blackHu, fitted.whiteHu]));
  const window = { blackHu: Math.round(fitted.blackHu) + 0, whiteHu: Math.round(fitted.whiteHu) };
  const { pixelMm, sliceMm } = spacingsOf(crops);
  return {
    title: 'The HU behind the grey values of the 2-D pictures',
    command: `npm run study -- ${greyScaleName}`,
    source:
      'NIH Pancreas-CT (TCIA, CC BY 3.0): its 199 pictures; slices of the same set in HU (QuyDauBac/pancreas-' +
      'segmentation); crops of it with a known window (elianastasio/MiniGPT-Pancreas)',
    version: codeVersion(),
    sameSlices: same.map(({ picture, slice, etaSquared, maskDice }, i) => ({
      picture,
      slice,
      etaSquared: rounded(etaSquared, 4),
      maskDice: rounded(maskDice, 4),
      ...roundedFit(single[i]!),
    })),
    crops: cropPairs.map(({ picture, crop }, i) => ({ picture, crop, ...roundedFit(single[same.length + i]!) })),
    window: { ...window, errorHu: rounded(errorOf(single, window), 1) },
    fitted: roundedFit(fitted),
    patients: new Set([...same, ...cropPairs].map(({ picture }) => patientOf(picture))).size,
    curve: greyCurve(same, curveRange),
    ...beside(pictures, same, fitted),
    pixelMm: { patients: pixelMm.length, ...extremesOf(pixelMm, decimals(3)) },
    sliceMm: { patients: sliceMm.length, ...extremesOf(sliceMm, decimals(3)) },
  };
}

/** One sentence of what was found. */
export const describeGreyScale = ({ window, fitted, patients, sameSlices, crops }: GreyScaleRecord): string =>
  `grey 0 to 255 is ${window.blackHu} to ${window.whiteHu} HU (± ${window.errorHu}), a straight line: ` +
  `${sameSlices.length} whole slices and ${crops.length} crops of ${patients} patients; a pixel is off by ` +
  `${fitted.residualHu} HU (standard deviation)`;

/** Draws the record into a folder; its input is the recorded file. */
export async function drawGreyScale(record: GreyScaleRecord, folder: string, file = greyScaleFile()): Promise<void> {
  await saveFigure(folder, greyScaleName, greyScaleFigure(record), { inputs: [file], command: record.command });
}

/** Fits, records, draws. `folder` holds the sets by name; the optional folder of extra data without one. */
export async function recordGreyScale(folder?: string, records = projectPath('figures/recorded')): Promise<string> {
  const from = folder ?? (settings.sharedFolder && path.join(settings.sharedFolder, 'data'));
  if (!from)
    throw expected('--data with a folder that holds nih-pancreas-ct-2d, nih-hu-slices, pancreas-crops', 'none');
  const record = await fitGreyScale(from);
  const file = greyScaleFile(records);
  await writeFileAtomic(file, `${recordText(record)}\n`);
  await drawGreyScale(record, path.dirname(file), file);
  return describeGreyScale(record);
}
