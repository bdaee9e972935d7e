/** TIFF files made by hand, entry by entry. */

/** What is in the directory: numbers by tag, SHORT where they fit and LONG else. */
export type TiffTags = Readonly<Record<number, readonly number[]>>;

export interface TiffParts {
  readonly width: number;
  readonly height: number;
  /** The strips as they are stored. */
  readonly strips: readonly Uint8Array[];
  readonly tags?: TiffTags;
  readonly isBig?: boolean;
  /** Where the next directory lies. */
  readonly next?: number;
}

/** A TIFF of 8-bit grey unless its tags say otherwise: header, directory, lists, strips. */
export function tiff({ width, height, strips, tags = {}, isBig = false, next = 0 }: TiffParts): Buffer {
  const all: Record<number, readonly number[]> = {
    256: [width],
    257: [height],
    258: [8],
    259: [1],
    262: [1],
    273: strips.map(() => 0),
    277: [1],
    278: [Math.ceil(height / strips.length)],
    279: strips.map(({ length }) => length),
    ...tags,
  };
  const entries = Object.entries(all).filter(([, values]) => values.length > 0);
  const bytesOf = (values: readonly number[], size: number): Buffer => {
    const out = Buffer.alloc(size * values.length);
    values.forEach((value, i) => {
      if (isBig) out.writeUIntBE(value, size * i, size);
      else out.writeUIntLE(value, size * i, size);
    });
    return out;
  };
  const isLong = (tag: string, values: readonly number[]): boolean =>
    tag === '273' || values.some((value) => value > 65535);
  const lists = 8 + 2 + 12 * entries.length + 4;
  const sizeOf = ([tag, values]: (typeof entries)[number]): number => values.length * (isLong(tag, values) ? 4 : 2);
  let strip = lists + entries.reduce((sum, entry) => sum + (sizeOf(entry) > 4 ? sizeOf(entry) : 0), 0);
  if (!tags[273]) all[273] = strips.map(({ length }) => (strip += length) - length);
  const [directory, behind]: Buffer[][] = [[bytesOf([entries.length], 2)], []];
  let at = lists;
  for (const [tag] of entries) {
    const values = all[Number(tag)]!;
    const size = isLong(tag, values) ? 4 : 2;
    directory.push(bytesOf([Number(tag), size === 4 ? 4 : 3], 2), bytesOf([values.length], 4));
    const list = bytesOf(values, size);
    if (list.length <= 4) directory.push(Buffer.concat([list, Buffer.alloc(4 - list.length)]));
    else {
      directory.push(bytesOf([at], 4));
      behind.push(list);
      at += list.length;
    }
  }
  const head = [Buffer.from(isBig ? 'MM\0*' : 'II*\0', 'latin1'), bytesOf([8], 4)];
  return Buffer.concat([...head, ...directory, bytesOf([next], 4), ...behind, ...strips]);
}

/** TIFF's LZW as its specification tells a writer: codes grow one early, and the table is cleared when it is full. */
export function packLzw(data: Uint8Array): Uint8Array {
  let [bits, table] = [9, new Map<string, number>()];
  const out: string[] = [];
  const write = (code: number): void => void out.push(code.toString(2).padStart(bits, '0'));
  const codeOf = (text: string): number => (text.length === 1 ? text.charCodeAt(0) : table.get(text)!);
  write(256);
  let text = '';
  for (const byte of data) {
    const longer = text + String.fromCharCode(byte);
    if (longer.length === 1 || table.has(longer)) {
      text = longer;
      continue;
    }
    write(codeOf(text));
    table.set(longer, 258 + table.size);
    const next = 258 + table.size;
    if (next === 4095) {
      write(256);
      [bits, table] = [9, new Map()];
    } else if (next === 512 || next === 1024 || next === 2048) bits++;
    text = longer.at(-1)!;
  }
  if (text !== '') write(codeOf(text));
  write(257);
  const all = out.join('');
  return Uint8Array.from(all.match(/.{1,8}/g)!, (byte) => Number.parseInt(byte.padEnd(8, '0'), 2));
}
