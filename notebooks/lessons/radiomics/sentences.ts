/** What radiomics.ipynb says of its results below a cell: a sentence or two for each. */

import type { Table } from 'axunet/figures/table';
import type { FeatureClusters } from 'axunet/statistics/clustering';
import type { FoundCounts } from 'axunet/statistics/compareFeatures';
import type { LabelPermutation } from 'axunet/statistics/labelPermutation';
import { summarise } from 'axunet/statistics/summary';
import type { PredictedRegions } from './predictedRegions.ts';
import type { UnitRates } from './unitRates.ts';

/** Corrections by name, as every sentence ends. */
const corrected = ({ bh, holm }: FoundCounts): string => `Benjamini-Hochberg ${bh}, Holm ${holm}`;

/** In how many real masks the voxels are as many as stated beside them; masks without a statement are in neither. */
export function describeVoxelCounts(masks: Table): string {
  const answers = masks.column('countsAgree');
  const count = (answer: string): number => answers.filter((value) => value === answer).length;
  return `${masks.rowCount} masks; voxel counts as stated in ${count('yes')}, not as stated in ${count('no')}`;
}

/** How near our shape features are to those of another tool. */
export const describePeer = (tool: string, found: { cases: number; values: number; largest: number }): string =>
  `${tool}: ${found.values} shape values of ${found.cases} masks, ` +
  `largest relative difference ${found.largest.toExponential(1)}`;

/** How many features were compared, how many could not be, and how many were found by each test and correction. */
export const describeFound = (found: FoundCounts, leftOut: number): string =>
  `${found.compared} features compared, ${leftOut} left out. ` +
  `p ≤ 0.05: Welch ${found.welch}, Mann-Whitney ${found.mannWhitney}; corrected: ${corrected(found)}`;

/** How many clusters there are, for features that `clusterFeatures` grouped with |ρ| ≥ 0.8, and how large. */
export const describeClusters = ({ names, clusters }: FeatureClusters): string =>
  `${names.length} features, ${clusters.length} clusters of mean |ρ| ≥ 0.8, ` +
  `the largest with ${Math.max(...clusters.map((own) => own.length))}`;

/** What is found with one feature of each cluster. */
export const describeRepresentatives = (found: FoundCounts): string =>
  `representatives alone: ${found.compared} tests, p ≤ 0.05 in ${found.welch}, ` +
  `after Benjamini-Hochberg ${found.bh}, after Holm ${found.holm}`;

/** Findings and the best AUC of `features` features beside what shuffled labels give: two lines. */
export function describeShuffled(shuffled: LabelPermutation, features: number): string {
  const { median, max } = summarise(shuffled.permutedBestAuc);
  return (
    `findings: ${shuffled.observed} of ${features}, p ${shuffled.p.toPrecision(2)} against shuffled labels; ` +
    `best AUC ${shuffled.bestAuc.toFixed(2)}\n` +
    `best AUC of ${features} under shuffled labels: median ${median.toFixed(2)}, largest ${max.toFixed(2)}`
  );
}

/** How many of the features found across hospitals the negative control explains. */
export const describeSurvivors = ({ found, alsoInHealthy }: { found: number; alsoInHealthy: number }): string =>
  `${found} features found across hospitals (Benjamini-Hochberg); ` +
  `${alsoInHealthy} of them also differ between healthy people at p ≤ 0.05, ${found - alsoInHealthy} survive`;

/** Stable features among the rated ones, and what is found among all (in section 3) and among the stable ones. */
export function describeStable(
  { stable, rated }: { stable: number; rated: number },
  { all, kept }: { all: FoundCounts; kept: FoundCounts },
): string {
  return (
    `stable features: ${stable} of ${rated}; of the ${all.welch} with p ≤ 0.05 in section 3, ` +
    `${kept.welch} are stable; corrected among the stable ones: ${corrected(kept)}`
  );
}

/** How often slices and patients as units find a difference where there is none. */
export const describeUnitRates = (
  { patients, slicesPerPatient, icc }: { patients: number; slicesPerPatient: number; icc: number },
  falseFindings: UnitRates,
): string =>
  `${patients} healthy patients, ${slicesPerPatient} slices each on average, ICC of slices ${icc.toFixed(2)}: ` +
  `false findings ${(100 * falseFindings.slices).toFixed(0)} % with slices, ` +
  `${(100 * falseFindings.patients).toFixed(1)} % with patients`;

/** How many patients have a mask of the network, and why others have none. */
export function describeSegmented({ predicted, failed }: Pick<PredictedRegions, 'predicted' | 'failed'>): string {
  const without = failed.map(({ id, reason }) => `; without: ${id} (${reason})`);
  return `${predicted.length} of ${predicted.length + failed.length} patients segmented${without.join('')}`;
}
