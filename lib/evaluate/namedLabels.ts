/**
 * Whether the values that were named for the masks of a side occur in any of them. Where every mask holds other values
 * alone, the names are wrong, and scores would call all cases missed; an empty mask among others is what it is.
 */
import type { LabelRules } from '../dataset/caseList.ts';
import { cleanText, UserError } from '../errors.ts';
import { countValues, isAllZero } from '../volume/values.ts';
import type { VoxelArray } from '../volume/volume.ts';

/** What a mask holds, by the rules of its side. */
export interface HeldLabels {
  readonly file: string;
  readonly hasForeground: boolean;
  /** Values beside 0 that the map does not name; only of a mask without foreground. */
  readonly others: readonly number[];
}

/** What a mask of stored values holds that became `classes`. */
export function heldLabels(
  file: string,
  stored: VoxelArray,
  classes: Uint8Array,
  { labelMap }: LabelRules,
): HeldLabels {
  if (!isAllZero(classes)) return { file, hasForeground: true, others: [] };
  const others = [...countValues(stored).keys()].filter((value) => value !== 0 && !(value in labelMap));
  return { file, hasForeground: false, others };
}

/** Files and values that are named at most. */
const most = 5;
const few = (all: readonly (string | number)[]): string =>
  all.slice(0, most).join(', ') + (all.length > most ? ` and ${all.length - most} more` : '');

/**
 * Throws a UserError where no mask of a side has foreground and some hold values that nobody named; `side` is
 * `prediction` or `reference`.
 */
export function assertSomeNamed(side: string, masks: readonly HeldLabels[], { labelMap }: LabelRules): void {
  const strange = masks.filter(({ others }) => others.length > 0);
  if (strange.length === 0 || masks.some(({ hasForeground }) => hasForeground)) return;
  const wanted = Object.keys(labelMap).filter((value) => labelMap[Number(value)] !== 0);
  const found = [...new Set(strange.flatMap(({ others }) => others))].sort((a, b) => a - b);
  const values = (list: readonly (string | number)[]): string => `label${list.length > 1 ? 's' : ''} ${few(list)}`;
  throw new UserError(
    `Expected ${values(wanted)} in at least one ${side}, found ${values(found)} alone ` +
      `in ${few(strange.map(({ file }) => cleanText(file)))}`,
  );
}
