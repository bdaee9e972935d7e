/**
 * One training step behind one small interface, so that an eager and a compiled step can stand in for each other.
 *
 * The way from a batch to the updated weights, stop by stop:
 *
 *  1. `train` (train/trainer.ts): the loop
 *  2. `TrainingSession.nextBatch` (train/session.ts): the batch, out of the stream of preprocess/loader.ts
 *  3. `ChosenStep.run` (chosenStep.ts): the first batch decides whether to compile; then it hands on
 *
 * operation by operation:
 *
 *  4. `EagerStep.run` (eagerStep.ts)
 *  5. `EagerStep.#differentiate`: each part of the batch as tensors, the gradients as one vector, by
 *  6. `differentiate` (differentiate.ts): the model and the loss, and
 *  7. `valueAndGradients` (engine/gradients.ts): backwards along tfjs' tape
 *  8. `EagerStep.#clip`
 *  9. `EagerStep.#update`: the weights in the model and the slots are set to what comes out of
 * 10. `updateOf` (optimizers.ts): the optimizer's formula
 *
 * compiled:
 *
 *  4. `CompiledStep.run` (compiledStep.ts): feeds the batch and the learning rate into
 *  5. `Session.run` (engine/graph/native.ts): TensorFlow runs the graph, whose last operations change the weights
 *
 * and where that graph comes from, at the first batch of a shape:
 *
 *  6. `StepGraph.program` (stepGraph.ts): traces
 *  7. `tracePass` (stepPass.ts): 6 and 7 of above, on tensors without values, then
 *  8. `traceUpdate` (stepUpdate.ts): clipping, weights and averages, by
 *  9. `addUpdate` (optimizersCompiled.ts): TensorFlow's kernel of the optimizer
 */
import type { LossFunction } from '../loss/loss.ts';
import type { Batch } from '../preprocess/batches.ts';
import type { OptimizerConfig } from './optimizers.ts';

/** Arrays by name: what a checkpoint stores. */
export type NamedArrays = Record<string, { shape: number[]; data: Float32Array }>;

/** What a step measured before the update. */
export interface StepResult {
  loss: number;
  /** L2 norm over all gradients, before clipping. */
  gradientNorm: number;
}

/** One update of the weights after another; eager and compiled steps are interchangeable. */
export interface TrainStep {
  /**
   * Forward, backward, update. `progress` is the share of the run that is over, for a loss that changes with it;
   * 0 by default.
   */
  run(batch: Batch, learningRate: number, progress?: number): Promise<StepResult>;
  /** Weights, optimizer slots, averaged weights and the step count: all that a resumed run needs. */
  state(): Promise<NamedArrays>;
  /** Puts a `state()` back; throws when names or shapes are not this network's. */
  restore(state: NamedArrays): Promise<void>;
  /** Runs `f` with the averaged weights in the model, then puts the trained ones back; else just runs `f`. */
  withAveragedWeights<T>(f: () => Promise<T>): Promise<T>;
  dispose(): void;
  /** How the step is computed, for people: `compiled …` or `operation by operation …`. */
  readonly kind: string;
}

/** Optimizer, loss, and what else belongs to an update: clipping, averaging, parts of a batch. */
export interface StepOptions {
  optimizer: OptimizerConfig;
  loss: LossFunction;
  /** Gradients are scaled down to this L2 norm when theirs is larger. */
  clipNorm?: number;
  /** Share of the old average kept at each step; averages weights and running statistics (0.995 is usual). */
  emaDecay?: number;
  /**
   * Images that go through the network at once; the gradients of a batch's parts are averaged by their size. Saves
   * memory. Batch norm and Dice then see a part instead of the whole batch, so the result is close to, not equal to,
   * the whole one.
   */
  microBatch?: number;
}
