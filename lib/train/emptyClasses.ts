/** A class that validation never finds: how rare it is, and what to do, in one sentence. */
import type { LabelClass } from '../dataset/caseList.ts';
import type { SliceSet } from '../preprocess/sliceSet.ts';
import type { EpochRecord } from './history.ts';

/** So many validations in a row without a voxel of a class before it is told: the first ones of a run find little. */
const patience = 5;

/** Pixels of class `c` as a share of all pixels of the slices; 0 of no slices. */
export function pixelShare(slices: SliceSet, indices: readonly number[], c: number): number {
  let [own, all] = [0, 0];
  for (const i of indices) {
    const { height, width, foreground } = slices.entries[i];
    all += height * width;
    if (foreground === 0) continue;
    for (const found of slices.readLabel(i)) if (found === c) own++;
  }
  return all > 0 ? own / all : 0;
}

/** `0.04 %`, with two digits that count. */
const percent = (share: number): string => `${Number((100 * share).toPrecision(2))} %`;

/**
 * Hears of every epoch and gives, once for each class, a sentence for the user: when no voxel of it was found in five
 * validations in a row, which of the training slices' pixels are its own, and what helps. Never of a single class.
 */
export function emptyClassWatch(
  slices: SliceSet,
  training: readonly number[],
): (record: Pick<EpochRecord, 'epoch' | 'validation'>) => string[] {
  const classes: readonly LabelClass[] = slices.manifest.classes ?? [];
  const empty = new Map<string, number>();
  return ({ epoch, validation }) =>
    classes.flatMap(({ name }, i) => {
      const dice = validation?.classes?.[name];
      if (dice === undefined || dice === null) return []; // no validation, or none that has the class
      empty.set(name, dice === 0 ? (empty.get(name) ?? 0) + 1 : 0);
      if (empty.get(name) !== patience) return [];
      return [
        `After epoch ${epoch} no voxel of ${name} was found in ${patience} validations in a row: it has ` +
          `${percent(pixelShare(slices, training, i + 1))} of the training slices' pixels; train longer, or with ` +
          'a loss that weighs rare classes, such as --set loss=focal-gdl (docs/how-to/tumour-apart.md)',
      ];
    });
}
