/** `npm run study -- shipped`: the networks of the project on real CT that is here, case by case, recorded as it is. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { openMaskOn } from 'axunet/dataset/maskOnImage';
import { expected } from 'axunet/errors';
import { dice, overlapCounts } from 'axunet/evaluate/overlap';
import { type OverlayCase, overlayGrid } from 'axunet/figures/overlayGrid';
import { codeVersion, saveFigure } from 'axunet/figures/saveFigure';
import { huSlice } from 'axunet/figures/slicePicture';
import { chooseSlices } from 'axunet/figures/volumeOverlay';
import { writeFileAtomic } from 'axunet/io/files';
import { readNpy } from 'axunet/io/npy';
import { flag, list, nullable, object, optional, readJsonAs, realNumber, type Shape, text } from 'axunet/io/schema';
import { segmentImage } from 'axunet/report/segment';
import { openImage } from 'axunet/scan/openVolume';
import { projectPath, settings } from 'axunet/settings';
import type { TrainedRun } from 'axunet/train/loadRun';
import { toCanonical } from 'axunet/volume/orientation';
import { countValues } from 'axunet/volume/values';
import { sliceZ, type Volume, voxelVolumeMl } from 'axunet/volume/volume';
import { loadShipped, shippedNames } from 'axunet/weights/shipped';
import { startEngine } from 'axunet-engine/engine';
import { recordText, versionSchema } from '../study/record.ts';
import { describeFalseAlarms, falseAlarmsIn, falseAlarmsSchema } from './falseAlarms.ts';
import { readGreyScale } from './greyScale.ts';
import { openTrainingSlices } from './member.ts';

export const shippedStudyName = 'shipped';

/** A scan in a folder of sets, with a label where there is one. */
interface RealCase {
  readonly name: string;
  readonly image: string;
  readonly label?: string;
  readonly labelValue?: number;
  /** What a reader must know of it. */
  readonly about: string;
  /** Rows and columns are swapped in the file, against what its header says. */
  readonly isSwapped?: boolean;
  /** Its patient was among those that the networks were trained on: no test. */
  readonly isTraining: boolean;
}

const total = 'totalsegmentator';
/** Patients of the NIH slices in HU, and the size of their pixels (pancreas-crops/slices.json). */
const nihPixelMm = [0.859375, 0.8984375, 0.8984375];

export const realCases: readonly RealCase[] = [
  {
    name: 'totalsegmentator-3mm',
    image: `${total}/example_ct_sm.nii.gz`,
    label: `${total}/example_seg.nii.gz`,
    labelValue: 7,
    about: 'CT at 3 mm, 30 slices; the label is that of TotalSegmentator, a network',
    isTraining: false,
  },
  {
    name: 'totalsegmentator-whole',
    image: `${total}/example_ct.nii.gz`,
    about: 'the same CT from chest to pelvis; no label',
    isTraining: false,
  },
  {
    name: 'totalsegmentator-dicom',
    image: `${total}/example_ct_dicom`,
    label: `${total}/example_seg_dicom.nii.gz`,
    labelValue: 7,
    about: 'DICOM, 20 slices of 512×512; the label is that of TotalSegmentator, a network',
    isTraining: false,
  },
  {
    name: 'msd-tumour-slice',
    image: 'msd-hu-slice/370.nii.gz',
    label: 'msd-hu-slice/370_mask.nii.gz',
    about: 'one slice with a large mass in the tail, turned upright; expert label of pancreas and tumour',
    isSwapped: true,
    isTraining: false,
  },
  ...Array.from({ length: 15 }, (_, i): RealCase => {
    const [number, patient] = [String(i).padStart(3, '0'), 1 + Math.floor(i / 5)];
    return {
      name: `nih-000${patient}-${number}`,
      image: `nih-hu-slices/img_${number}.npy`,
      label: `nih-hu-slices/mask_${number}.npy`,
      about: 'one slice in HU of a patient of the training; expert label',
      isTraining: true,
    };
  }),
];

const caseSchema = object({
  name: text,
  about: text,
  isTraining: flag,
  referenceMl: nullable(realNumber),
  predictedMl: realNumber,
  dice: nullable(realNumber),
  /** Of the single networks' masks: volumes, and the mean Dice of pairs. */
  membersMl: list(realNumber),
  membersDice: nullable(realNumber),
  entropyBits: nullable(realNumber),
  warnings: list(text),
});
export type RealCaseResult = Shape<typeof caseSchema>;

export type ShippedRecord = Shape<typeof shippedSchema>;
const shippedSchema = object({
  title: text,
  command: text,
  source: text,
  version: versionSchema,
  networks: list(object({ name: text, weights: list(text), cases: list(caseSchema) })),
  falseAlarms: optional(falseAlarmsSchema),
});

const shippedRecordFile = (folder = projectPath('figures/recorded')): string =>
  path.join(folder, shippedStudyName, 'results.json');

/** The record; undefined where none was made. */
export async function readShippedRecord(folder?: string): Promise<ShippedRecord | undefined> {
  const file = shippedRecordFile(folder);
  return existsSync(file) ? readJsonAs(file, shippedSchema, 'a record of the networks on real scans') : undefined;
}

/** A slice of `.npy` with the spine at the top, as a volume of one slice in the frame of its affine (RAS). */
async function sliceVolume(file: string, pixelMm: number): Promise<Volume> {
  const { data, shape } = await readNpy(file);
  const [height, width] = shape as [number, number];
  const affine = [pixelMm, 0, 0, 0, 0, pixelMm, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1].map((v, i) => (i === 0 ? -v : v));
  const values = Float32Array.from(data as ArrayLike<number>, Number);
  return { data: values, shape: [width, height, 1], spacingMm: [pixelMm, pixelMm, 1], affine };
}

interface OpenedCase {
  readonly image: Volume;
  readonly canonical: Volume;
  readonly label?: Volume<Uint8Array>;
  readonly warnings: readonly string[];
}

/** A canonical volume of one slice with its rows as columns. */
function swapped<D extends Volume['data']>(one: Volume<D>): Volume<D> {
  const [width, height] = one.shape;
  const data = one.data.map((_, i) => one.data[Math.floor(i / height) + width * (i % height)]!) as D;
  return { ...one, data, shape: [height, width, 1] };
}

async function openCase({ name, image, label, labelValue, isSwapped }: RealCase, folder: string): Promise<OpenedCase> {
  const file = path.join(folder, image);
  if (image.endsWith('.npy')) {
    const pixelMm = nihPixelMm[Number(/000(\d)/.exec(name)![1]) - 1]!;
    const [volume, mask] = await Promise.all([file, path.join(folder, label!)].map((one) => sliceVolume(one, pixelMm)));
    const drawn = { ...mask!, data: Uint8Array.from(mask!.data as Float32Array, (v) => Number(v > 0)) };
    return { image: volume!, canonical: toCanonical(volume!), label: toCanonical(drawn), warnings: [] };
  }
  const opened = await openImage(file, {});
  const canonical = toCanonical<Volume['data']>(opened);
  const mask = label && (await openMaskOn(path.join(folder, label), canonical, { labelValue }));
  if (isSwapped && mask) {
    const upright = swapped(canonical);
    return { image: upright, canonical: upright, warnings: opened.warnings, label: swapped(mask) };
  }
  return { image: opened, canonical, warnings: opened.warnings, ...(mask && { label: mask }) };
}

const round = (value: number | null | undefined, digits = 4): number | null =>
  value == null ? null : Number(value.toFixed(digits));

/** The slice with the most of the label, or of the mask where there is none. */
function overlayOf(one: RealCase, { canonical, label }: OpenedCase, mask: Volume<Uint8Array>, score: number | null) {
  const z = chooseSlices([label ?? mask], 1)[0]!;
  const drawn: OverlayCase = {
    id: `${one.name}, slice ${z}`,
    slice: huSlice(canonical, z),
    ...(label && { label: sliceZ(label, z) }),
    prediction: sliceZ(mask, z),
    ...(score !== null && { dice: score }),
  };
  return drawn;
}

/** One network, or the mean of several, on one case. */
async function scoreCase(
  one: RealCase,
  opened: OpenedCase,
  runs: readonly TrainedRun[],
): Promise<{ result: RealCaseResult; overlay: OverlayCase }> {
  const { image, label } = opened;
  const { mask, certainty, warnings } = await segmentImage(runs, image, one.image, {});
  const voxelMl = voxelVolumeMl(image);
  const volumeMl = (each: Volume<Uint8Array>): number => (countValues(each.data).get(1) ?? 0) * voxelMl;
  const score = label ? dice(overlapCounts(mask.data, label.data)) : null;
  const result: RealCaseResult = {
    name: one.name,
    about: one.about,
    isTraining: one.isTraining,
    referenceMl: label ? round(volumeMl(label), 2) : null,
    predictedMl: round(volumeMl(mask), 2)!,
    dice: round(score),
    membersMl: (certainty.members?.volumesMl ?? []).map((ml) => round(ml, 2)!),
    membersDice: round(certainty.members?.foreground.meanDice),
    entropyBits: round(certainty.meanEntropyBits),
    warnings: [...opened.warnings, ...warnings],
  };
  return { result, overlay: overlayOf(one, opened, mask, score) };
}

/** A table to read: a line a case. */
export function describeCases(cases: readonly RealCaseResult[]): string[] {
  const widest = Math.max(...cases.map(({ name }) => name.length));
  return cases.flatMap(({ name, dice: score, referenceMl, predictedMl, isTraining, warnings }) => [
    `${name.padEnd(widest)}  DSC ${score === null ? '  –  ' : score.toFixed(3)}  ` +
      `${predictedMl.toFixed(2)} ml of ${referenceMl === null ? '?' : referenceMl.toFixed(2)} ml` +
      `${isTraining ? '  (a patient of the training)' : ''}`,
    ...warnings.map((warning) => `${' '.repeat(widest)}  ${warning}`),
  ]);
}

/** Side of the squares that are shown. */
const zoomMm = 180;

/** Scores both the mean of the networks and the small one on all cases, records, draws and tells. */
export async function recordShipped(folder?: string, records = projectPath('figures/recorded')): Promise<string[]> {
  const from = folder ?? (settings.sharedFolder && path.join(settings.sharedFolder, 'data'));
  if (!from)
    throw expected(
      '--data with a folder that holds totalsegmentator, msd-hu-slice, nih-hu-slices, nih-pancreas-ct-2d',
      'none',
    );
  await startEngine();
  const networks: ShippedRecord['networks'][number][] = [];
  const lines: string[] = [];
  const file = shippedRecordFile(records);
  const command = `npm run study -- ${shippedStudyName}`;
  for (const name of shippedNames) {
    const runs = await loadShipped(name);
    const scored: Awaited<ReturnType<typeof scoreCase>>[] = [];
    for (const one of realCases) scored.push(await scoreCase(one, await openCase(one, from), runs));
    const cases = scored.map(({ result }) => result);
    networks.push({ name, weights: runs.map(({ sha256 }) => sha256), cases });
    lines.push(`${name} (${runs.length} of them):`, ...describeCases(cases));
    const shown = scored.flatMap(({ result, overlay }) => (result.isTraining ? [] : [overlay]));
    const title = `${name}: real CT that no network was trained on`;
    await saveFigure(path.dirname(file), name, overlayGrid(shown, { title, zoomMm }), { command });
    for (const run of runs) run.model.dispose();
  }
  const slices = await openTrainingSlices(path.join(from, 'nih-pancreas-ct-2d'));
  const falseAlarms = falseAlarmsIn(slices, await readGreyScale());
  lines.push(describeFalseAlarms(falseAlarms));
  const record: ShippedRecord = {
    title: 'The networks of the project on real CT',
    command,
    source: 'TotalSegmentator tests (Apache-2.0), Medical Segmentation Decathlon (CC BY-SA 4.0), NIH (CC BY 3.0)',
    version: codeVersion(),
    networks,
    falseAlarms,
  };
  await writeFileAtomic(file, `${recordText(record)}\n`);
  return lines;
}
