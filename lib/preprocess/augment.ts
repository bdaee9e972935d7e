/**
 * How strongly training slices are changed at random: their geometry in warp.ts (with the elastic part in elastic.ts),
 * their intensity in intensity.ts. The strengths of `augmentDefault` were chosen on real CT slices, where a small
 * network without augmentation learns its training patients by heart.
 */

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

/** Half as much again as `augmentDefault`, for long runs on very few patients. */
export const augmentStrong: AugmentOptions = {
  ...augmentDefault,
  rotationDegrees: 22,
  logScale: 0.33,
  logAspect: 0.15,
  shear: 0.15,
  shift: 0.16,
  elastic: 0.05,
  logGamma: 0.5,
  contrast: 0.3,
  brightness: 0.12,
  noise: 0.09,
};

/** Small turns, sizes and shifts only: what a run of a minute or two can use before it ends. */
export const augmentLight: AugmentOptions = { ...augmentNone, rotationDegrees: 10, logScale: 0.1, shift: 0.06 };
