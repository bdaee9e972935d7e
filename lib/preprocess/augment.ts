/**
 * Random changes of a training slice. Geometry is drawn as one `Warp` that image and mask share; intensity changes
 * act on the image alone. The strengths of `augmentDefault` were chosen on real CT slices, where a small network
 * without augmentation learns its training patients by heart.
 */
import type { Random } from '../random.ts';
import { drawElastic, type Elastic } from './elastic.ts';
import type { Grid } from './grid.ts';

/** How strongly slices are changed in training: chances from 0 to 1, else the largest changes. */
export interface AugmentOptions {
  /** Chance of a mirror image along y and along x. A mirrored abdomen is not an anatomy that occurs: 0 by default. */
  readonly flipChance: readonly [number, number];
  /** Largest rotation to either side, in degrees. */
  readonly rotationDegrees: number;
  /** Largest magnification or reduction is e to this power. */
  readonly logScale: number;
  /** Largest ratio of the scale along x to that along y is e to this power. */
  readonly logAspect: number;
  /** Largest shear: displacement along x per displacement along y. */
  readonly shear: number;
  /** Largest shift along each axis, as a share of the window. */
  readonly shift: number;
  /** Standard deviation of the elastic control points, as a share of the window, and the fewest and most knots. */
  readonly elastic: number;
  readonly elasticKnots: readonly [number, number];
  /** The gamma exponent lies between e to minus and e to plus this power. */
  readonly logGamma: number;
  /** Contrast around the mean is multiplied by 1 ± this. */
  readonly contrast: number;
  /** Largest value added to all pixels. */
  readonly brightness: number;
  /** Largest standard deviation of the added noise, and how often noise is added. */
  readonly noise: number;
  readonly noiseChance: number;
  /** How often the image is blurred by the 3×3 binomial kernel. */
  readonly blurChance: number;
}

/** Nothing is changed. A base to switch on single changes: `{ ...augmentNone, rotationDegrees: 10 }`. */
export const augmentNone: AugmentOptions = {
  flipChance: [0, 0],
  rotationDegrees: 0,
  logScale: 0,
  logAspect: 0,
  shear: 0,
  shift: 0,
  elastic: 0,
  elasticKnots: [4, 7],
  logGamma: 0,
  contrast: 0,
  brightness: 0,
  noise: 0,
  noiseChance: 0,
  blurChance: 0,
};

/** For training on abdominal CT in [0, 1]. */
export const augmentDefault: AugmentOptions = {
  flipChance: [0, 0],
  rotationDegrees: 15,
  logScale: 0.22,
  logAspect: 0.1,
  shear: 0.1,
  shift: 0.12,
  elastic: 0.035,
  elasticKnots: [4, 7],
  logGamma: 0.35,
  contrast: 0.2,
  brightness: 0.08,
  noise: 0.06,
  noiseChance: 0.4,
  blurChance: 0.3,
};

/** Small turns, sizes and shifts only: what a run of a minute or two can use before it ends. */
export const augmentLight: AugmentOptions = { ...augmentNone, rotationDegrees: 10, logScale: 0.1, shift: 0.06 };

/**
 * Where the network's window looks: the offset o = (y, x) of a pixel from the window's centre becomes
 * matrix · o + shift + elastic(pixel), in the unit of the grid.
 */
export interface Warp {
  /** Row-major 2×2 matrix on (y, x). */
  readonly matrix: readonly [number, number, number, number];
  readonly shift: readonly [number, number];
  readonly elastic?: Elastic;
}

/** The warp that changes nothing. */
export const identityWarp: Warp = { matrix: [1, 0, 0, 1], shift: [0, 0] };

/** A random warp: flip · rotation · shear · scale, a shift, and an elastic field where `options.elastic` is not 0. */
export function drawWarp(random: Random, options: AugmentOptions, grid: Grid): Warp {
  const angle = (random.uniform(-1, 1) * options.rotationDegrees * Math.PI) / 180;
  const scale = Math.exp(random.uniform(-1, 1) * options.logScale);
  const aspect = Math.exp((random.uniform(-1, 1) * options.logAspect) / 2);
  const shear = random.uniform(-1, 1) * options.shear;
  const flipY = random.uniform() < options.flipChance[0] ? -1 : 1;
  const flipX = random.uniform() < options.flipChance[1] ? -1 : 1;
  const shift = [0, 1].map((axis) => random.uniform(-1, 1) * options.shift * grid.extent[axis]) as [number, number];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [scaleY, scaleX] = [scale / aspect, scale * aspect];
  const matrix: Warp['matrix'] = [
    flipY * scaleY * (cos - sin * shear),
    -flipY * scaleX * sin,
    flipX * scaleY * (sin + cos * shear),
    flipX * scaleX * cos,
  ];
  if (options.elastic === 0) return { matrix, shift };
  const [fewest, most] = options.elasticKnots;
  const knots = fewest + random.integer(most - fewest + 1);
  return {
    matrix,
    shift,
    elastic: drawElastic(random, knots, [options.elastic * grid.extent[0], options.elastic * grid.extent[1]]),
  };
}

/** Steps of the table that replaces x ** gamma on [0, 1]: a thousand powers instead of one per pixel. */
const gammaSteps = 1024;

/** Replaces each value by its power, and returns the sum of the new ones. */
function applyGamma(image: Float32Array, gamma: number): number {
  const table = new Float32Array(gammaSteps + 2);
  for (let i = 0; i < table.length; i++) table[i] = (i / gammaSteps) ** gamma;
  let sum = 0;
  for (let i = 0; i < image.length; i++) {
    const v = image[i];
    const position = gammaSteps * (v < 0 ? 0 : v > 1 ? 1 : v);
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
