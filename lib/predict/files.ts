/**
 * Many volumes or pictures to many masks. One after the other, each output complete or absent, what is complete is
 * skipped, and one bad file does not stop the others, so a cut-off run is simply started again.
 */
import path from '#system/path';
import type { LabelClass } from '../dataset/caseList.ts';
import { messageOf } from '../errors.ts';
import { sha256File, writeJson } from '../io/files.ts';
import { assertFinite } from '../io/nifti.ts';
import { assertWritableFolder, makeFolder } from '../io/writable.ts';
import { slicesText } from '../progress.ts';
import { openImage } from '../scan/openVolume.ts';
import { toCanonical } from '../volume/orientation.ts';
import { countValues } from '../volume/values.ts';
import { shearDegrees, type Vec3, type Volume, voxelVolumeMl } from '../volume/volume.ts';
import { emptyWarning } from './emptyMask.ts';
import { type Ensemble, type EnsembleOptions, openEnsemble, type Predictor } from './ensemble.ts';
import { type InputOptions, inputChecksums, refuseOtherKind, type VolumeInput } from './inputs.ts';
import type { Likeness } from './likeness.ts';
import { assertDicomPossible, type OutputOptions, outputFiles, refuseOverwriting, writeOutputs } from './outputs.ts';
import { predictPicture } from './pictures.ts';
import { likenessOn, onVolume, seenBy, windowFor } from './picturesOnVolumes.ts';
import { type Postprocessing, postprocessClasses } from './postprocess.ts';
import { type PredictionRecord, readComplete, type Sizes } from './record.ts';
import { type BesideTraining, besideTraining, syntheticWarning } from './trainedOn.ts';
import { axialSlices, unlikeTraining } from './unlikeTraining.ts';
import { type PredictVolumeOptions, predictWith } from './volume.ts';

/** Where masks go, what is written beside them, and how they are made. */
export interface PredictFilesOptions
  extends OutputOptions,
    InputOptions,
    EnsembleOptions,
    Pick<PredictVolumeOptions, 'batchSize'> {
  /**
   * Hears once, as soon as it is known, that networks are not compiled and why: they then run slower, operation by
   * operation.
   */
  readonly onChoice?: (line: string) => void;
  /**
   * Called before each volume, after each batch of slices and after each volume; `done` counts volumes, in parts too,
   * and `note` names the volume and its slice.
   */
  readonly onProgress?: (done: number, total: number, note: string) => void;
}

/** Which masks were made, which were there already, and which files failed and why. */
export interface PredictReport {
  readonly made: string[];
  /** Complete already: same input, same network, same options, outputs as they were written. */
  readonly skipped: string[];
  readonly failed: { readonly file: string; readonly reason: string }[];
  /** What is odd in a volume or its mask and may be wrong; absent where nothing is. */
  readonly warnings?: { readonly file: string; readonly message: string }[];
  /** Volume of each complete mask before and after post-processing; absent without it. */
  readonly postprocessed?: { readonly name: string; readonly beforeMl: number; readonly afterMl: number }[];
}

/** Voxels and ml of a mask's foreground, and of each class by name where there are several. */
function sizesOf(mask: Volume<Uint8Array>, classes: readonly LabelClass[] = []) {
  const counts = countValues(mask.data);
  const voxels = mask.data.length - (counts.get(0) ?? 0);
  const sizes = { voxels, pancreasMl: voxels * voxelVolumeMl(mask) };
  if (classes.length < 2) return sizes;
  const entries = classes.map(({ name, values }, i) => {
    const own = counts.get(i + 1) ?? 0;
    return [name, { value: values[0], voxels: own, ml: own * voxelVolumeMl(mask) }] as const;
  });
  return { ...sizes, classes: Object.fromEntries(entries) };
}

/** A spacing whose product is the volume of a voxel, also where the axes are sheared. */
function volumeSpacing(volume: Volume): Vec3 {
  const [x, y] = volume.spacingMm;
  return shearDegrees(volume.affine) > 0 ? [x, y, (1000 * voxelVolumeMl(volume)) / (x * y)] : volume.spacingMm;
}

/** The mask after post-processing, and what the record says of both. */
export function finishMask(
  mask: Volume<Uint8Array>,
  postprocessing?: Postprocessing,
  classes?: readonly LabelClass[],
): {
  mask: Volume<Uint8Array>;
  sizes: Sizes;
} {
  if (!postprocessing) return { mask, sizes: sizesOf(mask, classes) };
  const done = { ...mask, data: postprocessClasses(mask.data, mask.shape, volumeSpacing(mask), postprocessing) };
  return { mask: done, sizes: { ...sizesOf(done, classes), beforePostprocessing: sizesOf(mask) } };
}

/** What is said of an input and its mask. */
interface Predicted {
  readonly sizes: Sizes;
  readonly warnings: readonly string[];
  readonly likeness?: Likeness;
  readonly scan?: BesideTraining['scan'];
}

/** Hears which share of a volume is done, and in words. */
type ToldSlices = (share: number, where: string) => void;

/** Predicts a volume and writes mask and probabilities; what the record says of them. */
async function predictVolumeFile(
  ensemble: Ensemble,
  input: VolumeInput,
  options: PredictFilesOptions,
  onSlices: ToldSlices,
): Promise<Predicted> {
  const { members, classes } = ensemble;
  const volume = await openImage(input.file, { series: input.series });
  assertFinite(volume, input.file);
  const seen = onVolume(members, axialSlices(volume), options.windowHu);
  const { threshold = 0.5, batchSize } = options;
  const { mask: raw, probabilities } = await predictWith(seen, volume, {
    threshold,
    batchSize,
    onProgress: (done, total, slices) => onSlices(done / total, slicesText(done, total, slices)),
  });
  const { mask, sizes } = finishMask(raw, options.postprocessing, classes);
  const doubts = await writeOutputs({ mask, probabilities }, { volume, input }, ensemble, options);
  const unlike = new Set(seen.flatMap(({ grid }) => unlikeTraining(volume, grid)));
  const canonical = () => [toCanonical<Volume['data']>(volume), toCanonical(mask)] as const;
  const pictures = likenessOn(members, canonical);
  const training = besideTraining(ensemble.trainedOn, canonical, seen[0]!.windowHu, volume.header.description);
  const maps = probabilities.map(({ data }) => data);
  const empty = emptyWarning(sizes, maps, threshold, classes);
  const warnings = [...volume.warnings, ...doubts, ...unlike, ...(pictures?.unlike ?? []), ...training.warnings];
  return { sizes, warnings: [...warnings, ...empty], likeness: pictures?.likeness, scan: training.scan };
}

/** The same of a picture. */
async function predictPictureFile(
  { members, trainedOn }: Ensemble,
  { file }: VolumeInput,
  places: readonly string[],
  options: PredictFilesOptions,
): Promise<Predicted> {
  const { pixels, before, size, probability, beside } = await predictPicture(members, file, places, options);
  const { postprocessing, spacingMm = 1 } = options;
  const affine = [spacingMm, 0, 0, 0, 0, spacingMm, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  const spacing: Vec3 = [spacingMm, spacingMm, 1];
  const picture = { data: new Uint8Array(), shape: [...size, 1] as const, spacingMm: spacing, affine };
  const sizes = { voxels: pixels, ...(postprocessing && { beforePostprocessing: { voxels: before } }) };
  const empty = emptyWarning(sizes, [probability], options.threshold);
  const far = new Set(members.flatMap(({ grid }) => unlikeTraining(picture, grid)));
  const warnings = [...far, ...(beside?.unlike ?? []), ...syntheticWarning(trainedOn), ...empty];
  return { sizes, warnings, likeness: beside?.likeness };
}

/** Predicts one input unless its outputs are complete. */
async function predictFile(
  ensemble: Ensemble,
  input: VolumeInput,
  options: PredictFilesOptions,
  onSlices: ToldSlices,
): Promise<{ record: PredictionRecord; computed: boolean }> {
  const { out, threshold = 0.5, mirror, postprocessing, windowHu, spacingMm } = options;
  const [seen, ...others] = seenBy(ensemble.members);
  const made = {
    input: await inputChecksums(input),
    model: ensemble.sha256,
    threshold,
    ...(mirror?.length && { mirror }),
    ...(postprocessing && { postprocessing }),
    ...(windowHu && { windowHu }),
    ...(spacingMm !== undefined && { spacingMm }),
    ...(seen && { seenPixelMm: seen.pixelMm.middle }),
    ...(others.length > 0 && { othersSeenPixelMm: others.map(({ pixelMm }) => pixelMm.middle) }),
  };
  const wanted = outputFiles(input, options, ensemble.classes);
  const complete = await readComplete(out, input.name, made, wanted);
  if (complete) return { record: complete, computed: false };
  await assertWritableFolder(out); // before the work that would be lost
  const places = wanted.map((file) => path.join(out, file));
  const { sizes, warnings, likeness, scan } = input.isPicture
    ? await predictPictureFile(ensemble, input, places, options)
    : await predictVolumeFile(ensemble, input, options, onSlices);
  const outputs = Object.fromEntries(
    await Promise.all(wanted.map(async (file, i) => [file, await sha256File(places[i])] as const)),
  );
  const { trainedOn } = ensemble;
  const told = {
    trainedOn,
    ...(likeness && { likeness }),
    ...(scan && { scan }),
    ...(warnings.length > 0 && { warnings }),
  };
  const record: PredictionRecord = { made, outputs, ...sizes, ...told };
  await writeJson(path.join(out, `${input.name}.json`), record);
  return { record, computed: true };
}

/**
 * Predicts all inputs with a network, or with the mean of several. A volume that cannot be read or written is named in
 * `failed`; the others are made all the same. Throws when several networks do not belong together, when a mask
 * would replace a volume, and when DICOM is asked for of anything but DICOM series and classes that have codes.
 */
export async function predictFiles(
  predictor: Predictor | readonly Predictor[],
  inputs: readonly VolumeInput[],
  given: PredictFilesOptions,
): Promise<PredictReport> {
  const predictors = [predictor].flat() as Predictor[];
  const hasVolumes = inputs.some(({ isPicture }) => !isPicture);
  const options = { ...given, windowHu: windowFor(predictors, hasVolumes, given.windowHu) };
  const classes = predictors[0]?.classes;
  assertDicomPossible(inputs, options, classes);
  await makeFolder(options.out);
  refuseOtherKind(predictors, inputs, options);
  refuseOverwriting(inputs, options, classes);
  const report: PredictReport = {
    made: [],
    skipped: [],
    failed: [],
    ...(options.postprocessing && { postprocessed: [] }),
  };
  const ensemble = openEnsemble(predictors, options);
  const odd: { file: string; message: string }[] = [];
  let isTold = false;
  const tellChoice = (): void => {
    const reason = ensemble.members.map(({ network }) => network.reason).find((text) => text !== undefined);
    if (isTold || reason === undefined) return;
    isTold = true;
    options.onChoice?.(`prediction: operation by operation (${reason})`);
  };
  async function predictOne(input: VolumeInput, i: number): Promise<void> {
    const tell = (share: number, note: string): void => {
      tellChoice();
      options.onProgress?.(i + share, inputs.length, note);
    };
    try {
      tell(0, input.name);
      const { record, computed } = await predictFile(ensemble, input, options, (share, where) =>
        tell(Math.min(share, 0.99), `${input.name}, ${where}`),
      );
      (computed ? report.made : report.skipped).push(input.name);
      const { pancreasMl, beforePostprocessing: before, warnings = [] } = record;
      for (const message of warnings) odd.push({ file: input.file, message });
      if (before?.pancreasMl !== undefined && pancreasMl !== undefined)
        report.postprocessed?.push({ name: input.name, beforeMl: before.pancreasMl, afterMl: pancreasMl });
      tell(1, `${input.name} ${computed ? 'done' : 'was complete'}`);
    } catch (error) {
      report.failed.push({ file: input.file, reason: messageOf(error) });
      tell(1, `${input.name} failed`);
    }
  }
  try {
    for (const [i, input] of inputs.entries()) await predictOne(input, i);
  } finally {
    for (const { network } of ensemble.members) network.close();
  }
  return { ...report, ...(odd.length > 0 && { warnings: odd }) };
}
