/** Units of features, from their formulas. */
import { describe, expect, it } from 'vitest';
import { featureUnit } from '../../../notebooks/lessons/radiomics/featureUnit.ts';

describe('the unit of a feature', () => {
  it.each([
    ['original_shape_MeshVolume', 'mm³'],
    ['original_shape_Maximum2DDiameterSlice', 'mm'],
    ['original_shape_MajorAxisLength', 'mm'],
    ['original_shape_SurfaceVolumeRatio', '1/mm'],
    ['original_shape_Sphericity', 'none'],
    ['original_firstorder_Mean', 'HU'],
    ['original_firstorder_90Percentile', 'HU'],
    ['original_firstorder_Energy', 'HU²'], // sum of squared HU
    ['original_firstorder_TotalEnergy', 'HU²·mm³'], // that times the volume of a voxel
    ['original_firstorder_Entropy', 'bits'],
    ['original_firstorder_Kurtosis', 'none'],
    ['original_glcm_JointEntropy', 'bits'],
    ['original_glcm_ClusterProminence', 'levels⁴'], // Σ (i + j − 2 µ)⁴ p
    ['original_glcm_Correlation', 'none'],
    ['original_glszm_LargeAreaEmphasis', 'voxels²'], // Σ size² p
    ['original_glszm_SmallAreaLowGrayLevelEmphasis', '1/(voxels²·levels²)'],
    ['original_glszm_GrayLevelNonUniformityNormalized', 'none'],
    ['original_gldm_LargeDependenceEmphasis', 'voxels²'],
    ['original_gldm_GrayLevelVariance', 'levels²'],
    ['original_ngtdm_Strength', 'levels'], // Σ (p + p) (i − j)² / Σ s, and s is a sum of levels
    ['original_ngtdm_Busyness', 'none'], // Σ p s / Σ |i p − j p|, both in levels
  ])('%s is in %s', (feature, unit) => expect(featureUnit(feature)).toBe(unit));
});
