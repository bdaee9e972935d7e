/**
 * A trained fold is judged: threshold and post-processing chosen on its validation patients, then its test patients
 * predicted and scored.
 */
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { isSameJson } from '../checks.ts';
import { storedValues } from '../dataset/classes.ts';
import { expected, messageOf } from '../errors.ts';
import { choosePostprocessing, type MaskCase, type PostprocessingChoice } from '../evaluate/choosePostprocessing.ts';
import { sha256File, writeFileAtomic } from '../io/files.ts';
import { readNifti, writeNifti } from '../io/nifti.ts';
import { predictFiles } from '../predict/files.ts';
import { describePostprocessing, type Postprocessing, postprocessClasses } from '../predict/postprocess.ts';
import { thresholdMask } from '../predict/slices.ts';
import { nthOf, startProgress } from '../progress.ts';
import type { TrainedRun } from '../train/loadRun.ts';
import { casesOf, type LabelledCase, predictedClasses, readPair, type ScoredPatientCase, scoreCase } from './cases.ts';
import { chooseThreshold, type ThresholdChoice } from './chooseThreshold.ts';
import { keepsApart } from './classes.ts';
import { assertTestedOnce, type FoldPatients } from './plan.ts';
import {
  type Crossval,
  type DoubtfulCase,
  describeInputs,
  type FoldResult,
  maskFile,
  type UnscoredCase,
} from './result.ts';

/** Throws when the patients that a checkpoint knows of are not those of the plan, or a test patient is among them. */
function assertUnseen({ description: { patients } }: TrainedRun, { training, validation, test }: FoldPatients): void {
  if (!isSameJson([patients.training, patients.validation], [training, validation]))
    throw expected("weights trained on the fold's patients", 'weights of other ones');
  assertTestedOnce([{ ...patients, test }], test);
}

type Side = NonNullable<UnscoredCase['side']>;

/** The work on one fold's trained network. */
class FoldWork {
  readonly failed: UnscoredCase[] = [];
  readonly warnings: DoubtfulCase[] = [];
  readonly #crossval: Crossval;
  readonly #trained: TrainedRun;
  readonly #fold: number;

  constructor(crossval: Crossval, fold: number, trained: TrainedRun) {
    this.#crossval = crossval;
    this.#fold = fold;
    this.#trained = trained;
  }

  file(side: Side, { id }: LabelledCase, suffix = ''): string {
    return path.join(this.#trained.folder, side, `${id}${suffix}.nii.gz`);
  }

  #fail(side: Side, { id }: LabelledCase, reason: string): void {
    this.failed.push({ id, fold: this.#fold, side, reason });
  }

  /** Masks (and probabilities) of the cases; those that could be predicted. */
  async predict(
    side: Side,
    cases: readonly LabelledCase[],
    threshold: number,
    probability: boolean,
  ): Promise<LabelledCase[]> {
    const progress = startProgress(`predict ${side} cases`, cases.length, process.stdout, nthOf('case'));
    const report = await predictFiles(
      this.#trained,
      cases.map(({ id, image, series }) => ({ file: image, name: id, ...(series !== undefined && { series }) })),
      {
        out: path.join(this.#trained.folder, side),
        threshold,
        probability,
        mirror: this.#crossval.options.mirror,
        onChoice: (line) => console.log(line),
        onProgress: (done, _, note) => progress.update(done, note),
      },
    );
    progress.finish();
    const reasons = new Map(report.failed.map(({ file, reason }) => [file, reason]));
    for (const one of cases) if (reasons.has(one.image)) this.#fail(side, one, reasons.get(one.image)!);
    for (const { file, message } of report.warnings ?? [])
      for (const { id } of cases.filter(({ image }) => image === file))
        this.warnings.push({ id, message, fold: this.#fold, side });
    return cases.filter(({ image }) => !reasons.has(image));
  }

  /** The cases for which `work` did not throw, with what it gave; the others are noted as failed. */
  async each<T>(
    side: Side,
    cases: readonly LabelledCase[],
    work: (one: LabelledCase) => Promise<T>,
  ): Promise<[LabelledCase, T][]> {
    const done: [LabelledCase, T][] = [];
    for (const one of cases) {
      try {
        done.push([one, await work(one)]);
      } catch (error) {
        this.#fail(side, one, messageOf(error));
      }
    }
    return done;
  }

  async chooseThreshold(cases: readonly LabelledCase[]): Promise<ThresholdChoice> {
    return chooseThreshold(
      cases.map((one) => ({
        read: async () => {
          const { prediction, reference } = await readPair(
            this.#crossval.list,
            one,
            this.file('validation', one, '_probability'),
          );
          return { probability: prediction.data as Float32Array, reference: reference.data };
        },
      })),
    );
  }

  async choosePostprocessing(cases: readonly LabelledCase[], threshold: number): Promise<PostprocessingChoice> {
    const {
      list,
      options: { postprocessing, metric, seed, threshold: asked },
    } = this.#crossval;
    const maskCase = (one: LabelledCase): MaskCase => ({
      id: one.id,
      patient: one.patient,
      read: async () => {
        const {
          prediction: { data },
          reference,
        } = await readPair(list, one, this.file('validation', one, asked === 'chosen' ? '_probability' : ''));
        const prediction = asked === 'chosen' ? thresholdMask(data as Float32Array, threshold) : data;
        return { prediction, reference: reference.data, shape: reference.shape, spacingMm: reference.spacingMm };
      },
    });
    return choosePostprocessing(cases.map(maskCase), [], {
      metric,
      seed,
      ...(postprocessing !== 'chosen' && { candidates: [postprocessing] }),
    });
  }

  /** Writes the final mask of a test case into `masks/` and scores it, and the one before post-processing. */
  async finish(
    one: LabelledCase,
    postprocessing: Postprocessing,
  ): Promise<{ before: ScoredPatientCase; after: ScoredPatientCase; sum: string }> {
    const { list, folder } = this.#crossval;
    const [raw, final] = [this.file('test', one), maskFile(folder, one)];
    const before = await scoreCase(list, one, raw);
    const isNothing = describePostprocessing(postprocessing) === describePostprocessing({});
    if (isNothing) await writeFileAtomic(final, await readFile(raw));
    else {
      const mask = await readNifti(raw);
      const classes = Uint8Array.from(predictedClasses(mask, list, raw));
      const done = postprocessClasses(classes, mask.shape, mask.spacingMm, postprocessing);
      await writeNifti(
        final,
        { ...mask, data: storedValues(done, list.classes) },
        { description: 'axunet pancreas mask' },
      );
    }
    return { before, after: isNothing ? before : await scoreCase(list, one, final), sum: await sha256File(final) };
  }
}

/**
 * Predicts, chooses and scores with a fold's trained network. Throws when the network has seen a test patient, and when
 * no validation case is left.
 */
export async function judgeFold(crossval: Crossval, fold: number, trained: TrainedRun): Promise<FoldResult> {
  const { list, plan, options } = crossval;
  const [patients, work] = [plan.folds[fold], new FoldWork(crossval, fold, trained)];
  assertUnseen(trained, patients);
  const [validationCases, testCases] = [casesOf(list, patients.validation), casesOf(list, patients.test)];
  // a case that fails must not keep an older mask
  for (const one of testCases) await rm(maskFile(crossval.folder, one), { force: true });
  const choosing = options.threshold === 'chosen';
  const predicted = await work.predict(
    'validation',
    validationCases,
    choosing ? 0.5 : (options.threshold as number),
    choosing,
  );
  const validation = (
    await work.each('validation', predicted, (one) => readPair(list, one, work.file('validation', one)))
  ).map(([one]) => one);
  if (validation.length === 0)
    throw expected(
      'a validation case to choose by',
      work.failed.map(({ id, reason }) => `${id}: ${reason}`).join('; ') || 'none',
    );
  const thresholdChoice = choosing ? await work.chooseThreshold(validation) : undefined;
  const threshold = thresholdChoice?.chosen ?? (options.threshold as number);
  const postprocessing = await work.choosePostprocessing(validation, threshold);
  const chosen = `post-processing ${describePostprocessing(postprocessing.chosen)}`;
  const how = keepsApart(list) ? 'likeliest classes' : `threshold ${threshold}`;
  console.log(`fold ${fold}: ${how}, ${chosen}, by ${validation.length} validation cases`);
  const tested = await work.predict('test', testCases, threshold, options.probability);
  const done = await work.each('test', tested, (one) => work.finish(one, postprocessing.chosen));
  return {
    version: 1,
    fold,
    made: await describeInputs(crossval, fold, [...validationCases, ...testCases]),
    patients,
    threshold,
    ...(thresholdChoice && { thresholdChoice }),
    postprocessing,
    before: done.map(([, { before }]) => before),
    cases: done.map(([, { after }]) => after),
    failed: work.failed,
    ...(work.warnings.length > 0 && { warnings: work.warnings }),
    masks: Object.fromEntries(done.map(([{ id }, { sum }]) => [id, sum])),
  };
}
