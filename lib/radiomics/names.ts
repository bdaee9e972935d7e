/**
 * Names of all features, in one table: ours, PyRadiomics', IBSI's, with IBSI's short tag and four-letter code.
 *
 * Our name is PyRadiomics' where it has the feature. A dash stands where a tool lacks a feature or defines it
 * otherwise. Sources: PyRadiomics 3.0.1; IBSI reference manual (arXiv:1612.07003) and the tags of its reference values.
 */
import { expected } from '../errors.ts';

/** The families of features, in the order of results. */
export const families = [
  'shape',
  'shape2D',
  'morphology',
  'firstorder',
  'histogram',
  'glcm',
  'glrlm',
  'glszm',
  'gldm',
  'ngtdm',
] as const;
export type Family = (typeof families)[number];

/** PyRadiomics' seven families of a three-dimensional ROI. */
export const standardFamilies: readonly Family[] = ['shape', 'firstorder', 'glcm', 'glrlm', 'glszm', 'gldm', 'ngtdm'];
/** Families that describe the mask (and, in morphology, the image as it is): made once, for the original image only. */
export const shapeFamilies: readonly Family[] = ['shape', 'shape2D', 'morphology'];

export interface FeatureName {
  readonly family: Family;
  /** Our name within the family. */
  readonly name: string;
  /** PyRadiomics' name within its family of the same name; undefined where it lacks the feature. */
  readonly pyradiomics?: string;
  /** IBSI's name; undefined where it lacks the feature. */
  readonly ibsi?: string;
  /** IBSI's tag, without the suffix of the aggregation. */
  readonly ibsiTag?: string;
  readonly ibsiCode?: string;
}

/** Rows of: our name | PyRadiomics' (= the same, - none) | IBSI's | IBSI's tag | IBSI's code. */
const tables: Record<Family, string> = {
  shape: `
    MeshVolume | = | volume | morph_volume | RNU0
    VoxelVolume | = | approximate volume | morph_vol_approx | YEKZ
    SurfaceArea | = | surface area | morph_area_mesh | C0JK
    SurfaceVolumeRatio | = | surface to volume ratio | morph_av | 2PR5
    Sphericity | = | sphericity | morph_sphericity | QCFX
    Maximum3DDiameter | = | maximum 3D diameter | morph_diam | L0JK
    Maximum2DDiameterSlice | = | - | - | -
    Maximum2DDiameterColumn | = | - | - | -
    Maximum2DDiameterRow | = | - | - | -
    MajorAxisLength | = | - | - | -
    MinorAxisLength | = | - | - | -
    LeastAxisLength | = | - | - | -
    Elongation | = | elongation | morph_pca_elongation | Q3CK
    Flatness | = | flatness | morph_pca_flatness | N17B
  `,
  shape2D: `
    MeshSurface | = | - | - | -
    PixelSurface | = | - | - | -
    Perimeter | = | - | - | -
    PerimeterSurfaceRatio | = | - | - | -
    Sphericity | = | - | - | -
    MaximumDiameter | = | - | - | -
    MajorAxisLength | = | - | - | -
    MinorAxisLength | = | - | - | -
    Elongation | = | - | - | -
  `,
  morphology: `
    Compactness1 | - | compactness 1 | morph_comp_1 | SKGS
    Compactness2 | - | compactness 2 | morph_comp_2 | BQWJ
    SphericalDisproportion | - | spherical disproportion | morph_sph_dispr | KRCK
    Asphericity | - | asphericity | morph_asphericity | 25C7
    CentreOfMassShift | - | centre of mass shift | morph_com | KLMA
    MajorAxisLength | - | major axis length | morph_pca_maj_axis | TDIC
    MinorAxisLength | - | minor axis length | morph_pca_min_axis | P9VJ
    LeastAxisLength | - | shortest axis length | morph_pca_least_axis | 7J51
    VolumeDensityBoundingBox | - | axis-aligned bounding box volume density | morph_vol_dens_aabb | PBX1
    AreaDensityBoundingBox | - | axis-aligned bounding box area density | morph_area_dens_aabb | R59B
    VolumeDensityEllipsoid | - | approximate enclosing ellipsoid volume density | morph_vol_dens_aee | 6BDE
    AreaDensityEllipsoid | - | approximate enclosing ellipsoid area density | morph_area_dens_aee | RDD2
    VolumeDensityConvexHull | - | convex hull volume density | morph_vol_dens_conv_hull | R3ER
    AreaDensityConvexHull | - | convex hull area density | morph_area_dens_conv_hull | 7T7F
    IntegratedIntensity | - | integrated intensity | morph_integ_int | 99N0
    MoranI | - | Moran's I index | morph_moran_i | N365
    GearyC | - | Geary's C measure | morph_geary_c | NPT7
  `,
  firstorder: `
    Energy | = | energy | stat_energy | N8CA
    TotalEnergy | = | - | - | -
    Entropy | = | entropy | ih_entropy | TLU2
    Minimum | = | minimum | stat_min | 1GSF
    10Percentile | = | 10th percentile | stat_p10 | QG58
    90Percentile | = | 90th percentile | stat_p90 | 8DWT
    Maximum | = | maximum | stat_max | 84IY
    Mean | = | mean | stat_mean | Q4LE
    Median | = | median | stat_median | Y12H
    InterquartileRange | = | interquartile range | stat_iqr | SALO
    Range | = | range | stat_range | 2OJQ
    MeanAbsoluteDeviation | = | mean absolute deviation | stat_mad | 4FUA
    RobustMeanAbsoluteDeviation | = | robust mean absolute deviation | stat_rmad | 1128
    RootMeanSquared | = | root mean square | stat_rms | 5ZWQ
    StandardDeviation | = | - | - | -
    Skewness | = | skewness | stat_skew | KE2A
    Kurtosis | = | - | - | -
    ExcessKurtosis | - | excess kurtosis | stat_kurt | IPH6
    Variance | = | variance | stat_var | ECT3
    Uniformity | = | uniformity | ih_uniformity | BJ5W
    MedianAbsoluteDeviation | - | median absolute deviation | stat_medad | N72L
    CoefficientOfVariation | - | coefficient of variation | stat_cov | 7TET
    QuartileCoefficientOfDispersion | - | quartile coefficient of dispersion | stat_qcod | 9S40
  `,
  histogram: `
    Mean | - | mean | ih_mean | X6K6
    Variance | - | variance | ih_var | CH89
    Skewness | - | skewness | ih_skew | 88K1
    ExcessKurtosis | - | excess kurtosis | ih_kurt | C3I7
    Median | - | median | ih_median | WIFQ
    Minimum | - | minimum | ih_min | 1PR8
    10Percentile | - | 10th percentile | ih_p10 | GPMT
    90Percentile | - | 90th percentile | ih_p90 | OZ0C
    Maximum | - | maximum | ih_max | 3NCY
    Mode | - | mode | ih_mode | AMMC
    InterquartileRange | - | interquartile range | ih_iqr | WR0O
    Range | - | range | ih_range | 5Z3W
    MeanAbsoluteDeviation | - | mean absolute deviation | ih_mad | D2ZX
    RobustMeanAbsoluteDeviation | - | robust mean absolute deviation | ih_rmad | WRZB
    MedianAbsoluteDeviation | - | median absolute deviation | ih_medad | 4RNL
    CoefficientOfVariation | - | coefficient of variation | ih_cov | CWYJ
    QuartileCoefficientOfDispersion | - | quartile coefficient of dispersion | ih_qcod | SLWD
    Entropy | - | entropy | ih_entropy | TLU2
    Uniformity | - | uniformity | ih_uniformity | BJ5W
    MaximumGradient | - | maximum histogram gradient | ih_max_grad | 12CE
    MaximumGradientLevel | - | maximum histogram gradient grey level | ih_max_grad_g | 8E6O
    MinimumGradient | - | minimum histogram gradient | ih_min_grad | VQB3
    MinimumGradientLevel | - | minimum histogram gradient grey level | ih_min_grad_g | RHQZ
  `,
  glcm: `
    Autocorrelation | = | autocorrelation | cm_auto_corr | QWB0
    JointAverage | = | joint average | cm_joint_avg | 60VM
    ClusterProminence | = | cluster prominence | cm_clust_prom | AE86
    ClusterShade | = | cluster shade | cm_clust_shade | 7NFM
    ClusterTendency | = | cluster tendency | cm_clust_tend | DG8W
    Contrast | = | contrast | cm_contrast | ACUI
    Correlation | = | correlation | cm_corr | NI2N
    DifferenceAverage | = | difference average | cm_diff_avg | TF7R
    DifferenceEntropy | = | difference entropy | cm_diff_entr | NTRS
    DifferenceVariance | = | difference variance | cm_diff_var | D3YU
    Dissimilarity | - | dissimilarity | cm_dissimilarity | 8S9J
    JointEnergy | = | angular second moment | cm_energy | 8ZQL
    JointEntropy | = | joint entropy | cm_joint_entr | TU9B
    Imc1 | = | first measure of information correlation | cm_info_corr1 | R8DG
    Imc2 | = | second measure of information correlation | cm_info_corr2 | JN9H
    Idm | = | inverse difference moment | cm_inv_diff_mom | WF0Z
    MCC | = | - | - | -
    Idmn | = | normalised inverse difference moment | cm_inv_diff_mom_norm | 1QCO
    Id | = | inverse difference | cm_inv_diff | IB1Z
    Idn | = | normalised inverse difference | cm_inv_diff_norm | NDRX
    InverseVariance | = | inverse variance | cm_inv_var | E8JP
    MaximumProbability | = | joint maximum | cm_joint_max | GYBY
    SumAverage | = | sum average | cm_sum_avg | ZGXS
    SumVariance | - | sum variance | cm_sum_var | OEEB
    SumEntropy | = | sum entropy | cm_sum_entr | P6QZ
    SumSquares | = | joint variance | cm_joint_var | UR99
  `,
  glrlm: `
    ShortRunEmphasis | = | short runs emphasis | rlm_sre | 22OV
    LongRunEmphasis | = | long runs emphasis | rlm_lre | W4KF
    LowGrayLevelRunEmphasis | = | low grey level run emphasis | rlm_lgre | V3SW
    HighGrayLevelRunEmphasis | = | high grey level run emphasis | rlm_hgre | G3QZ
    ShortRunLowGrayLevelEmphasis | = | short run low grey level emphasis | rlm_srlge | HTZT
    ShortRunHighGrayLevelEmphasis | = | short run high grey level emphasis | rlm_srhge | GD3A
    LongRunLowGrayLevelEmphasis | = | long run low grey level emphasis | rlm_lrlge | IVPO
    LongRunHighGrayLevelEmphasis | = | long run high grey level emphasis | rlm_lrhge | 3KUM
    GrayLevelNonUniformity | = | grey level non-uniformity | rlm_glnu | R5YN
    GrayLevelNonUniformityNormalized | = | normalised grey level non-uniformity | rlm_glnu_norm | OVBL
    RunLengthNonUniformity | = | run length non-uniformity | rlm_rlnu | W92Y
    RunLengthNonUniformityNormalized | = | normalised run length non-uniformity | rlm_rlnu_norm | IC23
    RunPercentage | = | run percentage | rlm_r_perc | 9ZK5
    GrayLevelVariance | = | grey level variance | rlm_gl_var | 8CE5
    RunVariance | = | run length variance | rlm_rl_var | SXLW
    RunEntropy | = | run entropy | rlm_rl_entr | HJ9O
  `,
  glszm: `
    SmallAreaEmphasis | = | small zone emphasis | szm_sze | 5QRC
    LargeAreaEmphasis | = | large zone emphasis | szm_lze | 48P8
    LowGrayLevelZoneEmphasis | = | low grey level zone emphasis | szm_lgze | XMSY
    HighGrayLevelZoneEmphasis | = | high grey level zone emphasis | szm_hgze | 5GN9
    SmallAreaLowGrayLevelEmphasis | = | small zone low grey level emphasis | szm_szlge | 5RAI
    SmallAreaHighGrayLevelEmphasis | = | small zone high grey level emphasis | szm_szhge | HW1V
    LargeAreaLowGrayLevelEmphasis | = | large zone low grey level emphasis | szm_lzlge | YH51
    LargeAreaHighGrayLevelEmphasis | = | large zone high grey level emphasis | szm_lzhge | J17V
    GrayLevelNonUniformity | = | grey level non-uniformity | szm_glnu | JNSA
    GrayLevelNonUniformityNormalized | = | normalised grey level non-uniformity | szm_glnu_norm | Y1RO
    SizeZoneNonUniformity | = | zone size non-uniformity | szm_zsnu | 4JP3
    SizeZoneNonUniformityNormalized | = | normalised zone size non-uniformity | szm_zsnu_norm | VB3A
    ZonePercentage | = | zone percentage | szm_z_perc | P30P
    GrayLevelVariance | = | grey level variance | szm_gl_var | BYLV
    ZoneVariance | = | zone size variance | szm_zs_var | 3NSA
    ZoneEntropy | = | zone size entropy | szm_zs_entr | GU8N
  `,
  gldm: `
    SmallDependenceEmphasis | = | low dependence emphasis | ngl_lde | SODN
    LargeDependenceEmphasis | = | high dependence emphasis | ngl_hde | IMOQ
    LowGrayLevelEmphasis | = | low grey level count emphasis | ngl_lgce | TL9H
    HighGrayLevelEmphasis | = | high grey level count emphasis | ngl_hgce | OAE7
    SmallDependenceLowGrayLevelEmphasis | = | low dependence low grey level emphasis | ngl_ldlge | EQ3F
    SmallDependenceHighGrayLevelEmphasis | = | low dependence high grey level emphasis | ngl_ldhge | JA6D
    LargeDependenceLowGrayLevelEmphasis | = | high dependence low grey level emphasis | ngl_hdlge | NBZI
    LargeDependenceHighGrayLevelEmphasis | = | high dependence high grey level emphasis | ngl_hdhge | 9QMG
    GrayLevelNonUniformity | = | grey level non-uniformity | ngl_glnu | FP8K
    GrayLevelNonUniformityNormalized | - | normalised grey level non-uniformity | ngl_glnu_norm | 5SPA
    DependenceNonUniformity | = | dependence count non-uniformity | ngl_dcnu | Z87G
    DependenceNonUniformityNormalized | = | normalised dependence count non-uniformity | ngl_dcnu_norm | OKJI
    DependencePercentage | - | dependence count percentage | ngl_dc_perc | 6XV8
    GrayLevelVariance | = | grey level variance | ngl_gl_var | 1PFV
    DependenceVariance | = | dependence count variance | ngl_dc_var | DNX2
    DependenceEntropy | = | dependence count entropy | ngl_dc_entr | FCBV
    DependenceEnergy | - | dependence count energy | ngl_dc_energy | CAS9
  `,
  ngtdm: `
    Coarseness | = | coarseness | ngt_coarseness | QCDE
    Contrast | = | contrast | ngt_contrast | 65HE
    Busyness | = | busyness | ngt_busyness | NQ30
    Complexity | = | complexity | ngt_complexity | HDEZ
    Strength | = | strength | ngt_strength | 1X9X
  `,
};

function rowsOf(family: Family): FeatureName[] {
  return tables[family]
    .trim()
    .split('\n')
    .map((line) => {
      const [name, theirs, ibsi, ibsiTag, ibsiCode] = line
        .split('|')
        .map((cell) => cell.trim())
        .map((cell) => (cell === '-' ? undefined : cell));
      const pyradiomics = theirs === '=' ? name : theirs;
      return {
        family,
        name: name!,
        ...(pyradiomics && { pyradiomics }),
        ...(ibsi && { ibsi }),
        ...(ibsiTag && { ibsiTag }),
        ...(ibsiCode && { ibsiCode }),
      };
    });
}

/** Every feature, family by family. */
export const featureNames: readonly FeatureName[] = families.flatMap(rowsOf);

/**
 * Whether PyRadiomics makes the feature by default, or the whole family is not PyRadiomics'. It leaves out
 * StandardDeviation, the root of Variance.
 */
export const isStandard = ({ family, pyradiomics }: FeatureName): boolean =>
  family === 'morphology' ||
  family === 'histogram' ||
  (pyradiomics !== undefined && pyradiomics !== 'StandardDeviation');

/** A feature in a result: image type, family, name, such as `original_glcm_Contrast` (PyRadiomics' way). */
export const resultKey = (image: string, family: Family, name: string): string => `${image}_${family}_${name}`;

/**
 * The row of a key such as `original_glcm_Contrast` or `wavelet-LLH_glcm_Contrast`. Throws a UserError on any other.
 */
export function featureOf(key: string): FeatureName {
  const [, family, name] = /_([A-Za-z0-9]+)_([A-Za-z0-9]+)$/.exec(key) ?? [];
  const row = featureNames.find((feature) => feature.family === family && feature.name === name);
  if (!row) throw expected('a feature such as original_glcm_Contrast', `"${key}"`);
  return row;
}
