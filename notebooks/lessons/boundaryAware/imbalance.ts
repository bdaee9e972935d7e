/** Section 1 of boundary-aware-loss.ipynb: how rare the pancreas is, and what answers without looking are worth. */
import type { Row } from 'axunet/figures/table';
import type { LabelCount } from '../figures/labelSquares.ts';
import type { PublishedRecord } from '../study/published.ts';
import type { StudyRecord } from '../study/record.ts';

/** Share of the pancreas in the slices of a study, in words; empty where nothing is recorded. */
export const foregroundLine = ({ source, foreground }: StudyRecord): string =>
  foreground
    ? `${source}: ${((100 * foreground.pancreas) / foreground.pixels).toPrecision(2)} % of all pixels are pancreas`
    : '';

/** Voxels with and without pancreas over all scans of the published set. */
export function scanLabels({ foreground = [] }: Pick<PublishedRecord, 'foreground'>): LabelCount[] {
  const [all, pancreas] = [
    foreground.reduce((sum, one) => sum + one.voxels, 0),
    foreground.reduce((sum, one) => sum + one.pancreas, 0),
  ];
  return all
    ? [
        { name: 'Background', count: all - pancreas },
        { name: 'Pancreas', count: pancreas },
      ]
    : [];
}

/** What answers that know nothing of the image score at a share of foreground: accuracy, cross-entropy, DSC. */
export function constantAnswers(share: number): Row[] {
  const crossEntropyOf = (p: number): number => -(share * Math.log(p) + (1 - share) * Math.log(1 - p));
  return [
    { answer: 'a network at its start: 0.5 everywhere', accuracy: 0.5, 'cross-entropy': crossEntropyOf(0.5), DSC: NaN },
    {
      answer: `“no pancreas”: ${share.toPrecision(2)} everywhere`,
      accuracy: 1 - share,
      'cross-entropy': crossEntropyOf(share),
      DSC: 0,
    },
    {
      answer: 'everything is pancreas: 0.99 everywhere',
      accuracy: share,
      'cross-entropy': crossEntropyOf(0.99),
      DSC: (2 * share) / (1 + share),
    },
  ];
}
