/** Scores the network of one run on the patients that nothing was trained or chosen on. */

import { canonicalCase, type LabelledVolume, readCase } from 'axunet/dataset/readCase';
import { choosePostprocessing, type MaskCase, postprocessingCandidates } from 'axunet/evaluate/choosePostprocessing';
import { detectLesions, summariseDetections } from 'axunet/evaluate/detection';
import { outcomeOf, scoreMasks } from 'axunet/evaluate/metrics';
import { dice, overlapCounts, overlapScores } from 'axunet/evaluate/overlap';
import { scoreSlices } from 'axunet/evaluate/slices';
import { cropSlice, cutWindow, huSlice, windowAround } from 'axunet/figures/slicePicture';
import { describePostprocessing, postprocessMask } from 'axunet/predict/postprocess';
import { foregroundNetwork, thresholdMask } from 'axunet/predict/slices';
import { predictVolume } from 'axunet/predict/volume';
import type { TrainedRun } from 'axunet/train/loadRun';
import { slicesOf } from 'axunet/train/run';
import { fullestSlice, maskOfValue } from 'axunet/volume/values';
import { sliceZ, type Volume } from 'axunet/volume/volume';
import type { StudyCohort, StudySplit } from './cohort.ts';
import {
  type Cleaning,
  type ExampleMask,
  type ExampleSlice,
  packMask,
  type StudyCase,
  type StudyClass,
} from './record.ts';

export type StudyScores = {
  readonly cases: StudyCase[];
  readonly cleaning?: Cleaning;
  readonly classes?: StudyClass[];
  readonly examples?: ExampleMask[];
};

const thresholds = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** How many test patients are shown as pictures. */
const shownPatients = 3;
const exampleSideMm = 180;

interface Predicted {
  readonly id: string;
  readonly label: Volume;
  /** Of any foreground. */
  readonly probability: Volume<Float32Array>;
  /** Class numbers, the likeliest of each voxel. */
  readonly mask: Volume<Uint8Array>;
}

const readCases = (cohort: StudyCohort, patients: readonly string[]): Promise<LabelledVolume[]> =>
  Promise.all(
    cohort.list.cases
      .filter(({ patient }) => patients.includes(patient))
      .map(async (one) => canonicalCase(await readCase(one))),
  );

async function predictAll(trained: TrainedRun, volumes: readonly LabelledVolume[]): Promise<Predicted[]> {
  const network = foregroundNetwork(trained.model);
  const predicted: Predicted[] = [];
  try {
    for (const { id, image, label } of volumes) {
      const { probability, mask } = await predictVolume(trained.model, image, {
        grid: trained.grid,
        windowHu: trained.windowHu,
        batchSize: 8,
        network,
      });
      predicted.push({ id, label, probability, mask });
    }
  } finally {
    network.close();
  }
  return predicted;
}

const maskOf = ({ probability }: Predicted, threshold: number): Uint8Array =>
  thresholdMask(probability.data, threshold);

function scoreCase(one: Predicted, mask: Uint8Array): StudyCase {
  const { data, shape, spacingMm } = one.label;
  return { id: one.id, ...scoreMasks(mask, data, shape, spacingMm) };
}

/** Each class of a network that keeps several apart, with the cases in which its lesions were found. */
function scoreClasses({ classes = [] }: TrainedRun, test: readonly Predicted[]): StudyClass[] {
  if (classes.length < 2) return [];
  return classes.map(({ name, values }, i) => {
    const pairs = test.map(({ id, mask, label }) => {
      const [own, truth] = [maskOfValue(mask.data, i + 1), maskOfValue(label.data, values[0]!)];
      return { id, own, truth, shape: label.shape, spacingMm: label.spacingMm };
    });
    return {
      name,
      cases: pairs.map(({ id, own, truth, shape, spacingMm }) => ({ id, ...scoreMasks(own, truth, shape, spacingMm) })),
      detection: summariseDetections(pairs.map(({ own, truth, shape }) => detectLesions(own, truth, shape))),
    };
  });
}

/**
 * Threshold first, by mean DSC of the validation patients (the one nearest 0.5 of equals), then
 * post-processing; both applied to the test patients.
 */
async function clean(validation: readonly Predicted[], test: readonly Predicted[]): Promise<Cleaning> {
  const curve = thresholds.map((threshold) => ({
    threshold,
    dice:
      validation.reduce((sum, one) => sum + dice(overlapCounts(maskOf(one, threshold), one.label.data)), 0) /
      validation.length,
  }));
  const { threshold } = [...curve].sort(
    (a, b) => b.dice - a.dice || Math.abs(a.threshold - 0.5) - Math.abs(b.threshold - 0.5),
  )[0]!;
  const masks = validation.map(
    (one): MaskCase => ({
      id: one.id,
      patient: one.id,
      read: async () => ({
        prediction: maskOf(one, threshold),
        reference: one.label.data,
        shape: one.label.shape,
        spacingMm: one.label.spacingMm,
      }),
    }),
  );
  const { chosen, candidates } = await choosePostprocessing(masks, [], { candidates: postprocessingCandidates });
  const cases = test.map((one) =>
    scoreCase(one, postprocessMask(maskOf(one, threshold), one.label.shape, one.label.spacingMm, chosen)),
  );
  return {
    thresholds: curve,
    threshold,
    postprocessing: describePostprocessing(chosen),
    cases,
    candidates: candidates.map(({ postprocessing, mean }) => ({
      name: describePostprocessing(postprocessing),
      dice: mean,
    })),
  };
}

/** Test patients of a study of volumes: every metric, and what a threshold and a cleaning chosen on others change. */
async function scoreVolumes(trained: TrainedRun, cohort: StudyCohort, split: StudySplit): Promise<StudyScores> {
  const test = await predictAll(trained, await readCases(cohort, split.test));
  const validation = await predictAll(trained, await readCases(cohort, split.validation));
  const classes = scoreClasses(trained, test);
  const examples = test.slice(0, shownPatients).map((one): ExampleMask => {
    const z = fullestSlice(one.label);
    return { id: one.id, mask: packMask(thresholdMask(sliceZ(one.probability, z) as Float32Array)) };
  });
  return {
    cases: test.map((one) => scoreCase(one, maskOf(one, 0.5))),
    cleaning: await clean(validation, test),
    ...(classes.length > 0 && { classes }),
    examples,
  };
}

/** Test slices of a study of pictures: their overlap alone, for they lie apart and their millimetres are unknown. */
async function scorePictures(trained: TrainedRun, { slices, test }: StudySplit): Promise<StudyScores> {
  const scored = await scoreSlices(trained.model, slices, slicesOf(slices, test), { grid: trained.grid, batchSize: 6 });
  return {
    cases: scored.map(({ index, counts }) => ({
      id: slices.entries[index]!.id,
      outcome: outcomeOf(counts),
      counts,
      values: overlapScores(counts),
    })),
  };
}

/** Scores a run on its test patients (volumes) or slices (pictures). The order of the cases is that of the cohort. */
export const scoreStudyRun = (trained: TrainedRun, cohort: StudyCohort, split: StudySplit): Promise<StudyScores> =>
  cohort.list.kind === '3d' ? scoreVolumes(trained, cohort, split) : scorePictures(trained, split);

/**
 * The fullest slice of the first test patients, as all networks are shown on it; none for
 * pictures, which stay where they are.
 */
export async function exampleSlices(cohort: StudyCohort, split: StudySplit): Promise<ExampleSlice[]> {
  if (cohort.list.kind !== '3d') return [];
  const volumes = (await readCases(cohort, split.test)).slice(0, shownPatients);
  return volumes.map(({ id, image, label }) => {
    const z = fullestSlice(label);
    const slice = huSlice(image, z);
    const [black, white] = slice.range;
    const mask = sliceZ(label, z);
    const window = windowAround(slice, [mask], exampleSideMm);
    const grey = Uint8Array.from(cropSlice(slice, window).values, (hu) =>
      Math.max(0, Math.min(255, Math.round(((hu - black) / (white - black)) * 255))),
    );
    const { top, left, height, width } = window;
    return {
      id,
      z,
      height,
      width,
      place: { top, left, rows: slice.height, columns: slice.width },
      spacingMm: slice.spacingMm,
      image: Buffer.from(grey).toString('base64'),
      label: packMask(cutWindow(mask, slice.height, slice.width, window)),
    };
  });
}
