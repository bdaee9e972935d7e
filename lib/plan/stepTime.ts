/** How long a training step takes on this machine, and how many weights a network has. */
import { createAxUnet, type ModelConfig, modelConfig } from '../model/axunet.ts';
import { quantileOf } from '../statistics/summary.ts';
import { exampleBatch } from '../step/exampleBatch.ts';
import type { TrainConfig } from '../train/config.ts';
import { chooseStep, sizeOf } from '../train/run.ts';

/** The first steps compile and warm up. */
const warmUp = 2;
const timed = 7;

const shapeOf = (config: TrainConfig, gridSize: readonly [number, number], classes: number): ModelConfig =>
  modelConfig({
    variant: config.variant,
    width: config.width,
    inputSize: [...gridSize],
    asppRates: [...config.asppRates],
    classes: 1 + classes,
  });

/**
 * Median seconds of a few training steps of a configuration, on made-up slices; the step is compiled and checked as in
 * a run. `clock` tells milliseconds, by default those that pass. The engine must have been started.
 */
export async function measureStep(
  config: TrainConfig,
  gridSize: readonly [number, number],
  classes: number,
  clock: () => number = () => performance.now(),
): Promise<number> {
  const shape = shapeOf(config, gridSize, classes);
  const model = createAxUnet(shape, config.seed);
  const step = chooseStep({ model: shape, config }, model, sizeOf({ config, grid: { size: gridSize } }, model));
  try {
    const batch = exampleBatch(config.batchSize, shape);
    const seconds: number[] = [];
    for (let i = -warmUp; i < timed; i++) {
      const begin = clock();
      await step.run(batch, config.learningRate);
      if (i >= 0) seconds.push((clock() - begin) / 1000);
    }
    return quantileOf(
      seconds.sort((a, b) => a - b),
      0.5,
    );
  } finally {
    step.dispose();
    model.dispose();
  }
}

/** Numbers that a network of this width learns. */
export function countWeights(config: TrainConfig, classes: number): number {
  const model = createAxUnet(shapeOf(config, [16, 16], classes));
  try {
    return model.countParams();
  } finally {
    model.dispose();
  }
}
