/** Volumes and reference masks of a cross-validation's cases. */
import { type Case, type CaseList } from '../dataset/caseList.ts';
import { alignLabel } from '../dataset/labelFlip.ts';
import { toClasses } from '../dataset/toClasses.ts';
import { expected } from '../errors.ts';
import type { ScoredCase } from '../evaluate/cohort.ts';
import { assertRightAngles, type ClassCase, onOneGrid, scoreClasses } from '../evaluate/files.ts';
import { type MaskScores, scoreMasks } from '../evaluate/metrics.ts';
import { openImage, openMask } from '../scan/openVolume.ts';
import { volumeChecksums } from '../scan/readVolume.ts';
import type { Volume, VoxelArray } from '../volume/volume.ts';

/** A case that has its label. */
export type LabelledCase = Case & { readonly label: string };

/** The scored cases of one patient or several; rows of the results table. */
export interface ScoredPatientCase extends ScoredCase {
  readonly patient: string;
  readonly group?: string;
  /** Each class, in the set's order, where several are kept apart; the other fields take them as one. */
  readonly classes?: readonly ClassCase[];
}

/** The cases of the given patients, in the order of the list. Throws when a patient has none or a case has no label. */
export function casesOf(list: CaseList, patients: readonly string[]): LabelledCase[] {
  const wanted = new Set(patients);
  const found = list.cases.filter(({ patient }) => wanted.has(patient));
  const missing = patients.filter((patient) => !found.some((one) => one.patient === patient));
  if (missing.length)
    throw expected(`volumes of all ${patients.length} patients`, `none of ${missing.join(', ')}`, list.folder);
  const bare = found.find(({ label }) => !label);
  if (bare) throw expected(`a label of ${bare.id}`, 'none', list.folder);
  return found as LabelledCase[];
}

/**
 * The classes of a case's label, 0 and 1, in the label's own axis order; where the set asks for it, placed by what the
 * image shows.
 */
async function readReference(list: CaseList, one: LabelledCase, on: Volume): Promise<Volume<Uint8Array>> {
  const stored = await openMask(one.label, { on });
  const placed: Volume = list.detectLabelFlip
    ? alignLabel(await openImage(one.image, { series: one.series }), stored, list.labelMap).label
    : stored;
  return { ...placed, data: toClasses(placed.data, list, one.label) };
}

/**
 * A predicted volume (mask or probability) and the reference on one grid. Throws a UserError with both geometries
 * otherwise.
 */
export async function readPair(
  list: CaseList,
  one: LabelledCase,
  file: string,
): Promise<{ prediction: Volume; reference: Volume<Uint8Array> }> {
  const predicted = await openImage(file, { isCt: false });
  const [prediction, reference] = onOneGrid<VoxelArray>(predicted, await readReference(list, one, predicted));
  return { prediction, reference };
}

/** Class numbers of a predicted mask, whose stored values are those of the classes; 0 and 1 where there are none. */
export const predictedClasses = ({ data }: Volume, list: CaseList, file: string): ArrayLike<number> =>
  list.classes ? toClasses(data, list, file) : data;

/** Every metric of a mask file against the reference of its case, and of each class where there are several. */
export async function scoreCase(list: CaseList, one: LabelledCase, file: string): Promise<ScoredPatientCase> {
  const { prediction, reference } = await readPair(list, one, file);
  assertRightAngles(reference, one.label);
  const { id, patient, group } = one;
  const score = (mask: ArrayLike<number>, truth: ArrayLike<number>): MaskScores =>
    scoreMasks(mask, truth, reference.shape, reference.spacingMm);
  const predicted = predictedClasses(prediction, list, file);
  const { classes = [] } = list;
  return {
    id,
    patient,
    ...(group && { group }),
    ...score(predicted, reference.data),
    ...(classes.length > 1 && {
      classes: scoreClasses(id, [predicted, reference.data], reference, classes, score),
    }),
  };
}

/** sha256 of image and label of each case, by case: what a finished fold was made from. */
export async function inputSums(cases: readonly LabelledCase[]): Promise<Record<string, string[]>> {
  const sums: Record<string, string[]> = {};
  for (const { id, image, label, series } of cases) {
    const [ofImage, ofLabel] = [await volumeChecksums(image, { series }), await volumeChecksums(label)];
    sums[id] = [...Object.values(ofImage), ...Object.values(ofLabel)];
  }
  return sums;
}
