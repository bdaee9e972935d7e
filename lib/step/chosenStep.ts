/**
 * The training step of a run: compiled where that is possible and proved equal to the eager one, else eager, with one
 * line that says why. Compiling waits for the first batch, whose shape it needs.
 */
import type { tf } from 'axunet-engine/engine';
import { CannotCompile } from 'axunet-engine/errors';
import { whyNoGraphs } from 'axunet-engine/graph/native';
import { engineSettings } from 'axunet-engine/settings';
import type { Batch } from '../preprocess/batches.ts';
import { checkOnce } from './checkOnce.ts';
import { checkStep, type StepCheck, toleranceOf } from './checkStep.ts';
import { CompiledStep, type CompileOptions } from './compiledStep.ts';
import { EagerStep } from './eagerStep.ts';
import { microBatches } from './microBatches.ts';
import type { NamedArrays, StepOptions, StepResult, TrainStep } from './step.ts';

export interface ChooseOptions extends CompileOptions {
  /** Told how the step is computed, and why, once. */
  readonly onChoice?: (line: string) => void;
  /**
   * Checks a step whose graph was not checked before. By default in this process, which needs the memory of an eager
   * step for a moment; a large run does it in a process of its own (checkChild.ts).
   */
  readonly check?: (model: tf.LayersModel, compiled: CompiledStep, batch: Batch) => Promise<StepCheck>;
}

export class ChosenStep implements TrainStep {
  readonly #model: tf.LayersModel;
  readonly #options: StepOptions;
  readonly #choice: ChooseOptions;
  /** Before the choice, an eager step, once it is needed: it can answer all calls but `run`. */
  #step?: TrainStep;
  #isChosen = false;
  #isClosed = false;

  constructor(model: tf.LayersModel, options: StepOptions, choice: ChooseOptions = {}) {
    this.#model = model;
    this.#options = options;
    this.#choice = choice;
  }

  get kind(): string {
    return this.#isChosen ? this.#step!.kind : 'not chosen yet';
  }

  async run(batch: Batch, learningRate: number, progress?: number): Promise<StepResult> {
    if (!this.#isChosen) await this.#choose(batch);
    return this.#step!.run(batch, learningRate, progress);
  }

  /** Tells which step the run gets. Any error in compiling but a CannotCompile is thrown on. */
  async #choose(batch: Batch): Promise<void> {
    const { onChoice } = this.#choice;
    try {
      const { compiled, why } = await this.#compile(batch);
      if (!compiled) this.#present();
      else await this.#goOnWith(compiled);
      onChoice?.(compiled ? `step: ${compiled.kind} in ${why}` : `step: operation by operation (${why})`);
    } catch (error) {
      if (!(error instanceof CannotCompile)) throw error;
      this.#present();
      onChoice?.(`step: operation by operation (${error.message})`);
    }
    this.#isChosen = true;
  }

  /** The compiled step, where one is wanted, possible and right; else why not. */
  async #compile(batch: Batch): Promise<{ compiled?: CompiledStep; why: string }> {
    const why = engineSettings.isCompiling ? whyNoGraphs() : 'AXUNET_COMPILE=off';
    if (why) return { why };
    const [model, options] = [this.#model, this.#options];
    const { check = (_, step, part) => checkStep(model, options, step, part), bfloat16 } = this.#choice;
    const started = performance.now();
    const compiled = await CompiledStep.compile(model, options, batch, this.#choice);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    let mayRun = false;
    try {
      const [{ part }] = microBatches(batch, options.microBatch);
      const run = (): Promise<StepCheck> => check(model, compiled, part);
      const checked = await checkOnce(compiled.digest(part), toleranceOf({ bfloat16 }), run);
      mayRun = checked.mayRun;
      return mayRun ? { compiled, why: `${seconds} s, ${checked.outcome}` } : { why: checked.outcome };
    } finally {
      if (!mayRun) compiled.dispose();
    }
  }

  /** Takes the place of the eager step, if there is one, with its state. */
  async #goOnWith(compiled: CompiledStep): Promise<void> {
    const state = await this.#step?.state();
    this.#step?.dispose();
    this.#step = compiled;
    if (state) await compiled.restore(state);
  }

  #present(): TrainStep {
    this.#step ??= new EagerStep(this.#model, this.#options);
    return this.#step;
  }

  state(): Promise<NamedArrays> {
    return this.#present().state();
  }

  restore(state: NamedArrays): Promise<void> {
    return this.#present().restore(state);
  }

  withAveragedWeights<T>(f: () => Promise<T>): Promise<T> {
    return this.#present().withAveragedWeights(f);
  }

  dispose(): void {
    if (!this.#isClosed) this.#step?.dispose();
    this.#isClosed = true;
  }
}
