/** The half-trained network of the course: what it predicts, how it learned, and how it goes on. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type OverlapCounts, overlapByPatient, type PatientOverlap } from 'axunet/evaluate/overlap';
import { scoreSlices } from 'axunet/evaluate/slices';
import type { OverlayCase } from 'axunet/figures/overlayGrid';
import { sha256, writeJson } from 'axunet/io/files';
import {
  exactly,
  list,
  natural,
  object,
  optional,
  readJsonAs,
  readJsonIfGood,
  realNumber,
  text,
} from 'axunet/io/schema';
import { predictSlices } from 'axunet/predict/predictSlices';
import { thresholdMask } from 'axunet/predict/slices';
import { openSlices, type SliceSet } from 'axunet/preprocess/sliceSet';
import { preprocessDataset } from 'axunet/preprocess/slices';
import { projectPath } from 'axunet/settings';
import type { EpochRecord } from 'axunet/train/history';
import { loadRun, type TrainedRun } from 'axunet/train/loadRun';
import { describeRun, slicesOf } from 'axunet/train/run';
import { trainFolder } from 'axunet/train/trainFolder';
import { sliceZ } from 'axunet/volume/volume';
import { loadPackedRun } from 'axunet/weights/packedRun';
import { startEngine } from 'axunet-engine/engine';
import { halfTrainedConfig } from './halfTrained.ts';
import { canonicalPatient, openCourse, openPatients, slicesThrough } from './material.ts';

/** The network, and how it and an overfitted one learned; both come with the project. */
export const halfTrainedFile = projectPath('notebooks/course/half-trained.safetensors');
export const curvesFile = projectPath('notebooks/course/learning-curves.json');

/** Patients of the course by what they are for. None of them was seen by the half-trained network. */
export const sides = { training: [1, 2], validation: [3, 4], test: [5, 6] } as const;

const idsOf = (numbers: readonly number[]): string[] => numbers.map((n) => `phantom_00${n}`);

let slices: Promise<SliceSet> | undefined;

/** The slices of the course's patients, made where they are not there yet. */
const openCourseSlices = (): Promise<SliceSet> => (slices ??= makeSlices());

async function makeSlices(): Promise<SliceSet> {
  const session = openCourse();
  await preprocessDataset(await openPatients(), { out: session.slices, mode: 'default' });
  return openSlices(session.slices);
}

let halfTrained: Promise<TrainedRun> | undefined;

/** The half-trained network; starts the engine. */
const openHalfTrained = (): Promise<TrainedRun> =>
  (halfTrained ??= startEngine().then(() => loadPackedRun(halfTrainedFile)));

/** The probability of pancreas in each slice of some patients, and the labels, by the half-trained network. */
const predictions = new Map<number, Promise<{ probability: Float32Array; label: Uint8Array }[]>>();

function predictionsOf(patient: number): Promise<{ probability: Float32Array; label: Uint8Array }[]> {
  const known = predictions.get(patient) ?? predict(patient);
  predictions.set(patient, known);
  return known;
}

async function predict(patient: number): Promise<{ probability: Float32Array; label: Uint8Array }[]> {
  const [network, set] = [await openHalfTrained(), await openCourseSlices()];
  const { model, grid } = network;
  const found: { probability: Float32Array; label: Uint8Array }[] = [];
  for await (const { index, probabilities } of predictSlices(model, set, slicesOf(set, idsOf([patient])), {
    grid,
    batchSize: 8,
  }))
    found.push({ probability: probabilities[0], label: set.readLabel(index) });
  return found;
}

/** Counts of a mask against a label, for a threshold. */
function countsAt(probability: Float32Array, label: Uint8Array, threshold: number): OverlapCounts {
  let [tp, fp, fn] = [0, 0, 0];
  for (let i = 0; i < label.length; i++) {
    const isFound = probability[i] >= threshold;
    if (isFound && label[i] > 0) tp++;
    else if (isFound) fp++;
    else if (label[i] > 0) fn++;
  }
  return { tp, fp, fn, tn: label.length - tp - fp - fn };
}

/** What the half-trained network gets right and wrong in each slice of a patient. */
export const slicesOfPatient = async (patient: number, threshold = 0.5): Promise<OverlapCounts[]> =>
  (await predictionsOf(patient)).map(({ probability, label }) => countsAt(probability, label, threshold));

/** The mask of the half-trained network for a patient, slice on slice, in the canonical frame. */
export async function predictedMask(patient: number, threshold = 0.5): Promise<Uint8Array> {
  const masks = (await predictionsOf(patient)).map(({ probability }) => thresholdMask(probability, threshold));
  const mask = new Uint8Array(masks.reduce((sum, one) => sum + one.length, 0));
  masks.forEach((one, z) => mask.set(one, z * one.length));
  return mask;
}

/** DSC of each patient with slices pooled, for each threshold. */
export async function diceByThreshold(
  numbers: readonly number[],
  thresholds: readonly number[] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
): Promise<{ threshold: number; dice: number }[]> {
  const rows: { threshold: number; dice: number }[] = [];
  for (const threshold of thresholds) {
    const all = await Promise.all(numbers.map((n) => slicesOfPatient(n, threshold)));
    const counted = all.flatMap((own, k) => own.map((counts) => ({ patient: String(k), counts })));
    rows.push({ threshold, dice: meanDice(overlapByPatient(counted)) });
  }
  return rows;
}

const meanDice = (patients: readonly PatientOverlap[]): number =>
  patients.reduce((sum, { scores }) => sum + scores.dice, 0) / patients.length;

const epoch = object({
  kind: exactly('epoch'),
  step: natural,
  epoch: natural,
  loss: realNumber,
  learningRate: realNumber,
  seconds: realNumber,
  validation: optional(
    object({ dice: realNumber, sd: realNumber, patients: list(object({ patient: text, dice: realNumber })) }),
  ),
});
const curvesSchema = object({ engine: text, command: text, halfTrained: list(epoch), overfitted: list(epoch) });

/** Epoch by epoch: the half-trained network, and one that learned two patients by heart. */
export async function courseCurves(): Promise<{ halfTrained: EpochRecord[]; overfitted: EpochRecord[] }> {
  const { halfTrained: half, overfitted } = await readJsonAs(curvesFile, curvesSchema, 'the learning curves');
  return { halfTrained: [...half], overfitted: [...overfitted] };
}

/** DSC of each patient by name of the side, before and after training went on. */
export interface GoneOn {
  readonly before: Readonly<Record<keyof typeof sides, number>>;
  readonly after: Readonly<Record<keyof typeof sides, number>>;
}

let gone: Promise<GoneOn> | undefined;

/** Trains the half-trained network for three more epochs on patients 1 and 2; a finished run is only loaded. */
export const goOn = (): Promise<GoneOn> => (gone ??= trainOn());

async function trainOn(): Promise<GoneOn> {
  const [from, set] = [await openHalfTrained(), await openCourseSlices()];
  const split = { training: idsOf(sides.training), validation: idsOf(sides.validation) };
  const description = { ...describeRun(halfTrainedConfig({ epochs: 3 }), set, split), from: from.sha256 };
  const folder = path.join(openCourse().runs, `go-on-${sha256(JSON.stringify(description)).slice(0, 8)}`);
  const file = path.join(folder, 'sides.json');
  const before = await halfTrainedScores();
  const known = existsSync(file) ? await readJsonIfGood(file, sideSchema) : undefined;
  if (known) return { before, after: known };
  await trainFolder(folder, description, set, { from });
  const after = await sideScores(await loadRun(folder, 'last'), set);
  await writeJson(file, after);
  return { before, after };
}

const sideSchema = object({ training: realNumber, validation: realNumber, test: realNumber });

/** DSC of the half-trained network, side by side. */
async function halfTrainedScores(): Promise<GoneOn['before']> {
  const diceOf = async (numbers: readonly number[]): Promise<number> => (await diceByThreshold(numbers, [0.5]))[0].dice;
  const { training, validation, test } = sides;
  return { training: await diceOf(training), validation: await diceOf(validation), test: await diceOf(test) };
}

async function sideScores({ model, grid }: TrainedRun, set: SliceSet): Promise<GoneOn['before']> {
  const diceOf = async (numbers: readonly number[]): Promise<number> =>
    meanDice(overlapByPatient(await scoreSlices(model, set, slicesOf(set, idsOf(numbers)), { grid, batchSize: 8 })));
  const { training, validation, test } = sides;
  return { training: await diceOf(training), validation: await diceOf(validation), test: await diceOf(test) };
}

/** So many slices through the organ of a patient with label and prediction, for an overlay. */
export async function predictedSlices(patient: number, count: number): Promise<OverlayCase[]> {
  const { image, label } = await canonicalPatient(patient);
  const mask = { ...label, data: await predictedMask(patient) };
  return slicesThrough(image, label, count).map((one) => ({ ...one, prediction: sliceZ(mask, one.z) }));
}
