/** A plan for a data set: fingerprint, choices, file. */
import { currentEngine, type EngineInfo } from 'axunet-engine/engine';
import { whyNoGraphs } from 'axunet-engine/graph/native';
import { engineSettings } from 'axunet-engine/settings';
import type { CaseList, OpenOptions } from '../dataset/caseList.ts';
import { packageVersion } from '../io/packageVersion.ts';
import { recomputesByDefault } from '../step/compiledStep.ts';
import { type TrainConfig, trainConfig } from '../train/config.ts';
import { availableMemory, estimateMemory } from '../train/memory.ts';
import { withValuesApart } from './apart.ts';
import { type ChoosingOptions, chooseConfiguration } from './choose.ts';
import { type FingerprintOptions, fingerprintOf } from './fingerprint.ts';
import type { PlanFile } from './planFile.ts';
import type { NetworkSize } from './rules/size.ts';
import { countWeights, measureStep } from './stepTime.ts';

/** Time and memory of a run, and what is known of the labels. */
export interface PlanOptions extends FingerprintOptions {
  /** Of training. */
  readonly minutes: number;
  /** Bytes; by default what is free now, on a GPU no limit. */
  readonly memory?: number;
  /** As the set was opened with; classes among them are kept apart. */
  readonly labels?: OpenOptions;
  /** Measures a step; by default on the engine that was started. */
  readonly measure?: ChoosingOptions['measure'];
}

/** Bytes that a run of a size needs, as a run will estimate them. */
function memoryNeeded(engine: EngineInfo['name']): ChoosingOptions['needed'] {
  const weights = new Map<string, number>();
  const compiles = engineSettings.isCompiling && whyNoGraphs() === undefined;
  return ({ width, gridSize }: NetworkSize, microBatch, classes) => {
    const key = `${width} ${classes}`;
    const config: TrainConfig = trainConfig({ width });
    if (!weights.has(key)) weights.set(key, countWeights(config, classes));
    const recomputes = compiles && recomputesByDefault(microBatch, ...gridSize);
    return estimateMemory({ width, gridSize, microBatch, weights: weights.get(key)!, recomputes }, engine);
  };
}

/**
 * Reads all cases of a set, measures a few training steps, and chooses. The engine must have been started. Throws a
 * UserError where no case can be read or has foreground, and where memory is too little for the smallest network.
 */
export async function makePlan(set: CaseList, options: PlanOptions): Promise<PlanFile> {
  const { minutes, labels, measure = measureStep, memory = availableMemory(currentEngine()) } = options;
  const { name, description } = currentEngine();
  const fingerprint = await fingerprintOf(withValuesApart(set), options);
  const keepsClasses = (set.classes?.length ?? 1) > 1;
  const chosen = await chooseConfiguration(fingerprint, {
    minutes,
    memory,
    keepsClasses,
    needed: memoryNeeded(name),
    measure,
  });
  const { epochs: _, ...train } = chosen.train;
  return {
    plan: 1,
    axunet: packageVersion(),
    dataset: set.dataset,
    machine: { engine: description, stepSeconds: Number(chosen.size.stepSeconds.toPrecision(3)) },
    choices: chosen.choices,
    preprocess: {
      ...(chosen.windowHu && { windowHu: chosen.windowHu }),
      ...(labels && Object.keys(labels).length > 0 && { labels }),
    },
    folds: chosen.folds ?? null,
    train,
    fingerprint,
  };
}
