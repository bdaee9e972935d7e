/** Made-up images for checks: smooth patterns with noise, and a disc as the mask, of rings where there are classes. */
import type { ModelConfig } from '../model/axunet.ts';
import type { Batch } from '../preprocess/batches.ts';
import { Random } from '../random.ts';

type Shape = Pick<ModelConfig, 'inputSize' | 'inputChannels'> & { readonly classes?: number };

/** `n` images of the network's input size, with each of its classes. */
export function exampleBatch(n: number, { inputSize: [height, width], inputChannels, classes = 2 }: Shape): Batch {
  const random = Random.stream(1, 'example batch');
  const labels = Uint8Array.from({ length: n * height * width }, (_, i) => {
    const [y, x] = [Math.floor(i / width) % height, i % width];
    const square = (y / height - 0.5) ** 2 + (x / width - 0.4) ** 2;
    return square < 0.04 ? Math.min(classes - 1, 1 + Math.floor((1 - square / 0.04) * (classes - 1))) : 0;
  });
  const images = Float32Array.from({ length: labels.length * inputChannels }, (_, i) => {
    const pixel = Math.floor(i / inputChannels);
    return 0.4 + 0.3 * labels[pixel] + 0.1 * Math.sin(pixel * 0.05) + 0.1 * random.normal();
  });
  return { images, labels, n, height, width, ids: Array.from({ length: n }, (_, i) => `example ${i + 1}`) };
}
