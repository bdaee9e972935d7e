import { describe, expect, it } from 'vitest';
import { toTable } from '../../../lib/figures/table.ts';
import {
  describeClusters,
  describeFound,
  describePeer,
  describeRepresentatives,
  describeSegmented,
  describeShuffled,
  describeStable,
  describeSurvivors,
  describeUnitRates,
  describeVoxelCounts,
} from '../../../notebooks/lessons/radiomics/sentences.ts';

const found = { compared: 107, welch: 44, mannWhitney: 48, bh: 33, holm: 6 };

describe('what radiomics.ipynb says', () => {
  it('of real masks counts those that agree and those that do not, not those without a statement', () => {
    const countsAgree = ['yes', 'no', 'yes', 'not given'];
    expect(describeVoxelCounts(toTable(countsAgree.map((answer) => ({ countsAgree: answer }))))).toBe(
      '4 masks; voxel counts as stated in 2, not as stated in 1',
    );
    expect(describePeer('PyRadiomics v3.0.1', { cases: 50, values: 700, largest: 1.42e-12 })).toBe(
      'PyRadiomics v3.0.1: 700 shape values of 50 masks, largest relative difference 1.4e-12',
    );
  });

  it('of a comparison names every test and correction', () => {
    expect(describeFound(found, 2)).toBe(
      '107 features compared, 2 left out. p ≤ 0.05: Welch 44, Mann-Whitney 48; ' +
        'corrected: Benjamini-Hochberg 33, Holm 6',
    );
    expect(describeRepresentatives(found)).toBe(
      'representatives alone: 107 tests, p ≤ 0.05 in 44, after Benjamini-Hochberg 33, after Holm 6',
    );
  });

  it('of clusters names how many there are and the size of the largest', () => {
    const clusters = { clusters: [['a', 'b'], ['c']], names: ['a', 'b', 'c'], matrix: [], representatives: ['a', 'c'] };
    expect(describeClusters(clusters)).toBe('3 features, 2 clusters of mean |ρ| ≥ 0.8, the largest with 2');
  });

  it('of shuffled labels gives the findings and the best AUC, a line each', () => {
    const shuffled = { observed: 3, permuted: [0, 1, 2], p: 0.25, bestAuc: 0.912, permutedBestAuc: [0.7, 0.76, 0.934] };
    expect(describeShuffled(shuffled, 9)).toBe(
      'findings: 3 of 9, p 0.25 against shuffled labels; best AUC 0.91\n' +
        'best AUC of 9 under shuffled labels: median 0.76, largest 0.93',
    );
  });

  it('of two hospitals counts what the healthy explain and what survives', () => {
    expect(describeSurvivors({ found: 67, alsoInHealthy: 54 })).toBe(
      '67 features found across hospitals (Benjamini-Hochberg); ' +
        '54 of them also differ between healthy people at p ≤ 0.05, 13 survive',
    );
  });

  it('of several readers counts the stable features and what is found among them', () => {
    const kept = { compared: 33, welch: 20, mannWhitney: 21, bh: 18, holm: 3 };
    expect(describeStable({ stable: 33, rated: 107 }, { all: found, kept })).toBe(
      'stable features: 33 of 107; of the 44 with p ≤ 0.05 in section 3, 20 are stable; ' +
        'corrected among the stable ones: Benjamini-Hochberg 18, Holm 3',
    );
  });

  it('of slices taken for patients gives both shares of false findings in percent', () => {
    const falseFindings = { slices: 0.584, patients: 0.0452, runs: 1000 };
    expect(describeUnitRates({ patients: 20, slicesPerPatient: 25, icc: 0.449 }, falseFindings)).toBe(
      '20 healthy patients, 25 slices each on average, ICC of slices 0.45: ' +
        'false findings 58 % with slices, 4.5 % with patients',
    );
  });

  it("of the network's masks names the patients who have none, and why", () => {
    expect(describeSegmented({ predicted: [], failed: [] })).toBe('0 of 0 patients segmented');
    const failed = ['a', 'b'].map((id) => ({ id, reason: 'the mask is empty' }));
    expect(describeSegmented({ predicted: [], failed })).toBe(
      '0 of 2 patients segmented; without: a (the mask is empty); without: b (the mask is empty)',
    );
  });
});
