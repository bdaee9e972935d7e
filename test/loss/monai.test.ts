/**
 * Our losses against values that MONAI prints. The case is told by counts alone, since none of these losses looks at
 * neighbours.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../lib/engine/engine.ts';
import { expected } from '../../lib/errors.ts';
import { crossEntropy } from '../../lib/loss/crossEntropy.ts';
import { focal } from '../../lib/loss/focal.ts';
import { generalizedDice } from '../../lib/loss/generalizedDice.ts';
import type { LossFunction } from '../../lib/loss/loss.ts';
import { diceLoss } from '../../lib/loss/softDice.ts';
import { tversky } from '../../lib/loss/tversky.ts';
import { weightedSum } from '../../lib/loss/weightedSum.ts';
import { type Example, exampleOf, valueOf } from './measure.ts';
import { lossReferences, type MonaiFile } from './referenceFiles.ts';

/** MONAI's smoothing, above and below, of the images one by one. */
const each = { over: 'sample', smoothing: 1e-5 } as const;

/** The number behind a word, as in `gamma2` or `a.3`. */
const numberIn = (name: string, word: string): number | undefined => {
  const [, found] = new RegExp(`\\b${word}\\s*([\\d.]+)`).exec(name) ?? [];
  return found === undefined ? undefined : Number(found);
};
const focalIn = (name: string): LossFunction =>
  focal({ gamma: numberIn(name, 'gamma') ?? 2, alpha: numberIn(name, 'alpha') ?? null });

/**
 * MONAI's sums of squares lose digits in float32: of one case it gives 0.53188 in float32 and 0.53184 in float64 (1.6.1
 * with PyTorch 2.13.0).
 */
const toleranceOf = (name: string): number => (name.includes('squared') ? 1e-4 : 2e-6);

/** Ours, by how MONAI's is called. */
function ours(name: string): LossFunction {
  const [loss] = name.split(/[ (]/);
  if (loss === 'DiceLoss')
    return diceLoss({ ...each, squared: name.includes('squared_pred'), jaccard: name.includes('jaccard') });
  if (loss === 'GeneralizedDiceLoss')
    return generalizedDice({
      ...each,
      weights: (['simple', 'uniform'] as const).find((weights) => name.includes(weights)) ?? 'square',
    });
  if (loss === 'FocalLoss') return focalIn(name);
  if (loss === 'TverskyLoss')
    return tversky({ ...each, falsePositives: numberIn(name, 'a'), falseNegatives: numberIn(name, 'b') });
  if (loss === 'BCE') return crossEntropy;
  if (loss === 'DiceFocalLoss')
    return weightedSum([
      { loss: diceLoss(each), weight: 1 },
      { loss: focalIn(name), weight: 1 },
    ]);
  throw expected('a loss of MONAI that is known here', name);
}

/** Voxels with the counts of a case; where both programs saw an organ the probability is `high`, elsewhere `low`. */
function exampleFrom({ note, n_voxels, n_gt, n_pred, tp }: MonaiFile): Example {
  const [, high = '0.9', low = '0.1'] = /p=([\d.]+) where .*? else ([\d.]+)/.exec(note) ?? [];
  const found = (i: number): boolean => i < n_pred;
  const wanted = (i: number): boolean => i < tp || (i >= n_pred && i < n_pred + n_gt - tp);
  const voxels = Array.from({ length: n_voxels }, (_, i) => i);
  const height = voxels.findLast((side) => side * side <= n_voxels && n_voxels % side === 0)!; // an image, since sums go by rows
  return exampleOf(
    voxels.map((i) => Number(found(i) ? high : low)),
    voxels.map((i) => Number(wanted(i))),
    height,
  );
}

const { monai, why } = lossReferences();

describe.skipIf(monai.length === 0)(`MONAI's values${monai.length ? '' : ` (skipped: ${why})`}`, () => {
  beforeAll(async () => void (await startEngine()));
  for (const { name: file, content } of monai) {
    const example = exampleFrom(content);
    // A loss by distances needs the places of the voxels: its own test has it.
    for (const [name, value] of Object.entries(content.values).filter(([loss]) => !loss.includes('Hausdorff'))) {
      it(`${name} of ${file}`, () =>
        expect(Math.abs(valueOf(ours(name), example) - value)).toBeLessThan(toleranceOf(name)));
    }
  }
});
