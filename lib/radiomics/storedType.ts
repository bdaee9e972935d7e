/**
 * The type that an image was stored in. 64-bit integers are doubles in memory, so that only the header tells them;
 * images made of such a one keep it.
 */
import type { Volume } from '../volume/volume.ts';

type Stored = Volume & { readonly header?: { readonly datatype?: string } };

/** What the header says of the type. */
export const storedType = ({ header }: Stored): Pick<Stored, 'header'> =>
  header?.datatype === undefined ? {} : { header: { datatype: header.datatype } };

/**
 * Whether an image is one of integers: stored so in memory, or read from 64-bit integers (then all its values are still
 * whole).
 */
export function isIntegerImage({ data, header }: Stored): boolean {
  if (!(data instanceof Float32Array || data instanceof Float64Array)) return true;
  return /^u?int64$/.test(header?.datatype ?? '') && data.every(Number.isInteger);
}

/** Whether an image of integers has none below 0. */
export const isUnsigned = ({ data, header }: Stored): boolean =>
  data instanceof Float64Array ? header?.datatype === 'uint64' : data.constructor.name.startsWith('Uint');
