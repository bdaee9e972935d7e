/**
 * The training step of a run: compiled where that is possible and proved equal to the eager one, else eager, with one line that says
 * why. Compiling waits for the first batch, whose shape it needs.
 */

import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { currentEngine, tf } from 'axunet-engine/engine';
import { graphBindingFile, whyNoGraphs } from 'axunet-engine/graph/native';
import { engineSettings } from 'axunet-engine/settings';
import { messageOf, UserError } from '../errors.ts';
import { readJson, sha256, writeJson } from '../io/files.ts';
import { type Batch, partOfBatch } from '../preprocess/batches.ts';
import { settings } from '../settings.ts';
import { checkStep, isEqualEnough, type StepCheck } from './checkStep.ts';
import { type CompiledStep, type CompileOptions, createCompiledStep } from './compiledStep.ts';
import { createEagerStep, type NamedArrays, type StepOptions, type TrainStep } from './step.ts';

/** Those of compiling, whom to tell which step was chosen, and how the check is made. */
export interface ChooseOptions extends CompileOptions {
  /** Told how the step is computed, and why, once. */
  readonly onChoice?: (line: string) => void;
  /**
   * Checks a step whose graph was not checked before. By default in this process, which needs the memory of an eager step for
   * a moment; a run does it in a process of its own (checkChild.ts).
   */
  readonly check?: (model: tf.LayersModel, compiled: CompiledStep, batch: Batch) => Promise<StepCheck>;
}

/** Where it is noted that a graph was checked on this TensorFlow with these kernels. */
function noteFile(digest: string): string {
  const { size, mtimeMs } = statSync(graphBindingFile()); // another build of our kernels is another step
  return path.join(
    settings.cacheFolder,
    'checked-steps',
    `${sha256(`${digest} ${currentEngine().description} ${size} ${mtimeMs}`).slice(0, 32)}.json`,
  );
}

type Precision = 'ours' | 'bfloat16';
const formatCheck = ({ cosine }: StepCheck, precision: Precision): string =>
  `gradients ${precision === 'ours' ? 'equal' : 'near'} the uncompiled ones (cosine 1 − ${Math.max(0, 1 - cosine).toExponential(0)})`;

async function checkOnce(
  model: tf.LayersModel,
  options: StepOptions,
  compiled: CompiledStep,
  batch: Batch,
  precision: Precision,
  check: ChooseOptions['check'],
): Promise<string> {
  if (settings.stepCheck === 'never') return 'not checked (AXUNET_STEP_CHECK=never)';
  const file = noteFile(compiled.digest(batch));
  if (settings.stepCheck === 'once' && existsSync(file))
    return `${formatCheck((await readJson(file)) as StepCheck, precision)}, checked before`;
  const result = await (check ?? ((m, c, b) => checkStep(m, options, c, b)))(model, compiled, batch);
  if (!isEqualEnough(result, precision)) {
    throw new UserError(
      `its gradients differ from the uncompiled ones (cosine ${result.cosine}, loss by ${result.lossDifference.toExponential(1)} of it)`,
    );
  }
  await writeJson(file, result);
  return formatCheck(result, precision);
}

/** The step of `model`; see above. */
export function createStep(
  model: tf.LayersModel,
  options: StepOptions,
  { onChoice = () => {}, check, ...compile }: ChooseOptions = {},
): TrainStep {
  let chosen: TrainStep | undefined;
  let restored: NamedArrays | undefined;
  let isClosed = false;

  async function compileOrNot(batch: Batch): Promise<TrainStep> {
    const eager = (why: string): TrainStep => {
      onChoice(`step: operation by operation (${why})`);
      return createEagerStep(model, options);
    };
    if (!engineSettings.isCompiling) return eager('AXUNET_COMPILE=off');
    const reason = whyNoGraphs();
    if (reason) return eager(reason);
    const started = performance.now();
    try {
      const compiled = await createCompiledStep(model, options, batch, compile);
      const compiledIn = performance.now() - started;
      try {
        const part = partOfBatch(batch, 0, Math.min(batch.n, options.microBatch ?? batch.n));
        const checked = await checkOnce(model, options, compiled, part, compile.bfloat16 ? 'bfloat16' : 'ours', check);
        onChoice(`step: ${compiled.kind} in ${(compiledIn / 1000).toFixed(1)} s, ${checked}`);
        return compiled;
      } catch (error) {
        compiled.dispose();
        throw error;
      }
    } catch (error) {
      if (!(error instanceof UserError) && !/^(Session|Expected|Cannot)/.test(messageOf(error))) throw error;
      return eager(messageOf(error));
    }
  }

  async function choose(batch: Batch): Promise<TrainStep> {
    if (chosen) return chosen;
    chosen = await compileOrNot(batch);
    if (restored) await chosen.restore(restored);
    restored = undefined;
    return chosen;
  }
  /** For calls before the first batch: the eager step can answer all of them. */
  const present = (): TrainStep => {
    if (chosen) return chosen;
    const eager = createEagerStep(model, options);
    return eager;
  };

  return {
    get kind() {
      return chosen?.kind ?? 'not chosen yet';
    },
    run: async (batch, learningRate, progress) => (await choose(batch)).run(batch, learningRate, progress),
    async state() {
      if (chosen) return chosen.state();
      if (restored) return restored;
      const step = present();
      try {
        return await step.state();
      } finally {
        step.dispose();
      }
    },
    async restore(state) {
      if (chosen) return chosen.restore(state);
      const step = present(); // also puts the weights into the model
      try {
        await step.restore(state);
      } finally {
        step.dispose();
      }
      restored = state;
    },
    async withAveragedWeights(f) {
      if (chosen) return chosen.withAveragedWeights(f);
      const step = present();
      try {
        if (restored) await step.restore(restored);
        return await step.withAveragedWeights(f);
      } finally {
        step.dispose();
      }
    },
    dispose() {
      if (!isClosed) chosen?.dispose();
      isClosed = true;
    },
  };
}
