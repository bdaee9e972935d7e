/** A scene from files. */
import type { LabelRules } from '../dataset/caseList.ts';
import { openMaskOn } from '../dataset/maskOnImage.ts';
import { withoutFileNames } from '../dicom/readDicom.ts';
import { assertFinite } from '../io/nifti.ts';
import { openImage } from '../scan/openVolume.ts';
import { volumeName } from '../scan/volumeNames.ts';
import { toCanonical } from '../volume/orientation.ts';
import type { Volume } from '../volume/volume.ts';
import { type Scene, sceneOf } from './scene.ts';

/** Files of a volume and of what lies on it. */
export interface SceneFiles {
  readonly image: string;
  /** Which series of a DICOM image. */
  readonly series?: string;
  readonly mask?: string;
  /** The stored value of the mask that is drawn; any but 0 without it. */
  readonly value?: number;
  readonly prediction?: string;
  /** The classes of both, kept apart, instead of one value. */
  readonly labels?: LabelRules;
  /** Stands for the file's or folder's name, which may be a person's; no other file is named then either. */
  readonly name?: string;
}

/**
 * Reads image, mask and prediction of any format. Throws a UserError for files that cannot be read, a mask on another
 * grid or without the value, and an image with NaN or infinities.
 */
export async function openScene({ image: file, series, labels, name, ...files }: SceneFiles): Promise<Scene> {
  const stored = await openImage(file, { series, label: files.mask ?? files.prediction });
  assertFinite(stored, file);
  const image: Volume = toCanonical<Volume['data']>(stored);
  const mask =
    files.mask === undefined ? undefined : await openMaskOn(files.mask, image, { labelValue: files.value, labels });
  const prediction = files.prediction === undefined ? undefined : await openMaskOn(files.prediction, image, { labels });
  const ofMasks = [
    ...(mask?.warnings ?? []).map((warning) => `label: ${warning}`),
    ...(prediction?.warnings ?? []).map((warning) => `prediction: ${warning}`),
  ];
  const ofImage = name === undefined ? stored.warnings : stored.warnings.map(withoutFileNames);
  const warnings = [...ofImage, ...ofMasks];
  return sceneOf(image, { mask, prediction, classes: labels?.classes, name: name ?? volumeName(file), warnings });
}
