/** The radiomics of one case as they are kept: features with what they were made from. */

import { UserError } from '../errors.ts';
import { readJson } from '../io/files.ts';
import { openAnyImage, openAnyMask } from '../io/openVolume.ts';
import { volumeChecksums } from '../io/readVolume.ts';
import { type Extraction, extractFeatures } from './extract.ts';
import { MaskError } from './maskCheck.ts';
import type { RadiomicsSettings } from './settings.ts';

/** Goes up when features of equal inputs and settings change, so that old records are made again. */
export const featureVersion = 1;

export interface RadiomicsRecord extends Omit<Extraction, 'features'> {
  readonly made: {
    readonly featureVersion: number;
    /** SHA-256 by file name. */
    readonly image: Readonly<Record<string, string>>;
    readonly mask: Readonly<Record<string, string>>;
    readonly settings: RadiomicsSettings;
  };
  /** By full name; null where a feature is not finite. */
  readonly features: Readonly<Record<string, number | null>>;
  /** What is odd in the two files and may be wrong; absent where nothing is. */
  readonly warnings?: readonly string[];
}

/** What a record of these files and settings would say it was made from. */
export async function sourcesOf(
  image: string,
  mask: string,
  settings: RadiomicsSettings,
): Promise<RadiomicsRecord['made']> {
  return { featureVersion, image: await volumeChecksums(image), mask: await volumeChecksums(mask), settings };
}

/**
 * Reads image and mask and takes the features; `made` are their sources where these are known.
 * Throws a UserError that names the mask when it cannot be used, the image when its grey values
 * cannot, or the file that cannot be read.
 */
export async function makeRecord(
  image: string,
  mask: string,
  settings: RadiomicsSettings,
  made?: RadiomicsRecord['made'],
): Promise<RadiomicsRecord> {
  const sources = made ?? (await sourcesOf(image, mask, settings));
  const [imageVolume, maskVolume] = await Promise.all([openAnyImage(image), openAnyMask(mask)]);
  const warnings = [
    ...imageVolume.warnings.map((warning) => `${image}: ${warning}`),
    ...maskVolume.warnings.map((warning) => `${mask}: ${warning}`),
  ];
  try {
    const { features, ...rest } = extractFeatures(imageVolume, maskVolume, settings);
    return {
      made: sources,
      ...(warnings.length > 0 && { warnings }),
      ...rest,
      features: Object.fromEntries(
        Object.entries(features).map(([name, value]) => [name, Number.isFinite(value) ? value : null]),
      ),
    };
  } catch (error) {
    if (error instanceof UserError) error.message += ` in ${error instanceof MaskError ? mask : image}`;
    throw error;
  }
}

/**
 * The record in a file when it is complete and was made from just this; undefined when it is
 * absent, damaged or of something else.
 */
export async function readCompleteRecord(
  file: string,
  made: RadiomicsRecord['made'],
): Promise<RadiomicsRecord | undefined> {
  try {
    const record = (await readJson(file)) as RadiomicsRecord;
    return JSON.stringify(record.made) === JSON.stringify(made) && typeof record.features === 'object'
      ? record
      : undefined;
  } catch {
    return undefined;
  }
}
