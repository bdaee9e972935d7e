/** Which classes the network tells apart. */
import { describeClasses } from '../../dataset/classes.ts';
import { counted, type Reasoned, shortNumber } from '../choice.ts';
import type { ClassFingerprint, Fingerprint } from '../fingerprint.ts';

/** Fewer patients with a class than this leave some fold with hardly any. */
const fewestCases = 8;

const describeOne = ({ name, cases, medianSize }: ClassFingerprint, unit: string): string =>
  `${name} in ${counted(cases, 'case')}, ${shortNumber(medianSize)} ${unit} in the middle one`;

/**
 * One class unless the user keeps several apart: a lesion is a part of its organ, and telling it apart takes capacity
 * from finding the organ. Says where enough cases have each class to try it. The number of cases is our rule of thumb.
 */
export function chooseLabels(
  { classes, kind }: Fingerprint,
  isAskedFor: boolean,
): Reasoned<readonly ClassFingerprint[] | undefined> {
  if (classes.length < 2) return { value: undefined, shown: 'one class', reason: 'The labels name one foreground.' };
  const sizes = classes.map((one) => describeOne(one, kind === '2d' ? 'px' : 'ml')).join('; ');
  const line = describeClasses(classes);
  if (isAskedFor) return { value: classes, shown: line, reason: `Asked for by --labels: ${sizes}.` };
  const isEnough = classes.every(({ cases }) => cases >= fewestCases);
  const advice = isEnough
    ? `\`--labels ${line}\` keeps them apart; each class has cases enough to try it.`
    : `Some class has fewer than ${fewestCases} cases, too few to be learnt apart.`;
  return { value: undefined, shown: 'one class of all', reason: `${sizes}. ${advice}` };
}
