/** Everything that radiomics.ipynb calls: `import * as rad from 'axunet/notebook/radiomics'`. */

export * from 'axunet/radiomics/acquisition';
export * from 'axunet/statistics/clustering';
export * from 'axunet/statistics/compareFeatures';
export * from 'axunet/statistics/duplicateRows';
export * from 'axunet/statistics/intraclassOneWay';
export * from 'axunet/statistics/labelPermutation';
export * from 'axunet/statistics/unitOfAnalysis';
export * from './figures/correlationHeatMap.ts';
export * from './figures/effectScatter.ts';
export * from './figures/forestPlot.ts';
export * from './figures/foundFeatures.ts';
export * from './figures/groupDistributions.ts';
export * from './figures/permutationHistogram.ts';
export * from './figures/powerCurves.ts';
export * from './figures/rocCurves.ts';
export * from './figures/stabilityPlot.ts';
export * from './figures/unitOfAnalysis.ts';
export * from './figures/volcanoPlot.ts';
export * from './panorama.ts';
export * from './power.ts';
export * from './predictedRegions.ts';
export * from './radiomicsTests.ts';
export * from './radiomicsViews.ts';
export * from './regions.ts';
export * from './sliceLesson.ts';
export * from './tableCache.ts';
