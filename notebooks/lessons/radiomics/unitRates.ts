/** What happens to a test of two groups when the several values of a patient are taken for patients. */

import { expected } from 'axunet/errors';
import { Random } from 'axunet/random';
import { welchTTest } from 'axunet/statistics/welch';
import { mean } from 'simple-statistics';

/** The values of each patient (slices), a list per patient. */
export type ClusteredValues = readonly (readonly number[])[];

export interface UnitRates {
  /** Share of p ≤ level where every slice counts as a unit. */
  readonly slices: number;
  /** The same where every patient counts once, by the mean of the slices. */
  readonly patients: number;
  readonly runs: number;
}

/** p of Welch's test between two sets of patients, with each slice as a unit and with each patient as one. */
export function testByUnit(first: ClusteredValues, second: ClusteredValues): { slices: number; patients: number } {
  const means = (group: ClusteredValues): number[] => group.map((own) => mean([...own]));
  return { slices: welchTTest(first.flat(), second.flat()).p, patients: welchTTest(means(first), means(second)).p };
}

function rates(runs: number, level: number, draw: () => { slices: number; patients: number }): UnitRates {
  let [slices, patients] = [0, 0];
  for (let k = 0; k < runs; k++) {
    const p = draw();
    if (p.slices <= level) slices++;
    if (p.patients <= level) patients++;
  }
  return { slices: slices / runs, patients: patients / runs, runs };
}

/**
 * False positives of both ways on real values: patients of one group are split in two halves at random again and again,
 * so that nothing can differ, and tested. Throws for fewer than 4 patients and for a patient without values.
 */
export function splitRates(values: ClusteredValues, { runs = 1000, level = 0.05, seed = 0 } = {}): UnitRates {
  if (values.length < 4) throw expected('at least 4 patients to split', `${values.length}`);
  if (values.some((own) => own.length === 0)) throw expected('at least one value of each patient', 'a patient without');
  const random = Random.stream(seed, 'halves');
  return rates(runs, level, () => {
    const order = random.shuffle(values);
    const half = values.length >> 1;
    return testByUnit(order.slice(0, half), order.slice(half));
  });
}

export interface SimulatedRate extends UnitRates {
  readonly slicesPerPatient: number;
}

/**
 * The same by simulation: two groups of `patients` without any difference, slices normal with the intraclass
 * correlation `icc` (share of the variance that lies between patients), for several numbers of slices.
 */
export function simulateRates({
  patients,
  icc,
  slicesPerPatient,
  runs = 1000,
  level = 0.05,
  seed = 0,
}: {
  patients: number;
  icc: number;
  slicesPerPatient: readonly number[];
  runs?: number;
  level?: number;
  seed?: number;
}): SimulatedRate[] {
  const [between, within] = [Math.sqrt(icc), Math.sqrt(1 - icc)];
  return slicesPerPatient.map((m) => {
    const random = Random.stream(seed, 'slices', m);
    const group = (): number[][] =>
      Array.from({ length: patients }, () => {
        const own = random.normal(0, between);
        return Array.from({ length: m }, () => own + random.normal(0, within));
      });
    return { slicesPerPatient: m, ...rates(runs, level, () => testByUnit(group(), group())) };
  });
}
