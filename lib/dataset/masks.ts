/** Sets of masks without CT: PANORAMA's labels and the networks' masks of the Loss Odyssey. */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { expected } from '../errors.ts';
import { type LabelMap } from './caseList.ts';
import { datasetFolder, shortPath } from './cases.ts';
import { listFiles, volumesIn } from './pairing.ts';
import { datasetEntry } from './registry.ts';

/** A mask of a set without images, and who drew or predicted it. */
export interface MaskFile {
  readonly id: string;
  readonly patient: string;
  readonly file: string;
  /** Whose mask it is: `reference` for the expert, else the loss the network was trained with. */
  readonly author: string;
}

/** A set of masks without images, as opened. */
export interface MaskList {
  readonly dataset: string;
  readonly folder: string;
  /** Stored value → class; for PANORAMA lesion, parenchyma and duct are pancreas, vessels and bile duct are not. */
  readonly labelMap: LabelMap;
  readonly masks: MaskFile[];
}

const labelMaps: Record<string, LabelMap> = {
  panorama: { 1: 1, 2: 0, 3: 0, 4: 1, 5: 1, 6: 0 },
  'segloss-odyssey-pancreas': { 1: 1 },
};

/**
 * `100005_00001` is study 1 of patient 100005; `021_Dice` is the mask of patient 021 by the network trained with Dice.
 */
function describeMask(dataset: string, id: string): Pick<MaskFile, 'patient' | 'author'> {
  const [patient, rest] = id.split('_') as [string, string | undefined];
  return { patient, author: dataset === 'panorama' || rest === 'gt' || !rest ? 'reference' : rest };
}

/**
 * Opens a set of masks by name. Throws a UserError when the set has CT too, or saying what is missing and how to get
 * it.
 */
export function openMasks(name: string, folder?: string): MaskList {
  const entry = datasetEntry(name);
  const labelMap = labelMaps[name];
  if (!labelMap) throw expected('a set of masks', `${name}, which is none`);
  const place = datasetFolder(name, folder);
  const masks = path.join(place, 'masks');
  if (!existsSync(masks)) throw expected(`${shortPath(masks)}/*.nii.gz (${entry.howToGet})`, 'no such folder');
  const files = volumesIn(listFiles(masks, 1));
  return {
    dataset: name,
    folder: place,
    labelMap,
    masks: files.map(({ id, file }) => ({ id, file, ...describeMask(name, id) })),
  };
}
