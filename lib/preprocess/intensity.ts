/** The part of augmentation that changes grey values: blur, gamma, contrast, brightness and noise of an image. */
import type { Random } from '../random.ts';
import type { AugmentOptions } from './augment.ts';

/** Steps of the table that replaces x ** gamma on [0, 1]: a thousand powers instead of one per pixel. */
const gammaSteps = 1024;

/** Replaces each value by its power, and returns the sum of the new ones. */
function applyGamma(image: Float32Array, gamma: number): number {
  const table = new Float32Array(gammaSteps + 2);
  for (let i = 0; i < table.length; i++) table[i] = (i / gammaSteps) ** gamma;
  let sum = 0;
  for (let i = 0; i < image.length; i++) {
    const position = gammaSteps * Math.min(Math.max(image[i], 0), 1);
    const k = position | 0;
    const low = table[k];
    const power = Math.fround(low + (table[k + 1] - low) * (position - k));
    image[i] = power;
    sum += power;
  }
  return sum;
}

function sumOf(image: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < image.length; i++) sum += image[i];
  return sum;
}

function applyLine(image: Float32Array, slope: number, offset: number): void {
  for (let i = 0; i < image.length; i++) image[i] = image[i] * slope + offset;
}

/** Random numbers of the noise drawn at a time. */
const noiseBlock = new Uint32Array(4096);

/**
 * Adds nearly normal noise: the sum of the four bytes of one random number (mean 510, variance 4·(256²-1)/12),
 * never beyond 3.5 standard deviations. Ten times quicker than drawing normals, and as good for this purpose.
 */
function addNoise(image: Float32Array, random: Random, sd: number): void {
  const factor = sd / Math.sqrt((256 ** 2 - 1) / 3);
  for (let start = 0; start < image.length; start += noiseBlock.length) {
    const block = noiseBlock.subarray(0, Math.min(noiseBlock.length, image.length - start));
    random.fillUint32(block);
    for (let i = 0, p = start; i < block.length; i++, p++) {
      const bits = block[i] | 0;
      image[p] += factor * ((bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24) - 510);
    }
  }
}

/**
 * Blurs with [1 2 1]/4 along x and then y, in one sweep with three blurred rows at hand; the edge pixel is repeated.
 * `image` is (h, w, channels).
 */
function blur(image: Float32Array, height: number, width: number): void {
  const length = image.length / height;
  const channels = length / width;
  const blurRow = (i: number, out: Float32Array): void => {
    for (let k = 0, p = i * length; k < length; k++, p++) {
      const before = k < channels ? p : p - channels;
      const after = k >= length - channels ? p : p + channels;
      out[k] = 0.25 * (image[before] + image[after]) + 0.5 * image[p];
    }
  };
  let [above, here, below] = [new Float32Array(length), new Float32Array(length), new Float32Array(length)];
  blurRow(0, here);
  above.set(here);
  for (let i = 0; i < height; i++) {
    if (i < height - 1) blurRow(i + 1, below);
    else below.set(here);
    for (let k = 0, p = i * length; k < length; k++, p++) image[p] = 0.25 * (above[k] + below[k]) + 0.5 * here[k];
    [above, here, below] = [here, below, above];
  }
}

/** Changes blur, gamma, contrast, brightness and noise of `image` (h, w, channels; values about [0, 1]) in place. */
export function applyIntensity(
  image: Float32Array,
  height: number,
  width: number,
  random: Random,
  options: AugmentOptions,
): void {
  const gamma = Math.exp(random.uniform(-1, 1) * options.logGamma);
  const contrast = 1 + random.uniform(-1, 1) * options.contrast;
  const brightness = random.uniform(-1, 1) * options.brightness;
  const noisy = random.uniform() < options.noiseChance;
  const noise = random.uniform() * options.noise;
  if (random.uniform() < options.blurChance) blur(image, height, width);
  const sum = gamma !== 1 ? applyGamma(image, gamma) : sumOf(image);
  if (contrast !== 1 || brightness !== 0)
    applyLine(image, contrast, (sum / image.length) * (1 - contrast) + brightness); // around the mean
  if (noisy) addNoise(image, random, noise);
}
