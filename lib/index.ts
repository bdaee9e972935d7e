/**
 * The front door of the package `axunet`: what a notebook or a script of one's own needs first, by section.
 * Everything else is had from its room: `import { rocCurve } from 'axunet/statistics/roc'`.
 */
// biome-ignore-all assist/source/organizeImports: by section, as one reads it

// Volumes: voxels with shape [x, y, z], spacing in mm and an affine, x fastest
export { readNifti, writeNifti } from './io/nifti.ts';
export { readNpy } from './io/npy.ts';
export { openImage, openMask } from './scan/openVolume.ts';
export { readVolume } from './scan/readVolume.ts';
export { readDicom } from './dicom/readDicom.ts';
export { largestComponent } from './volume/components.ts';
export { orientationCodes, toCanonical } from './volume/orientation.ts';
export { resampleVolume } from './volume/resample.ts';
export { fullestSlice, summariseValues } from './volume/values.ts';
export { sliceZ, type Vec3, type Volume, voxelVolumeMl } from './volume/volume.ts';

// Data sets: found, checked, divided by patients; and patients that are made
export type { Case, CaseList } from './dataset/caseList.ts';
export { openDataset } from './dataset/cases.ts';
export { parseClasses } from './dataset/classes.ts';
export { foldsOf, makeFolds, splitFold } from './dataset/folds.ts';
export { makePhantomCohort, phantomProfiles } from './dataset/phantom.ts';
export { canonicalCase, readCase } from './dataset/readCase.ts';
export { formatReport, verifyDataset } from './dataset/verify.ts';

// Preprocessing: slices as the network sees them
export { augmentDefault } from './preprocess/augment.ts';
export { openSlices, type SliceSet } from './preprocess/sliceSet.ts';
export { preprocessDataset } from './preprocess/slices.ts';
export { applyWindow, paperWindowHu, softTissueWindowHu } from './preprocess/window.ts';

// The engine and the network
export { compileModel, startEngine, tf } from 'axunet-engine';
export { createAxUnet, type ModelConfig, variants } from './model/axunet.ts';

// Losses: functions of logits [n, h, w, classes] and labels [n, h, w]; `losses` has all by name
export { crossEntropyDice } from './loss/crossEntropyDice.ts';
export type { LossFunction } from './loss/loss.ts';
export { losses } from './loss/losses.ts';
export { paperLoss } from './loss/paperLoss.ts';
export { softDice } from './loss/softDice.ts';

// Makers of losses, which take options: `focal({ gamma: 1 })` is a loss, and so is `focal()`
export { boundaryAware } from './loss/boundaryAware.ts';
export { focal } from './loss/focal.ts';
export { generalizedDice } from './loss/generalizedDice.ts';

// Training: a configuration, a run in a folder, its history and scores
export { defaultAdam, referenceRmsprop } from './step/optimizers.ts';
export { augmentations, describeConfig, type TrainConfig, trainConfig } from './train/config.ts';
export { readHistory } from './train/history.ts';
export { loadRun } from './train/loadRun.ts';
export { presetConfig } from './train/presets.ts';
export { closeRun, describeRun, openRun, slicesOf } from './train/run.ts';
export { scoreRun } from './train/scores.ts';
export { TrainingStopped, train } from './train/trainer.ts';
export { trainFolder } from './train/trainFolder.ts';

// Planning: what a data set is like, and a configuration chosen from it
export { describePlan } from './plan/describePlan.ts';
export { makePlan } from './plan/makePlan.ts';

// Prediction of slices, volumes and files
export { predictFiles } from './predict/files.ts';
export { mirrorNetwork } from './predict/mirror.ts';
export { postprocessMask } from './predict/postprocess.ts';
export { predictSlices } from './predict/predictSlices.ts';
export { predictVolume } from './predict/volume.ts';

// Networks for other programs, and from one
export { exportNetwork } from './export/exportRun.ts';
export { importPdparams } from './export/importRun.ts';

// Evaluation: one pair of masks, a cohort, all folds
export { planFolds } from './crossval/plan.ts';
export { summariseFolds } from './crossval/summary.ts';
export { choosePostprocessing } from './evaluate/choosePostprocessing.ts';
export { summariseCases } from './evaluate/cohort.ts';
export { evaluateFiles } from './evaluate/files.ts';
export { maskPair } from './evaluate/maskPair.ts';
export { formatScores } from './evaluate/formatScores.ts';
export { type MaskScores, metricNames, scoreMasks } from './evaluate/metrics.ts';
export { overlapCounts, summariseOverlap } from './evaluate/overlap.ts';
export { formatEvaluation } from './evaluate/formatReport.ts';
export { makeReport } from './evaluate/report.ts';

// Radiomics
export { extractCohort } from './radiomics/cohort.ts';
export { extractFeatures } from './radiomics/extract.ts';
export { laplacianOfGaussian } from './radiomics/filters/laplacianOfGaussian.ts';
export { waveletTransform } from './radiomics/filters/wavelet.ts';
export { featureNames } from './radiomics/names.ts';
export { type RadiomicsSettings, radiomicsSettings } from './radiomics/settings.ts';
export { readCohort } from './radiomics/table.ts';

// Statistics
export { pairedBootstrap } from './statistics/bootstrap.ts';
export { cliffDelta } from './statistics/cliffDelta.ts';
export { hedgesG } from './statistics/hedgesG.ts';
export { mannWhitney } from './statistics/mannWhitney.ts';
export { benjaminiHochberg, holm } from './statistics/multipleTesting.ts';
export { permutationTest } from './statistics/permutationTest.ts';
export { rocAuc } from './statistics/roc.ts';
export { formatMeanSd, summarise } from './statistics/summary.ts';
export { pairedTTest } from './statistics/tTest.ts';
export { welchTTest } from './statistics/welch.ts';
export { wilcoxon } from './statistics/wilcoxon.ts';

// Figures and tables
export type { Figure } from './figures/figure.ts';
export { metricsByPatient } from './figures/metricsByPatient.ts';
export { overlayGrid } from './figures/overlayGrid.ts';
export { predictionOverlays } from './figures/predictionOverlays.ts';
export { toPng } from './figures/render.ts';
export { saveFigure } from './figures/saveFigure.ts';
export { showFigure } from './figures/show.ts';
export { fullestOfPatients, overlayCases, predictedCases, preparedSlice } from './figures/sliceExamples.ts';
export { huSlice } from './figures/slicePicture.ts';
export { type Table, toTable } from './figures/table.ts';
export { trainingCurves } from './figures/trainingCurves.ts';
export { viewVolume } from './view/viewVolume.ts';

// What all rooms use
export { UserError } from './errors.ts';
export { startProgress } from './progress.ts';
export { Random } from './random.ts';
