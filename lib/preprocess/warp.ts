/** The geometric part of augmentation: one map that image and mask share, drawn at random. */
import type { Random } from '../random.ts';
import type { AugmentOptions } from './augment.ts';
import { drawElastic, type Elastic } from './elastic.ts';

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

export const identityWarp: Warp = { matrix: [1, 0, 0, 1], shift: [0, 0] };

/** The window of a grid: its height and width, in the unit of the grid. */
interface WindowExtent {
  readonly extent: readonly [number, number];
}

/** A random warp: flip · rotation · shear · scale, a shift, and an elastic field where `options.elastic` is not 0. */
export function drawWarp(random: Random, options: AugmentOptions, { extent }: WindowExtent): Warp {
  const angle = (random.uniform(-1, 1) * options.rotationDegrees * Math.PI) / 180;
  const scale = Math.exp(random.uniform(-1, 1) * options.logScale);
  const aspect = Math.exp((random.uniform(-1, 1) * options.logAspect) / 2);
  const shear = random.uniform(-1, 1) * options.shear;
  const flipY = random.uniform() < options.flipChance[0] ? -1 : 1;
  const flipX = random.uniform() < options.flipChance[1] ? -1 : 1;
  const shift = [0, 1].map((axis) => random.uniform(-1, 1) * options.shift * extent[axis]) as [number, number];
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
  const sd = [options.elastic * extent[0], options.elastic * extent[1]] as const;
  return { matrix, shift, elastic: drawElastic(random, knots, sd) };
}
