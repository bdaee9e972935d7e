/**
 * Studies, and the figures and tables of `boundary-aware-loss.ipynb`: `import * as study from 'axunet-lessons/study'`.
 */

export * from './boundaryAware/cleaning.ts';
export * from './boundaryAware/costs.ts';
export * from './boundaryAware/imbalance.ts';
export * from './boundaryAware/lossMaps.ts';
export * from './boundaryAware/networks.ts';
export * from './boundaryAware/publishedDefects.ts';
export * from './boundaryAware/scores.ts';
export * from './figures/armComparison.ts';
export * from './figures/boundaryMaps.ts';
export * from './figures/costAndScore.ts';
export * from './figures/differenceForest.ts';
export * from './figures/doubtScatter.ts';
export * from './figures/gradientShares.ts';
export * from './figures/lossMaps.ts';
export * from './figures/rankMatrix.ts';
export * from './figures/reliabilityCurve.ts';
export * from './figures/seedPoints.ts';
export * from './figures/thresholdCurves.ts';
export * from './study/compare.ts';
export * from './study/plan.ts';
export * from './study/published.ts';
export * from './study/realSlices.ts';
export * from './study/record.ts';
export * from './study/transfer.ts';
export * from './study/unseen.ts';
