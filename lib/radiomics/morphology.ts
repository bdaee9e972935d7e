/**
 * What IBSI's morphology (HCUG) has beyond PyRadiomics' shape features.
 *
 * Symbols: V and A volume and area of the mesh; xₖ the N grey values, μ their mean; λ₁ ≥ λ₂ ≥ λ₃ the variances of the
 * voxel centres along the principal axes, a ≥ b ≥ c = 2 √λ the half axes of the enclosing ellipsoid. These variances
 * are divided by N − 1 (PyRadiomics: N): only so do IBSI's reference values for axes and ellipsoid hold. Source: IBSI
 * manual 3.1. The densities by oriented box and minimum ellipsoid, for which IBSI has no consensus, are left out.
 *
 * Worked example, a plate of 4×4 voxels of 1 mm: the mesh's box is 4 × 4 × 1, so the volume density is (73/6)/16. With
 * the values 1 in the left half and 2 in the right (columns x = 0 … 3) the weighted centre is
 * (0 + 1 + 2·2 + 2·3)/6 = 11/6, the geometric 3/2: shift 1/3.
 * Every feature with a worked example: docs/features/morphology.md.
 */
import type { Vec3 } from '../volume/volume.ts';
import type { FeatureValues } from './aggregation.ts';
import { convexHull } from './convexHull.ts';
import { hullCandidates } from './diameters.ts';
import { meshMeasures, meshVertices } from './mesh.ts';
import { principalVariances } from './principalAxes.ts';
import { type Roi, roiMask } from './roi.ts';

/** The two measures of autocorrelation compare every voxel with every other; beyond so many they are NaN. */
const mostAutocorrelationVoxels = 20000;

/**
 * IBSI's area of an ellipsoid with half axes a ≥ b ≥ c, terms 0 to 20 of its series. It is not the true area, for which
 * the second eccentricity would be √(1 − c²/b²) and the first √(1 − c²/a²), but IBSI's reference value holds only so.
 */
function ellipsoidArea(a: number, b: number, c: number): number {
  const [alpha2, beta2] = [1 - (b / a) ** 2, 1 - (c / a) ** 2];
  const [middle, product2] = [(alpha2 + beta2) / 2, alpha2 * beta2];
  // Legendre polynomials of (α² + β²) / 2αβ by Bonnet's recursion, times (αβ)^ν: so nothing is
  // divided by α, which is 0 for a = b.
  let [previous, current, sum] = [1, middle, 1];
  for (let v = 1; v <= 20; v++) {
    sum += current / (1 - 4 * v * v);
    const next = ((2 * v + 1) * middle * current - v * product2 * previous) / (v + 1);
    previous = current;
    current = next;
  }
  return 4 * Math.PI * a * b * sum;
}

function positions({ shape: [width, height], voxels, spacingMm }: Roi): Float64Array {
  const mm = new Float64Array(3 * voxels.length);
  for (let k = 0; k < voxels.length; k++) {
    const v = voxels[k]!;
    mm[3 * k] = (v % width) * spacingMm[0];
    mm[3 * k + 1] = (Math.floor(v / width) % height) * spacingMm[1];
    mm[3 * k + 2] = Math.floor(v / (width * height)) * spacingMm[2];
  }
  return mm;
}

/** Distance in mm between the centre of the voxels and their centre weighted with the grey values. */
function centreShift(mm: Float64Array, values: Float64Array): number {
  const total = values.reduce((a, b) => a + b, 0);
  const shift = [0, 1, 2].map((axis) => {
    let [plain, weighted] = [0, 0];
    for (let k = 0; k < values.length; k++) {
      plain += mm[3 * k + axis]!;
      weighted += mm[3 * k + axis]! * values[k]!;
    }
    return plain / values.length - weighted / total;
  });
  return Math.hypot(...shift);
}

/** Moran's I and Geary's C with weights 1 / distance. */
function autocorrelation(mm: Float64Array, values: Float64Array, mean: number): { moran: number; geary: number } {
  const n = values.length;
  if (n > mostAutocorrelationVoxels) return { moran: NaN, geary: NaN };
  let [weights, products, differences, squares] = [0, 0, 0, 0];
  for (let a = 0; a < n; a++) {
    const [x, y, z, value] = [mm[3 * a]!, mm[3 * a + 1]!, mm[3 * a + 2]!, values[a]!];
    squares += (value - mean) ** 2;
    for (let b = 0; b < a; b++) {
      const w = 1 / Math.sqrt((mm[3 * b]! - x) ** 2 + (mm[3 * b + 1]! - y) ** 2 + (mm[3 * b + 2]! - z) ** 2);
      weights += w;
      products += w * (value - mean) * (values[b]! - mean);
      differences += w * (value - values[b]!) ** 2;
    }
  }
  // Each pair was met once, the definition sums it twice.
  return { moran: (n * products) / weights / squares, geary: ((n - 1) * differences) / weights / 2 / squares };
}

/** Lengths in mm of the box around the mesh. */
function meshBoxMm(vertices: Int32Array, spacingMm: Vec3): Vec3 {
  const [low, high] = [Infinity, -Infinity].map((start) => [start, start, start]);
  for (let at = 0; at < vertices.length; at++) {
    low[at % 3] = Math.min(low[at % 3]!, vertices[at]!);
    high[at % 3] = Math.max(high[at % 3]!, vertices[at]!);
  }
  return spacingMm.map((s, axis) => ((high[axis]! - low[axis]!) * s) / 2) as unknown as Vec3;
}

/**
 * All features of the family, in mm, mm² and mm³; `values`: grey values of the ROI's voxels. An empty ROI gives NaN.
 */
export function morphologyFeatures(roi: Roi, values: Float64Array): FeatureValues {
  const { shape, spacingMm } = roi;
  const mask = roiMask(roi);
  const { areaMm2: area, volumeMm3: volume } = meshMeasures(mask, shape, spacingMm);
  const vertices = meshVertices(mask, shape);
  const [x, y, z] = meshBoxMm(vertices, spacingMm);
  const hull = convexHull(hullCandidates(vertices, shape), spacingMm.map((s) => s / 2) as unknown as Vec3);
  const unbiased = values.length / (values.length - 1);
  const [a, b, c] = principalVariances(roi).map((variance) => 2 * Math.sqrt(variance * unbiased));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const mm = positions(roi);
  const { moran, geary } = autocorrelation(mm, values, mean);
  const sphere = 36 * Math.PI * volume ** 2;
  return {
    /** V / (√π A^(3/2)). IBSI SKGS. */
    Compactness1: volume / (Math.sqrt(Math.PI) * area ** 1.5),
    /** 36 π V² / A³. IBSI BQWJ. */
    Compactness2: sphere / area ** 3,
    /** A / (36 π V²)^(1/3). IBSI KRCK. */
    SphericalDisproportion: area / Math.cbrt(sphere),
    /** A / (36 π V²)^(1/3) − 1. IBSI 25C7. */
    Asphericity: Math.cbrt(area ** 3 / sphere) - 1,
    /**
     * Distance of the centres of voxels and of grey values. IBSI KLMA. Equal values: 0;
     * values that sum to 0: not finite.
     */
    CentreOfMassShift: centreShift(mm, values),
    /** 2 a = 4 √λ₁. IBSI TDIC. */
    MajorAxisLength: 2 * a,
    /** 2 b = 4 √λ₂. IBSI P9VJ. */
    MinorAxisLength: 2 * b,
    /** 2 c = 4 √λ₃. IBSI 7J51. One slice: 0. */
    LeastAxisLength: 2 * c,
    /** V / volume of the box around the mesh. IBSI PBX1. */
    VolumeDensityBoundingBox: volume / (x * y * z),
    /** A / area of the box around the mesh. IBSI R59B. */
    AreaDensityBoundingBox: area / (2 * (x * y + y * z + z * x)),
    /** V / (4 π a b c / 3). IBSI 6BDE. One slice: infinite. */
    VolumeDensityEllipsoid: volume / ((4 * Math.PI * a * b * c) / 3),
    /** A / area of the ellipsoid. IBSI RDD2. */
    AreaDensityEllipsoid: area / ellipsoidArea(a, b, c),
    /** V / volume of the convex hull of the mesh. IBSI R3ER. */
    VolumeDensityConvexHull: volume / hull.volumeMm3,
    /** A / area of the convex hull of the mesh. IBSI 7T7F. */
    AreaDensityConvexHull: area / hull.areaMm2,
    /** μ V. IBSI 99N0. */
    IntegratedIntensity: mean * volume,
    /**
     * N Σ wₖₗ (xₖ − μ)(xₗ − μ) / (Σ wₖₗ Σ (xₖ − μ)²), w = 1 / distance. IBSI N365.
     * Equal values, or too many voxels: NaN.
     */
    MoranI: moran,
    /** (N − 1) Σ wₖₗ (xₖ − xₗ)² / (2 Σ wₖₗ Σ (xₖ − μ)²). IBSI NPT7. Equal values, or too many voxels: NaN. */
    GearyC: geary,
  };
}
