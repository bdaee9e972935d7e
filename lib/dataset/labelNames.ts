/** What the label names of a dataset.json mean, and the map that follows from them in words. */
import { tumourWords } from '../dicomLabels/codes.ts';
import { saysNothing } from '../dicomLabels/segments.ts';
import { expected } from '../errors.ts';
import type { CaseList, LabelMap } from './caseList.ts';

/** The organ itself and its own tumours, but not what lies around it: vessels, nodes, fat. */
const organ = /(?<!(peri|para|extra|(?<![a-z])no|non|not|without)[\W_]*)pancrea|pdac/i;
const around = /vein|vena|arter|vessel|node|nerve|fat(?![a-z])/i;
const pancreas = { test: (name: string): boolean => organ.test(name) && !around.test(name) };
const lesion = new RegExp(`${tumourWords}|lesions?|cysts?|mass(es)?|metastas[ei]s`, 'gi');
/** What a lesion may be called beyond that without any organ being named. */
const qualifiers = /primary|secondary|benign|malignant|solid|hypo|hyper|dense|and|or|the|other|all|\d|[\W_]/gi;
/** Names that say nothing: a set with such a single label is taken for one of the pancreas. */
const generic = /^(foreground|label|mask|organ|roi|segmentation|target|object|\d+)$/i;

/** Label names by stored value, whichever way round the file has them. */
export function labelNames(labels: Record<string, unknown>): Map<number, string> {
  const names = new Map<number, string>();
  for (const [key, value] of Object.entries(labels)) {
    if (typeof value === 'string' && /^\d+$/.test(key)) names.set(Number(key), value);
    else
      for (const v of [value].flat())
        if (Number.isInteger(v) || (typeof v === 'string' && /^\d+$/.test(v)))
          names.set(Number(v), `${names.get(Number(v)) ?? ''} ${key}`.trim());
  }
  names.delete(0);
  return names;
}

/** A lesion of which nothing says in what organ it lies. */
const isBareLesion = (name: string): boolean =>
  name.replace(lesion, '') !== name && name.replace(lesion, '').replace(qualifiers, '') === '';

/** Whether a segment is called something, and that is neither the pancreas nor a lesion nor a mere `Segment 1`. */
export const namesOtherOrgan = (name: string): boolean =>
  !saysNothing(name) && !pancreas.test(name) && !isBareLesion(name);

const listed = (names: Iterable<string>): string => [...names].join(', ') || 'no labels';

/**
 * Stored label → class from the names in dataset.json: the pancreas becomes 1, other organs 0. A lesion counts as
 * pancreas where its name holds the pancreas, and where it names no organ and no other organ is listed. A single label
 * with a name that says nothing, such as `foreground`, is taken for the pancreas. Throws a UserError where no label is
 * the pancreas, and for nnU-Net's `ignore`, voxels of which nobody says what they are.
 */
export function labelMapOf(labels: Record<string, unknown>, file: string): LabelMap {
  const names = labelNames(labels);
  const ignored = [...names].find(([, name]) => /(^|\s)ignore$/i.test(name));
  if (ignored) {
    const found = `"ignore" (${ignored[0]}), voxels that nobody labelled`;
    throw expected('labels that say what every voxel is (or --label-map, such as 1:1,2:0)', found, file);
  }
  const all = [...names.values()];
  if (names.size === 1 && generic.test(all[0]!)) return { [[...names.keys()][0]!]: 1 };
  if (!all.some((name) => pancreas.test(name)))
    throw expected('a label called pancreas, or --label-map', listed(all), file);
  const hasOtherOrgans = all.some((name) => !pancreas.test(name) && !isBareLesion(name));
  const isPancreas = (name: string): boolean => pancreas.test(name) || (!hasOtherOrgans && isBareLesion(name));
  return Object.fromEntries([...names].map(([value, name]) => [value, Number(isPancreas(name))]));
}

/** So many values of background are named one by one. */
const mostListed = 12;

/** The label map in force, in one line: which stored values are pancreas, or which class, and which background. */
export function describeLabels({
  labelMap,
  otherLabels,
  classes = [{ name: 'pancreas' }],
  labelNames: names = {},
}: Pick<CaseList, 'labelMap' | 'otherLabels' | 'labelNames'> & {
  readonly classes?: readonly { readonly name: string }[];
}): string {
  const valuesOf = (wanted: number): string[] =>
    Object.entries(labelMap)
      .filter(([value, found]) => found === wanted && value !== '0')
      .map(([value]) => (names[Number(value)] ? `${value} (${names[Number(value)]})` : value));
  const others = valuesOf(0);
  const background = others.length > mostListed ? `${others.length} others` : others.join(', ');
  const parts = [
    ...classes.map(({ name }, i) => `${name} ${valuesOf(i + 1).join(', ') || 'none'}`),
    ...(others.length > 0 ? [`background ${background}`] : []),
    ...(otherLabels === 'background' ? ['all others background'] : []),
  ];
  return `labels: ${parts.join('; ')}`;
}
