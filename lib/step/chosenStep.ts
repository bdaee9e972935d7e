/**
 * The training step of a run: compiled where that is possible and proved equal to the eager one, else eager, with one
 * line that says why. Compiling waits for the first batch, whose shape it needs.
 */
import type { tf } from 'axunet-engine/engine';
import { CannotCompile } from 'axunet-engine/errors';
import { whyNoGraphs } from 'axunet-engine/graph/native';
import { engineSettings } from 'axunet-engine/settings';
import type { Batch } from '../preprocess/batches.ts';
import { type CheckedStep, checkOnce } from './checkOnce.ts';
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

/** A compiled step that may run, and how it came about; or why there is none. */
interface Compiled {
  readonly compiled?: CompiledStep;
  readonly why: string;
}

export class ChosenStep implements TrainStep {
  readonly #model: tf.LayersModel;
  readonly #options: StepOptions;
  readonly #choice: ChooseOptions;
  /** Before the choice an eager step, once it is needed: it can answer all calls but `run`. */
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

  /** Any error in compiling but a CannotCompile is thrown on. */
  async #choose(batch: Batch): Promise<void> {
    const { compiled, why } = await this.#compile(batch).catch((error: unknown): Compiled => {
      if (error instanceof CannotCompile) return { why: error.message };
      throw error;
    });
    if (compiled) await this.#goOnWith(compiled);
    else this.#present();
    this.#choice.onChoice?.(compiled ? `step: ${compiled.kind} in ${why}` : `step: operation by operation (${why})`);
    this.#isChosen = true;
  }

  /** The compiled step, where one is wanted, possible and right. */
  async #compile(batch: Batch): Promise<Compiled> {
    const whyNot = engineSettings.isCompiling ? whyNoGraphs() : 'AXUNET_COMPILE=off';
    if (whyNot) return { why: whyNot };
    const started = performance.now();
    const compiled = await CompiledStep.compile(this.#model, this.#options, batch, this.#choice);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    let mayRun = false;
    try {
      const checked = await this.#check(compiled, batch);
      mayRun = checked.mayRun;
      return mayRun ? { compiled, why: `${seconds} s, ${checked.outcome}` } : { why: checked.outcome };
    } finally {
      if (!mayRun) compiled.dispose();
    }
  }

  #check(compiled: CompiledStep, batch: Batch): Promise<CheckedStep> {
    const { check, bfloat16 } = this.#choice;
    const [{ part }] = microBatches(batch, this.#options.microBatch);
    return checkOnce(compiled.digest(part), toleranceOf({ bfloat16 }), () =>
      check ? check(this.#model, compiled, part) : checkStep(this.#model, this.#options, compiled, part),
    );
  }

  /** Takes the place of the eager step, if there is one, with its state. */
  async #goOnWith(step: TrainStep): Promise<void> {
    const state = await this.#step?.state();
    this.#step?.dispose();
    this.#step = step;
    if (state) await step.restore(state);
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
