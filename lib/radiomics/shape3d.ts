/**
 * Shape of the ROI in three dimensions (IBSI HCUG, morphology), PyRadiomics' set.
 *
 * Symbols: V and A volume and area of the mesh (mesh.ts); λ₁ ≥ λ₂ ≥ λ₃ the variances of the voxel centres along the
 * principal axes, divided by the number of voxels N as in PyRadiomics (morphology.ts has IBSI's lengths, with N − 1).
 * Source: IBSI manual 3.1; PyRadiomics 3.0.1.
 *
 * Worked example, a plate of 4×4 voxels of 1 mm: V = 73/6 and A = 18 + 24·√½ + √3 (see mesh.ts), voxel volume 16,
 * λ₁ = λ₂ = (4² − 1)/12 = 5/4, λ₃ = 0, so elongation 1, flatness 0, major axis 4·√(5/4). The farthest corners of the
 * mesh are (−1/2, 0, 0) and (3 + 1/2, 3, 0): diameter √(4² + 3²) = 5.
 * Every feature with a worked example: docs/features/shape.md.
 */
import type { FeatureValues } from './aggregation.ts';
import { hullCandidates, largestDiameter, largestPlaneDiameter } from './diameters.ts';
import { meshMeasures, meshVertices } from './mesh.ts';
import { principalVariances } from './principalAxes.ts';
import { type Roi, roiMask } from './roi.ts';

/** All features of the family, in mm, mm² and mm³. An empty ROI gives 0 or NaN. */
export function shape3dFeatures(roi: Roi): FeatureValues {
  const mask = roiMask(roi);
  const { shape, spacingMm } = roi;
  const { areaMm2: area, volumeMm3: volume } = meshMeasures(mask, shape, spacingMm);
  const vertices = meshVertices(mask, shape);
  const [major, minor, least] = principalVariances(roi);
  return {
    /** V. IBSI RNU0. */
    MeshVolume: volume,
    /** N times the volume of a voxel. IBSI YEKZ. */
    VoxelVolume: roi.voxels.length * spacingMm[0] * spacingMm[1] * spacingMm[2],
    /** A. IBSI C0JK. */
    SurfaceArea: area,
    /** A / V. IBSI 2PR5. */
    SurfaceVolumeRatio: area / volume,
    /** (36 π V²)^(1/3) / A, 1 for a sphere. IBSI QCFX. */
    Sphericity: Math.cbrt(36 * Math.PI * volume ** 2) / area,
    /** Largest distance between two corners of the mesh. IBSI L0JK. */
    Maximum3DDiameter: largestDiameter(hullCandidates(vertices, shape), spacingMm),
    /** The same within planes across z. Not in IBSI. */
    Maximum2DDiameterSlice: largestPlaneDiameter(vertices, shape, spacingMm, 2),
    /** Within planes across y. Not in IBSI. */
    Maximum2DDiameterColumn: largestPlaneDiameter(vertices, shape, spacingMm, 1),
    /** Within planes across x. Not in IBSI. */
    Maximum2DDiameterRow: largestPlaneDiameter(vertices, shape, spacingMm, 0),
    /** 4 √λ₁. IBSI's (TDIC) divides by N − 1, see morphology.ts. */
    MajorAxisLength: 4 * Math.sqrt(major),
    /** 4 √λ₂. IBSI's (P9VJ) divides by N − 1. */
    MinorAxisLength: 4 * Math.sqrt(minor),
    /** 4 √λ₃. IBSI's (7J51) divides by N − 1. One slice: 0. */
    LeastAxisLength: 4 * Math.sqrt(least),
    /** √(λ₂ / λ₁). IBSI Q3CK. A line: 0. */
    Elongation: Math.sqrt(minor / major),
    /** √(λ₃ / λ₁). IBSI N17B. One slice: 0. */
    Flatness: Math.sqrt(least / major),
  };
}
