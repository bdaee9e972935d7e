/** What the numbers of DICOM labels stand for in all patients of a set: every file names its segments itself. */
import path from 'node:path';
import { readDicomSegments } from '../dicomLabels/readLabel.ts';
import { expected, shownText, UserError } from '../errors.ts';
import { isDicomName } from '../scan/volumeNames.ts';
import type { Case } from './caseList.ts';

/**
 * The names of segments by number, over all cases whose label is DICOM; undefined where none is. Throws a UserError
 * where one number has two names, for then it cannot be one class, and where other labels, which name nothing, lie
 * among them. A label that cannot be read names nothing here: its case fails by name where it is read, and the others
 * go on; throws what the first of them threw where none can be read.
 */
export async function segmentNames(cases: readonly Case[]): Promise<Record<number, string> | undefined> {
  const labels = cases.flatMap(({ id, label }) => (label === undefined ? [] : [{ id, label }]));
  const ofDicom = labels.filter(({ label }) => isDicomName(label));
  if (ofDicom.length === 0) return undefined;
  const other = labels.find(({ label }) => !isDicomName(label));
  if (other) {
    const found = `${path.basename(other.label)} of ${other.id} beside them`;
    throw expected('DICOM labels, which name their segments, for all patients or for none', found, ofDicom[0]!.label);
  }
  const names = new Map<number, { readonly name: string; readonly id: string }>();
  const unread: UserError[] = [];
  for (const { id, label } of ofDicom) {
    const segments = await readDicomSegments(label).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      unread.push(error);
      return [];
    });
    for (const { number, label: name } of segments) {
      const before = names.get(number);
      if (before && before.name.toLowerCase() !== name.toLowerCase()) {
        const found = `${shownText(before.name)} in ${before.id} and ${shownText(name)} in ${id}`;
        throw expected(`segments of number ${number} to have one name (axunet convert --segment)`, found, label);
      }
      if (!before) names.set(number, { name, id });
    }
  }
  if (unread.length === ofDicom.length) throw unread[0]!;
  return Object.fromEntries([...names].map(([number, { name }]) => [number, name]));
}
