/** From painted anatomy to a CT series: blur, noise, rounding, and the orientation in which it is stored. */
import type { Random } from '../../random.ts';
import { toGeometryOf } from '../../volume/orientation.ts';
import type { Affine, Vec3, Volume, VoxelArray } from '../../volume/volume.ts';
import type { Canvas } from './canvas.ts';
import { blurInPlace, scannerNoise } from './fields.ts';

/** Orientations that the files of a cohort come in: the common axial ones, and some with other axis orders. */
const orientations: readonly string[] = ['LPS', 'RAS', 'LAS', 'RPS', 'LPI', 'RAI', 'PSL', 'SLA', 'RSP', 'ILP'];

/** Places with a common axial orientation in `orientations`; they are drawn more often. */
const axialCount = 6;

/** HU as the scanner stores them: blurred by its resolution, noisy, whole numbers from -1024 to 3071. */
export function scan(canvas: Canvas, noiseHu: number, random: Random): Int16Array {
  const { hu, shape } = canvas;
  blurInPlace(hu, shape, [0.45, 0.45, 0.35]);
  const noise = scannerNoise(random, shape, noiseHu, 0.6);
  const out = new Int16Array(hu.length);
  for (let i = 0; i < out.length; i++) out[i] = Math.min(Math.max(Math.round(hu[i]! + noise[i]!), -1024), 3071);
  return out;
}

interface Placement {
  /** Orientation codes of the stored axes, such as `LPS`. */
  readonly orientation: string;
  /** Tilt of the slices about the left-right axis in radians: makes the affine oblique. */
  readonly tilt: number;
  /** RAS+ millimetres of the volume's centre. */
  readonly centreMm: Vec3;
}

/** How a series is stored: orientation, a tilt in a quarter of the patients, and where the scanner's origin was. */
export function drawPlacement(random: Random): Placement {
  const orientation =
    random.uniform() < 0.7
      ? orientations[random.integer(axialCount)]!
      : orientations[axialCount + random.integer(orientations.length - axialCount)]!;
  const tilt = random.uniform() < 0.25 ? random.uniform(-0.14, 0.14) : 0;
  return { orientation, tilt, centreMm: [random.normal(0, 20), random.normal(-160, 25), random.normal(-250, 150)] };
}

/** Unit vector in RAS+ towards a side of the patient. */
function directionOf(code: string): Vec3 {
  const axis = ['RL', 'AP', 'SI'].findIndex((pair) => pair.includes(code));
  const sign = 'RAS'.includes(code) ? 1 : -1;
  return [0, 1, 2].map((i) => (i === axis ? sign : 0)) as unknown as Vec3;
}

/** The affine of a grid whose axes run towards `codes` and whose middle is at the placement's centre. */
function affineOf(codes: readonly string[], shape: Vec3, spacingMm: Vec3, { tilt, centreMm }: Placement): Affine {
  const [c, s] = [Math.cos(tilt), Math.sin(tilt)];
  const columns = codes.map((code, i) => {
    const [x, y, z] = directionOf(code);
    return [x, c * y - s * z, s * y + c * z].map((v) => v * spacingMm[i]!);
  });
  const row = (r: number): number[] => {
    const steps = columns.map((column) => column[r]!);
    return [...steps, centreMm[r]! - steps.reduce((sum, step, i) => sum + (step * (shape[i]! - 1)) / 2, 0)];
  };
  return [...row(0), ...row(1), ...row(2), 0, 0, 0, 1];
}

/**
 * Stores canonical voxels (axes L, P, S; x fastest) in the placement's axis order, with the affine that belongs to it.
 */
export function store<T extends VoxelArray>(data: T, shape: Vec3, spacingMm: Vec3, placement: Placement): Volume<T> {
  const codes = [...placement.orientation];
  const from = codes.map((code) => ['LR', 'PA', 'SI'].findIndex((pair) => pair.includes(code)));
  const storedShape = from.map((axis) => shape[axis]!) as unknown as Vec3;
  const storedSpacing = from.map((axis) => spacingMm[axis]!) as unknown as Vec3;
  const canonical = { data, shape, spacingMm, affine: affineOf(['L', 'P', 'S'], shape, spacingMm, placement) };
  const affine = affineOf(codes, storedShape, storedSpacing, placement);
  return toGeometryOf(canonical, { data, shape: storedShape, spacingMm: storedSpacing, affine });
}
