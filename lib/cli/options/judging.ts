/** Options of `axunet crossval` alone: how the trained folds are judged. */
import { type Metric, metricInfo, metricNames } from '../../evaluate/metrics.ts';
import { inGroup } from '../definition.ts';
import { predictionOptions } from './prediction.ts';

const metrics: readonly Metric[] = metricNames.filter((name) => metricInfo[name].better !== 'none');

const { weights, mirror, threshold, postprocess } = predictionOptions;

export const judgingOptions = inGroup('Judging', {
  weights,
  mirror,
  threshold: {
    ...threshold,
    text: "the probability from which a voxel is pancreas, or chosen by the fold's validation patients",
  },
  postprocess: { ...postprocess, usually: 'chosen' },
  metric: { value: 'M', text: 'what post-processing is chosen by', choices: metrics, usually: 'dice' },
});
