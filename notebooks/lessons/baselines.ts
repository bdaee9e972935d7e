/** The methods that a network has to beat. */
import { type CaseList } from 'axunet/dataset/caseList';
import { readCase } from 'axunet/dataset/readCase';
import type { PatientSplit } from 'axunet/train/description';
import type { Method } from './figures/baselineComparison.ts';
import { bestThresholdDice, locationPriorDice } from './phantomBaselines.ts';

/**
 * DSC of the best HU window and of the location prior on the unseen patients of each split. Needs volumes: a set of
 * pictures, whose HU and place are gone, gives an empty list.
 */
export async function simpleMethods(list: CaseList, splits: readonly PatientSplit[]): Promise<Method[]> {
  if (list.kind !== '3d') return [];
  const threshold: Record<string, number> = {};
  const prior: Record<string, number> = {};
  for (const { training, validation } of splits) {
    const read = (patients: readonly string[]): ReturnType<typeof readCase>[] =>
      list.cases.filter((c) => c.label && patients.includes(c.patient)).map((one) => readCase(one));
    const [seen, unseen] = [await Promise.all(read(training)), await Promise.all(read(validation))];
    const byThreshold = bestThresholdDice(unseen).dice;
    const byPrior = locationPriorDice(seen, unseen).dice;
    const patients = list.cases.filter((c) => c.label && validation.includes(c.patient)).map((c) => c.patient);
    patients.forEach((patient, i) => Object.assign(threshold, { [patient]: byThreshold[i] }));
    patients.forEach((patient, i) => Object.assign(prior, { [patient]: byPrior[i] }));
  }
  return [
    { name: 'Best HU window', dice: threshold },
    { name: 'Location prior', dice: prior },
  ];
}
