/** What is odd about a DICOM label that counts as the pancreas though its own segments are called otherwise. */
import { structureCalled } from '../dicomLabels/codes.ts';
import type { Segment } from '../dicomLabels/segments.ts';
import type { LabelRules } from './caseList.ts';
import { namesOtherOrgan } from './labelNames.ts';

/** What a mask file says of its own values. */
interface Named {
  readonly segments?: readonly Segment[];
}

/** A warning for each segment that `countsAs` something and is called by the name of another organ. */
function doubtsOf({ segments = [] }: Named, countsAs: (value: number) => string | undefined): string[] {
  return segments.flatMap(({ number, label, meaning }): string[] => {
    const [name, counted] = [meaning ?? label, countsAs(number)];
    if (counted === undefined || structureCalled(name) !== undefined || !namesOtherOrgan(name)) return [];
    const which = segments.length > 1 ? `segment ${number}` : 'the segment';
    return [`${which} is called ${name}, which is counted as ${counted}`];
  });
}

/**
 * Warnings where what `rules` take for the pancreas, or for a class of it, is called otherwise by the file. Classes
 * with names of their own may be any organ.
 */
export function segmentDoubts(mask: Named, { labelMap, classes }: Pick<LabelRules, 'labelMap' | 'classes'>): string[] {
  return doubtsOf(mask, (value) => {
    const found = labelMap[value];
    if (!found) return undefined;
    const name = classes ? (classes[found - 1]?.name ?? '') : 'pancreas';
    return structureCalled(name) && name;
  });
}

/** The same where one stored value is the pancreas, or any but 0 without one. */
export const foregroundDoubts = (mask: Named, value?: number): string[] =>
  doubtsOf(mask, (number) => (value === undefined || number === value ? 'pancreas' : undefined));
