/** What a feature is measured in, for the axes of figures. */

/**
 * Units by the ending of a feature's name, the first that fits: HU for grey values, `levels` for grey values in bins,
 * `voxels` for lengths of runs and sizes of zones, bits for entropies to the base 2.
 */
const units: readonly (readonly [RegExp, string])[] = [
  [/^shape_(Mesh|Voxel)Volume$/, 'mm³'],
  [/^shape_SurfaceArea$/, 'mm²'],
  [/^shape_SurfaceVolumeRatio$/, '1/mm'],
  [/^shape_(Maximum.*Diameter.*|.*AxisLength)$/, 'mm'],
  [/^firstorder_TotalEnergy$/, 'HU²·mm³'],
  [/^firstorder_(Energy|Variance)$/, 'HU²'],
  [/^firstorder_(Skewness|Kurtosis|Uniformity)$/, 'none'],
  [/Entropy$/, 'bits'],
  [/^firstorder_/, 'HU'],
  [/(LargeArea|LongRun|LargeDependence)HighGrayLevelEmphasis$/, 'voxels²·levels²'],
  [/(LargeArea|LongRun|LargeDependence)LowGrayLevelEmphasis$/, 'voxels²/levels²'],
  [/(SmallArea|ShortRun|SmallDependence)HighGrayLevelEmphasis$/, 'levels²/voxels²'],
  [/(SmallArea|ShortRun|SmallDependence)LowGrayLevelEmphasis$/, '1/(voxels²·levels²)'],
  [/(LargeArea|LongRun|LargeDependence)Emphasis$/, 'voxels²'],
  [/(SmallArea|ShortRun|SmallDependence)Emphasis$/, '1/voxels²'],
  [/(Zone|Run|Dependence)Variance$/, 'voxels²'],
  [/HighGrayLevel(Run|Zone)?Emphasis$/, 'levels²'],
  [/LowGrayLevel(Run|Zone)?Emphasis$/, '1/levels²'],
  [/^glcm_(Autocorrelation|ClusterTendency|Contrast|DifferenceVariance|SumSquares)$|GrayLevelVariance$/, 'levels²'],
  [/^glcm_(DifferenceAverage|JointAverage|SumAverage)$/, 'levels'],
  [/^glcm_InverseVariance$/, '1/levels²'],
  [/^ngtdm_Coarseness$/, '1/levels'],
  [/^ngtdm_Strength$/, 'levels'],
  [/^ngtdm_Complexity$/, 'levels²'],
  [/^(glcm_ClusterShade|ngtdm_Contrast)$/, 'levels³'],
  [/^glcm_ClusterProminence$/, 'levels⁴'],
];

/** The unit of a feature named as PyRadiomics does (`original_glcm_JointEntropy`); `none` for pure numbers. */
export const featureUnit = (feature: string): string =>
  units.find(([ending]) => ending.test(feature.replace(/^[^_]+_/, '')))?.[1] ?? 'none';
