/** Section 5 of boundary-aware-loss.ipynb: what the networks of a study cost. */
import type { Row } from 'axunet/figures/table';
import type { CostedArm } from '../figures/costAndScore.ts';
import { seedMeans } from '../study/compare.ts';
import { armLabel, type StudyRecord } from '../study/record.ts';

/** Cost and DSC of the arms of a study of architectures. */
export function costedArms(record: StudyRecord): CostedArm[] {
  const scores = seedMeans(record, 'dice');
  return (record.costs ?? []).map(({ arm, fullGmac, fullParameters }) => {
    const own = scores.find((one) => one.arm === arm);
    return {
      label: own?.label ?? arm,
      gmac: fullGmac,
      parameters: fullParameters,
      seeds: own?.seeds ?? [],
      mean: own?.mean ?? NaN,
    };
  });
}

/** What each network costs, as a table; step times where they were measured. */
export const costRows = (record: StudyRecord): Row[] =>
  (record.costs ?? []).map((cost) => ({
    network: armLabel(record, cost.arm),
    'parameters, width 64 (M)': cost.fullParameters / 1e6,
    'GMAC at 512 × 512': cost.fullGmac,
    'parameters as trained (M)': cost.parameters / 1e6,
    'GMAC as trained': cost.gmac,
    ...(cost.stepMs && {
      'step, median (ms)': Math.round(cost.stepMs),
      'step, least (ms)': Math.round(cost.leastStepMs!),
    }),
  }));
