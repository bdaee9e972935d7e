/** The radiomics of one case as they are kept: features with what they were made from. */

import { isSameJson } from '../checks.ts';
import { expected, UserError } from '../errors.ts';
import {
  dictionary,
  list,
  natural,
  nullable,
  object,
  passing,
  readJsonIfGood,
  realNumber,
  type Schema,
  text,
  tuple,
} from '../io/schema.ts';
import { isOneFile, openImage, openMask } from '../scan/openVolume.ts';
import { type SeriesChoice, volumeChecksums } from '../scan/readVolume.ts';
import { inOrderOf } from '../volume/orientation.ts';
import { countValues } from '../volume/values.ts';
import type { Volume } from '../volume/volume.ts';
import { type Extraction, extractFeatures } from './extract.ts';
import { MaskError } from './maskCheck.ts';
import { arePictures, openPictures, type PictureScale, settingsForPictures } from './pictures.ts';
import type { RadiomicsSettings } from './settings.ts';
import { isIntegerImage } from './storedType.ts';

/** Goes up when features of equal inputs and settings change, so that old records are made again. */
export const featureVersion = 2;

export interface RadiomicsRecord extends Omit<Extraction, 'features'> {
  readonly made: {
    readonly featureVersion: number;
    /** SHA-256 by file name. */
    readonly image: Readonly<Record<string, string>>;
    readonly mask: Readonly<Record<string, string>>;
    readonly settings: RadiomicsSettings;
    /** Of pictures: mm of a pixel, null where lengths are in pixels; HU of 0 and 255, null for values as they are. */
    readonly picture?: { readonly spacingMm: number | null; readonly windowHu: readonly [number, number] | null };
  };
  /** By full name; null where a feature is not finite. */
  readonly features: Readonly<Record<string, number | null>>;
}

/** What the file of a record must hold; that its settings are the wanted ones is seen by comparing them. */
export const recordSchema: Schema<RadiomicsRecord> = object({
  made: passing<RadiomicsRecord['made']>((made) => typeof made === 'object' && made !== null, 'an object'),
  voxels: natural,
  shape: tuple([natural, natural, natural]),
  spacingMm: tuple([realNumber, realNumber, realNumber]),
  features: dictionary(nullable(realNumber)),
  warnings: list(text),
});

/** What the files do not say: which series of a DICOM image, and how large and how dense a picture's pixels are. */
export interface OpenChoice extends SeriesChoice, PictureScale {}

/**
 * What a record of these files and settings would say it was made from; of pictures the settings are those of a plane.
 */
export async function sourcesOf(
  image: string,
  mask: string,
  settings: RadiomicsSettings,
  { spacingMm, windowHu, ...series }: OpenChoice = {},
): Promise<RadiomicsRecord['made']> {
  const isOfPictures = arePictures(image, mask);
  const [ofImage, ofMask] = [await volumeChecksums(image, series), await volumeChecksums(mask)];
  const made = { featureVersion, image: ofImage, mask: ofMask, settings };
  if (!isOfPictures) return made;
  const picture = { spacingMm: spacingMm ?? null, windowHu: windowHu ?? null };
  return { ...made, settings: settingsForPictures(settings), picture };
}

/** Two files as the gate opens them, with what it found odd, by file. */
interface OpenedPair {
  readonly image: Volume;
  readonly mask: Volume;
  readonly warnings: readonly string[];
}

/** Says where values are no labels, such as probabilities: no region is made of them. */
function fractionsOf(mask: Volume): string[] {
  if (isIntegerImage(mask)) return [];
  const odd = [...countValues(mask.data).keys()].find((value) => !Number.isInteger(value));
  return odd === undefined ? [] : [`values that are no whole numbers (such as ${odd}) are in no region`];
}

/** The mask may be stored in another axis order than the image. */
async function openPair(imageFile: string, maskFile: string, choice: OpenChoice): Promise<OpenedPair> {
  const { spacingMm: _, windowHu: __, ...series } = choice;
  const odd = (file: string, found: readonly string[]): string[] => found.map((warning) => `${file}: ${warning}`);
  const isOne = async (): Promise<string[]> =>
    (await isOneFile(imageFile, maskFile)) ? [`${imageFile}: image and mask are one file`] : [];
  if (arePictures(imageFile, maskFile)) {
    if (series.series !== undefined) throw expected('a DICOM folder to choose a series of', 'a picture', imageFile);
    const { image, mask, imageWarnings, maskWarnings } = await openPictures(imageFile, maskFile, choice);
    const warnings = [...(await isOne()), ...odd(imageFile, imageWarnings), ...odd(maskFile, maskWarnings)];
    return { image, mask, warnings };
  }
  const on = openImage(imageFile, { isCt: false, ...series, label: maskFile });
  const [image, mask] = await Promise.all([on, openMask(maskFile, { on })]);
  const same = await isOne();
  return {
    image,
    mask: inOrderOf(mask, image),
    warnings: [...same, ...odd(imageFile, image.warnings), ...odd(maskFile, [...mask.warnings, ...fractionsOf(mask)])],
  };
}

/**
 * The record of two volumes; an error that a user can mend names the mask, or the image when its grey values are wrong.
 */
function recordOf(pair: OpenedPair, made: RadiomicsRecord['made'], files: [string, string]): RadiomicsRecord {
  try {
    const { features, warnings, ...rest } = extractFeatures(pair.image, pair.mask, made.settings);
    const finite = Object.entries(features).map(([name, value]) => [name, Number.isFinite(value) ? value : null]);
    return { made, ...rest, warnings: [...pair.warnings, ...warnings], features: Object.fromEntries(finite) };
  } catch (error) {
    if (error instanceof UserError) error.message += ` in ${files[error instanceof MaskError ? 1 : 0]}`;
    throw error;
  }
}

/**
 * Reads image and mask and takes the features; `made` are their sources where these are known, `choice` names the
 * series of a DICOM image or the scale of pictures.
 * Throws a UserError that names the mask when it cannot be used, the image when its grey values
 * cannot, or the file that cannot be read.
 */
export async function makeRecord(
  image: string,
  mask: string,
  settings: RadiomicsSettings,
  made?: RadiomicsRecord['made'],
  choice: OpenChoice = {},
): Promise<RadiomicsRecord> {
  const sources = made ?? (await sourcesOf(image, mask, settings, choice));
  return recordOf(await openPair(image, mask, choice), sources, [image, mask]);
}

/**
 * Reads image and mask once and takes the features of several labels, in their order; a label that cannot be used gives
 * its error instead. Throws as makeRecord for files that cannot be read.
 */
export async function makeRecords(
  image: string,
  mask: string,
  settings: RadiomicsSettings,
  labels: readonly number[],
  choice: OpenChoice = {},
): Promise<(RadiomicsRecord | UserError)[]> {
  const made = await sourcesOf(image, mask, settings, choice);
  const pair = await openPair(image, mask, choice);
  return labels.map((label) => {
    try {
      const ofLabel = { ...made, settings: { ...made.settings, label } };
      return recordOf(pair, ofLabel, [image, mask]);
    } catch (error) {
      if (error instanceof UserError) return error;
      throw error;
    }
  });
}

/**
 * The record in a file when it is complete and was made from just this; undefined when it is
 * absent, damaged or of something else.
 */
export async function readCompleteRecord(
  file: string,
  made: RadiomicsRecord['made'],
): Promise<RadiomicsRecord | undefined> {
  const record = await readJsonIfGood(file, recordSchema);
  return isSameJson(record?.made, made) ? record : undefined;
}
