/** What the record of real tumours says, in lines for the terminal and the notebook. */
import type { FoundIn, RealTumoursRecord } from './record.ts';

const share = ({ found }: FoundIn): string => `${found.welch} of ${found.compared}`;

/** One line: what is compared, how many features differ at p ≤ 0.05 and after correction. */
const lineOf = (one: FoundIn): string =>
  `${one.part === 'box' ? 'box ' : 'mask'}  ${one.name} (${one.n.join(' and ')}): ` +
  `p ≤ 0.05 in ${share(one)}; Benjamini-Hochberg ${one.found.bh}, Holm ${one.found.holm}` +
  (one.chance ? `; one of twenty shuffles finds more than ${Math.floor(one.chance.p95)}` : '');

/** Patients, slices and masks of both sources, in one line. */
export const describePeople = ({ people }: Pick<RealTumoursRecord, 'people'>): string =>
  people
    .map(
      (one) =>
        `${one.source}: ${one.patients} patients with ${one.slices} slices, ` +
        `${one.patientsWithMask} of them with ${one.masks} masks`,
    )
    .join('; ');

/** People, then a line for each comparison, then what the controls leave. */
export function describeRealFindings(record: RealTumoursRecord): string[] {
  const { comparisons, left, features } = record;
  const found = features.box.filter(({ bhP }) => bhP <= 0.05).length;
  const rest = `of ${found} box features found after Benjamini-Hochberg ${left.length} differ in no control`;
  return [describePeople(record), ...comparisons.map(lineOf), rest];
}
