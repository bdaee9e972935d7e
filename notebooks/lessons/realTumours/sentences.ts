/** What the record of real tumours says, in lines for the terminal and the notebook. */
import type { FoundIn, RealTumoursRecord } from './record.ts';

const share = ({ found }: FoundIn): string => `${found.welch} of ${found.compared}`;

/** One line: what is compared, how many features differ at p ≤ 0.05 and after correction. */
const lineOf = (one: FoundIn): string =>
  `${one.part === 'box' ? 'box ' : 'mask'}  ${one.name} (${one.n.join(' and ')}): ` +
  `p ≤ 0.05 in ${share(one)}; Benjamini-Hochberg ${one.found.bh}, Holm ${one.found.holm}`;

/** People, then a line for each comparison, then what chance and the controls leave. */
export function describeFound({ people, comparisons, halves, left, features }: RealTumoursRecord): string[] {
  const groups = people.map(
    (one) =>
      `${one.source}: ${one.patients} patients with ${one.slices} slices, ` +
      `${one.patientsWithMask} of them with ${one.masks} masks`,
  );
  const chance = halves.map(
    ({ source, splits, median, p95, compared }) =>
      `${source} in random halves (${splits} times): median ${median} of ${compared}, in one of twenty ` +
      `${Math.round(p95)} or more`,
  );
  const found = features.box.filter(({ bhP }) => bhP <= 0.05).length;
  const rest = `of ${found} box features found after Benjamini-Hochberg ${left.length} differ in no control`;
  return [groups.join('; '), ...comparisons.map(lineOf), ...chance, rest];
}
