/** What a network costs: its numbers, its multiplications, and how long a training step takes beside the others. */

import { createAxUnet, type ModelConfig, type Variant } from 'axunet/model/axunet';
import { exampleBatch } from 'axunet/step/exampleBatch';
import type { TrainStep } from 'axunet/step/step';
import { medianSorted } from 'simple-statistics';

interface CountedLayer {
  readonly outputShape: unknown;
  readonly trainableWeights: readonly { readonly shape: readonly (number | null)[] }[];
  getClassName(): string;
}

/**
 * Multiplications of all convolutions of one layer for one image. Every kernel of a
 * layer works at the layer's output size.
 */
function layerMultiplications(layer: CountedLayer): number {
  const [, height, width] = layer.outputShape as number[];
  const kernels = layer.trainableWeights.map(({ shape }) => shape).filter((shape) => shape.length === 4);
  const elements = kernels.reduce((sum, shape) => sum + shape.reduce<number>((product, side) => product * side!, 1), 0);
  // a 2 × 2 transposed convolution of stride 2 uses one of its four taps for each output pixel
  return (elements * height! * width!) / (layer.getClassName() === 'UpConvolution' ? 4 : 1);
}

/** Trainable numbers and 10⁹ multiplications of a forward pass of one slice. */
export function networkCost(config: Partial<ModelConfig>): { parameters: number; gmac: number } {
  const model = createAxUnet(config);
  try {
    const layers = model.layers as unknown as CountedLayer[];
    const parameters = layers.reduce(
      (sum, { trainableWeights }) =>
        sum +
        trainableWeights.reduce(
          (own, { shape }) => own + shape.reduce<number>((product, side) => product * side!, 1),
          0,
        ),
      0,
    );
    return { parameters, gmac: layers.reduce((sum, layer) => sum + layerMultiplications(layer), 0) / 1e9 };
  } finally {
    model.dispose();
  }
}

/** Cost of a variant at a given size and as the paper has it (width 64, 512 × 512). */
export function variantCosts(
  variant: Variant,
  size: Pick<ModelConfig, 'width' | 'inputSize'>,
): { parameters: number; gmac: number; fullParameters: number; fullGmac: number } {
  const [own, full] = [networkCost({ variant, ...size }), networkCost({ variant })];
  return { ...own, fullParameters: full.parameters, fullGmac: full.gmac };
}

export interface StepTime {
  readonly stepMs: number;
  readonly leastStepMs: number;
  readonly timedSteps: number;
}

/**
 * Milliseconds of a training step of several networks, one step each in turns, so that a busy moment of the machine
 * hits all alike. `warmUp` rounds are not counted (the first compiles). The steps are of made-up slices; a step that
 * has a batch size of its own keeps it. `clock` tells milliseconds, by default those that pass.
 */
export async function stepTimes(
  steps: readonly { readonly step: TrainStep; readonly model: ModelConfig; readonly batchSize?: number }[],
  options: { batchSize: number; rounds?: number; warmUp?: number; clock?: () => number },
): Promise<StepTime[]> {
  const { batchSize, rounds = 40, warmUp = 3, clock = () => performance.now() } = options;
  const times = steps.map((): number[] => []);
  for (let round = -warmUp; round < rounds; round++) {
    for (const [i, { step, model, batchSize: own }] of steps.entries()) {
      const batch = exampleBatch(own ?? batchSize, model);
      const begin = clock();
      await step.run(batch, 1e-4);
      if (round >= 0) times[i]!.push(clock() - begin);
    }
  }
  return times.map((own) => {
    const sorted = own.sort((a, b) => a - b);
    return { stepMs: medianSorted(sorted), leastStepMs: sorted[0]!, timedSteps: sorted.length };
  });
}
