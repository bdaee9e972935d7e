/** Label values as they are stored, to the classes of a network. */
import { expected } from '../errors.ts';
import { isAllZero } from '../volume/values.ts';
import type { VoxelArray } from '../volume/volume.ts';
import type { LabelRules } from './caseList.ts';

/**
 * Stored label values to classes. Background 0 stays 0; every other value must be in the map, so that a tumour or
 * another organ is never counted or dropped by accident, unless the user said that all others are background.
 */
export function toClasses(stored: VoxelArray, { labelMap, otherLabels }: LabelRules, file: string): Uint8Array {
  if (labelMap[0]) throw expected('a label map that leaves 0 background', `0:${labelMap[0]}`);
  if (isAllZero(stored)) return new Uint8Array(stored.length);
  const classes = new Map<number, number>([
    [0, 0],
    ...Object.entries(labelMap).map(([value, c]) => [Number(value), c] as [number, number]),
  ]);
  const classOf = (value: number): number => {
    const found = classes.get(value) ?? (otherLabels === 'background' && Number.isInteger(value) ? 0 : -1);
    if (found < 0) throw expected(`label values ${[...classes.keys()].join(', ')}`, `${value}`, file);
    return found;
  };
  const out = new Uint8Array(stored.length);
  if (stored instanceof Uint8Array) return mapBytes(stored, out, classOf);
  let [value, found] = [0, 0];
  for (let p = 0; p < stored.length; p++) {
    if (stored[p] !== value) [value, found] = [stored[p], classOf(stored[p])];
    out[p] = found;
  }
  return out;
}

/** Bytes in a row that are asked whether they are background before each is looked at: most are. */
const blockLength = 512;

/** The same for bytes, whose 256 values are asked for once each, when they first occur. */
function mapBytes(stored: Uint8Array, out: Uint8Array, classOf: (value: number) => number): Uint8Array {
  const table = new Int16Array(256).fill(-1);
  for (let start = 0; start < stored.length; start += blockLength) {
    const end = Math.min(start + blockLength, stored.length);
    if (isAllZero(stored.subarray(start, end))) continue;
    for (let p = start; p < end; p++) {
      let found = table[stored[p]];
      if (found < 0) found = table[stored[p]] = classOf(stored[p]);
      out[p] = found;
    }
  }
  return out;
}
