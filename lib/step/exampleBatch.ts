/** Made-up images for checks: smooth patterns with noise, and a disc as the mask. */
import type { ModelConfig } from '../model/axunet.ts';
import type { Batch } from '../preprocess/batches.ts';
import { Random } from '../random.ts';

/** `n` images of the network's input size. */
export function exampleBatch(
  n: number,
  { inputSize: [height, width], inputChannels }: Pick<ModelConfig, 'inputSize' | 'inputChannels'>,
): Batch {
  const random = Random.stream(1, 'example batch');
  const labels = Uint8Array.from({ length: n * height * width }, (_, i) => {
    const [y, x] = [Math.floor(i / width) % height, i % width];
    return (y / height - 0.5) ** 2 + (x / width - 0.4) ** 2 < 0.04 ? 1 : 0;
  });
  const images = Float32Array.from({ length: labels.length * inputChannels }, (_, i) => {
    const pixel = Math.floor(i / inputChannels);
    return 0.4 + 0.3 * labels[pixel] + 0.1 * Math.sin(pixel * 0.05) + 0.1 * random.normal();
  });
  return { images, labels, n, height, width, ids: Array.from({ length: n }, (_, i) => `example ${i + 1}`) };
}
