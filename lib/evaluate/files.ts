/** Scores pairs of mask files: refuses what lies on different grids, and loses no case. */
import type { LabelClass, LabelMap, LabelRules, OpenOptions } from '../dataset/caseList.ts';
import { describeGeometry } from '../dataset/labelFlip.ts';
import { describeLabels } from '../dataset/labelNames.ts';
import { nothingBut, picturesIn } from '../dataset/pairing.ts';
import { segmentDoubts } from '../dataset/segmentDoubts.ts';
import { toClasses } from '../dataset/toClasses.ts';
import { expected, messageOf, UserError } from '../errors.ts';
import { maskOf, readGreyImage } from '../io/image.ts';
import { isOneFile, type Opened, openMask } from '../scan/openVolume.ts';
import { isDicomName } from '../scan/volumeNames.ts';
import { geometryDifference, toCanonical } from '../volume/orientation.ts';
import { maskOfValue } from '../volume/values.ts';
import { crookedAxes, type Volume, type VoxelArray } from '../volume/volume.ts';
import type { ModelCases, ScoredCase } from './cohort.ts';
import { type Detection, detectLesions } from './detection.ts';
import { type MaskScores, scoreMasks } from './metrics.ts';
import { assertSomeNamed, type HeldLabels, heldLabels } from './namedLabels.ts';
import type { FilePair, FilePairs } from './pairs.ts';
import { noVolumes } from './savedScores.ts';

/** What stands in the labels of the two sides, where it is not plain 0 and 1. */
export interface LabelOptions {
  /** What the values of reference and of predicted files stand for; 1 and 2 are pancreas where nothing is said. */
  readonly reference?: OpenOptions;
  readonly prediction?: OpenOptions;
  /** Classes that are also scored one by one; both sides' maps must lead to their numbers. */
  readonly classes?: readonly LabelClass[];
}

/** A case scored for one class alone, with its components on both sides taken as lesions and candidates. */
export interface ClassCase extends ScoredCase {
  readonly detection: Detection;
}

/** The cases of one class; every case of the model has a row here. */
export interface ClassCases {
  readonly name: string;
  readonly cases: readonly ClassCase[];
}

/** The scored cases of a model, and those that could not be scored, with the reason. */
export interface EvaluatedModel extends ModelCases {
  /** Cases that could not be scored, with the reason. */
  readonly failed: readonly { readonly id: string; readonly reason: string }[];
  /** What is odd in the files of a case and may be wrong; absent where nothing is. */
  readonly warnings?: readonly { readonly id: string; readonly message: string }[];
  /** Each class, where they are kept apart; `cases` takes them as one. */
  readonly classes?: readonly ClassCases[];
  /** Pictures have no spacing: what is called mm is pixels, and there is no volume. */
  readonly unit?: 'px';
}

const rulesOf = (options: OpenOptions | undefined): LabelRules => ({
  labelMap: options?.labelMap ?? { 1: 1, 2: 1 },
  ...(options?.otherLabels && { otherLabels: options.otherLabels }),
  ...(options?.classes && { classes: options.classes }),
});

/** What the values of one side stand for, as a map and in words. */
export interface LabelsInForce {
  readonly labelMap: LabelMap;
  readonly labels: string;
  /** Nobody gave a map: 1 and 2 are taken for the pancreas. */
  readonly assumed: boolean;
}

/** The label maps by which `evaluateFiles` scores both sides, also where nothing is said. */
export function labelsInForce(options: LabelOptions): Record<'reference' | 'prediction', LabelsInForce> {
  const side = (given: OpenOptions | undefined): LabelsInForce => {
    const rules = rulesOf(given);
    return { labelMap: rules.labelMap, labels: describeLabels(rules), assumed: given?.labelMap === undefined };
  };
  return { reference: side(options.reference), prediction: side(options.prediction) };
}

type ClassVolume = Volume<Uint8Array> & Pick<Opened, 'warnings'> & { readonly held: HeldLabels };

const isPicture = (file: string): boolean => picturesIn([file]).length > 0;

/** A picture of a mask as a volume of one slice, whose pixels count as 1 mm. */
async function openPictureMask(file: string): Promise<Volume<Uint8Array> & Pick<Opened, 'warnings'>> {
  const picture = await readGreyImage(file);
  const affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  const shape = [picture.width, picture.height, 1] as const;
  return { data: maskOf(picture, file), shape, spacingMm: [1, 1, 1], affine, warnings: [] };
}

async function readClasses(file: string, options: OpenOptions | undefined, on?: Volume): Promise<ClassVolume> {
  const stored: Volume & Pick<Opened, 'warnings' | 'segments'> = await (isPicture(file)
    ? openPictureMask(file)
    : openMask(file, { on }));
  const rules = rulesOf(options);
  const warnings = [...stored.warnings, ...segmentDoubts(stored, rules)];
  const data = toClasses(stored.data, rules, file);
  return { ...stored, warnings, data, held: heldLabels(file, stored.data, data, rules) };
}

/** Both sides; DICOM-SEG and RTSTRUCT are read on the voxels of the other. */
async function readBoth(
  { prediction, reference }: Required<Pick<FilePair, 'prediction' | 'reference'>>,
  labels: LabelOptions,
): Promise<readonly [ClassVolume, ClassVolume]> {
  const isDicom = isDicomName(prediction) && !isPicture(prediction);
  const first = isDicom ? undefined : await readClasses(prediction, labels.prediction);
  const wanted = await readClasses(reference, labels.reference, first);
  return [first ?? (await readClasses(prediction, labels.prediction, wanted)), wanted];
}

/**
 * A prediction (mask or probabilities) and the reference on one grid; another axis order of the same grid is turned.
 * Throws a UserError that tells both geometries.
 */
export function onOneGrid<T extends VoxelArray>(
  prediction: Volume<T>,
  reference: Volume<Uint8Array>,
): [Volume<T>, Volume<Uint8Array>] {
  if (!geometryDifference(prediction, reference)) return [prediction, reference];
  const turned: [Volume<T>, Volume<Uint8Array>] = [toCanonical(prediction), toCanonical(reference)];
  const difference = geometryDifference(...turned);
  if (!difference) return turned;
  throw new UserError(
    `Expected prediction and reference on one grid, found a difference in ${difference}: ` +
      `prediction ${describeGeometry(prediction)}; reference ${describeGeometry(reference)}`,
  );
}

/**
 * Refuses a grid whose axes are not at right angles, or not all placed: distances are computed along them. Throws a
 * UserError that names the file.
 */
export function assertRightAngles({ affine }: Volume, file: string): void {
  const crooked = crookedAxes(affine);
  if (crooked)
    throw expected('axes at right angles to measure distances (resample the masks to such a grid)', crooked, file);
}

/** A case for all foreground as one, and for each class. */
interface PairScores {
  readonly whole: ScoredCase;
  readonly classes: readonly ClassCase[];
}

/**
 * Each class of two masks of class numbers on one grid, in the order of `classes`, with its lesions. `score` gives the
 * metrics of two masks of 0 and 1 of the class.
 */
export function scoreClasses(
  id: string,
  [predicted, wanted]: readonly [ArrayLike<number>, ArrayLike<number>],
  { shape }: Volume,
  classes: readonly LabelClass[],
  score: (mask: Uint8Array, truth: Uint8Array) => MaskScores,
): ClassCase[] {
  return classes.map((_, i) => {
    const [own, theirs] = [maskOfValue(predicted, i + 1), maskOfValue(wanted, i + 1)];
    return { id, ...score(own, theirs), detection: detectLesions(own, theirs, shape) };
  });
}

/** What is said of a case, and what its masks hold. */
interface Told {
  readonly warn: (message: string) => void;
  readonly hold: (prediction: HeldLabels, reference: HeldLabels) => void;
}

async function scorePair(
  { id, prediction, reference, almostReference }: FilePair,
  labels: LabelOptions,
  { warn, hold }: Told,
): Promise<PairScores> {
  if (!prediction) throw expected('a prediction', 'none', reference);
  if (!reference) throw expected('a reference', nothingBut(almostReference), prediction);
  const stored = await readBoth({ prediction, reference }, labels);
  hold(stored[0].held, stored[1].held);
  for (const [i, file] of [prediction, reference].entries())
    for (const warning of stored[i]!.warnings) warn(`${file}: ${warning}`);
  if (await isOneFile(prediction, reference)) warn(`${prediction}: prediction and reference are one file`);
  assertRightAngles(stored[1], reference);
  const [predicted, wanted] = onOneGrid(...stored);
  const score = (mask: Uint8Array, truth: Uint8Array): MaskScores => {
    const scores = scoreMasks(mask, truth, wanted.shape, wanted.spacingMm);
    return isPicture(reference) ? { ...scores, values: { ...scores.values, ...noVolumes } } : scores;
  };
  const classes = scoreClasses(id, [predicted.data, wanted.data], wanted, labels.classes ?? [], score);
  return { whole: { id, ...score(predicted.data, wanted.data) }, classes };
}

/**
 * Scores every pair; one that cannot be scored is named in `failed`, and the others are scored all the same. Throws a
 * UserError where a side has other labels than the named ones in all of its masks (`assertSomeNamed`).
 */
export async function evaluateFiles(
  { name, pairs }: FilePairs,
  labels: LabelOptions = {},
  onProgress?: (done: number, total: number, note: string) => void,
): Promise<EvaluatedModel> {
  const [scored, failed]: [PairScores[], { id: string; reason: string }[]] = [[], []];
  const warnings: { id: string; message: string }[] = [];
  const held = { prediction: [] as HeldLabels[], reference: [] as HeldLabels[] };
  const hold: Told['hold'] = (prediction, reference) => {
    held.prediction.push(prediction);
    held.reference.push(reference);
  };
  for (const [i, pair] of pairs.entries()) {
    try {
      const warn = (message: string): void => void warnings.push({ id: pair.id, message });
      scored.push(await scorePair(pair, labels, { warn, hold }));
    } catch (error) {
      failed.push({ id: pair.id, reason: messageOf(error) });
    }
    onProgress?.(i + 1, pairs.length, `${name} ${pair.id}`);
  }
  for (const side of ['prediction', 'reference'] as const) assertSomeNamed(side, held[side], rulesOf(labels[side]));
  const classes = labels.classes?.map((one, i) => ({ name: one.name, cases: scored.map((each) => each.classes[i]!) }));
  return {
    name,
    cases: scored.map(({ whole }) => whole),
    failed,
    ...(warnings.length > 0 && { warnings }),
    ...(classes && { classes }),
    ...(pairs.some(({ reference }) => reference && isPicture(reference)) && { unit: 'px' as const }),
  };
}
