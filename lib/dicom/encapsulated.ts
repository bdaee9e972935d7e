/** Packed pixel data: items that hold the frames, one or several a frame. Source: DICOM PS3.5, annex A.4. */
import { expected } from '../errors.ts';

const itemTag = 0xe000fffe;
const delimiterTag = 0xe0ddfffe;

interface Item {
  /** From the first item behind the table of offsets, as that one counts. */
  readonly offset: number;
  readonly bytes: Buffer;
}

const damaged = (found: string, file: string): Error => expected('intact packed pixels', found, file);

/** The items from a place on, up to their delimiter; the first is the table of offsets. */
function itemsFrom(bytes: Buffer, start: number, file: string): Item[] {
  const items: Item[] = [];
  let at = start;
  for (let base = start; at + 8 <= bytes.length; ) {
    const [tag, length] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)];
    if (tag === delimiterTag) return items;
    if (tag !== itemTag) throw damaged(`no item at byte ${at}`, file);
    if (at + 8 + length > bytes.length)
      throw damaged(`an item that goes beyond the end of the file at byte ${at}`, file);
    items.push({ offset: at - base, bytes: bytes.subarray(at + 8, at + 8 + length) });
    at += 8 + length;
    if (items.length === 1) base = at;
  }
  throw damaged('the end of the file before the pixels end', file);
}

/** The items that begin at each offset of the table, up to the next one. */
function groupByTable(items: readonly Item[], table: readonly number[], file: string): Buffer[] {
  return table.map((from, i) => {
    const to = table[i + 1] ?? Infinity;
    const own = items.filter(({ offset }) => offset >= from && offset < to);
    if (own[0]?.offset !== from) throw damaged(`a table of offsets that names no item for frame ${i + 1}`, file);
    return Buffer.concat(own.map((item) => item.bytes));
  });
}

/**
 * The packed bytes of each frame; `bytes` are those of the file, the pixel data begin at `start`. Throws a UserError
 * where the items do not say which frame they belong to.
 */
export function framesOf(bytes: Buffer, start: number, count: number, file: string): Buffer[] {
  const [table, ...items] = itemsFrom(bytes, start, file);
  if (items.length === 0) throw damaged('no pixels', file);
  if (items.length === count) return items.map((item) => item.bytes);
  if (count === 1) return [Buffer.concat(items.map((item) => item.bytes))];
  const offsets = Array.from({ length: Math.floor(table!.bytes.length / 4) }, (_, i) =>
    table!.bytes.readUInt32LE(4 * i),
  );
  if (offsets.length === count) return groupByTable(items, offsets, file);
  throw damaged(`${items.length} items for ${count} frames and no table of offsets`, file);
}
