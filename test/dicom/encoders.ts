/** Packing pixels as the transfer syntaxes have it, for tests. */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

export interface FrameSize {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly isSigned: boolean;
}

/** PackBits: runs of equal bytes and of others. */
function packRun(bytes: Uint8Array): Buffer {
  const out: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    let run = 1;
    while (run < 128 && bytes[at + run] === bytes[at]) run++;
    if (run > 1) {
      out.push(257 - run, bytes[at]!);
      at += run;
      continue;
    }
    let end = at + 1;
    while (end < bytes.length && end - at < 128 && bytes[end] !== bytes[end + 1]) end++;
    out.push(end - at - 1, ...bytes.subarray(at, end));
    at = end;
  }
  return Buffer.from(out.length % 2 ? [...out, 0] : out);
}

/** DICOM's RLE of little-endian numbers. */
export function encodeRle(bytes: Uint8Array, bytesPerPixel: number): Buffer {
  const runs = Array.from({ length: bytesPerPixel }, (_, i) =>
    packRun(bytes.filter((_v, at) => at % bytesPerPixel === bytesPerPixel - 1 - i)),
  );
  const header = Buffer.alloc(64);
  header.writeUInt32LE(bytesPerPixel, 0);
  let offset = 64;
  for (const [i, run] of runs.entries()) {
    header.writeUInt32LE(offset, 4 + 4 * i);
    offset += run.length;
  }
  return Buffer.concat([header, ...runs]);
}

/** Bits with JPEG's stuffed zeros. */
class BitWriter {
  #held = 0;
  #count = 0;
  readonly #bytes: number[] = [];
  put(value: number, bits: number): void {
    for (let bit = bits - 1; bit >= 0; bit--) {
      this.#held = (this.#held << 1) | ((value >> bit) & 1);
      if (++this.#count === 8) this.#flushByte();
    }
  }
  #flushByte(): void {
    this.#bytes.push(this.#held);
    if (this.#held === 0xff) this.#bytes.push(0);
    this.#held = this.#count = 0;
  }
  /** Fills the last byte with ones. */
  align(): void {
    while (this.#count > 0) this.put(1, 1);
  }
  marker(code: number): void {
    this.align();
    this.#bytes.push(0xff, code);
  }
  get bytes(): Buffer {
    this.align();
    return Buffer.from(this.#bytes);
  }
}

const segment = (marker: number, body: readonly number[]): number[] => {
  const length = body.length + 2;
  return [0xff, marker, length >> 8, length & 255, ...body];
};

const categoryOf = (difference: number): number => (difference === 0 ? 0 : 32 - Math.clz32(Math.abs(difference)));

function putDifference(bits: BitWriter, difference: number, codeLength: number): void {
  const category = categoryOf(difference);
  bits.put(category, codeLength);
  if (category > 0 && category < 16) bits.put(difference > 0 ? difference : difference + (1 << category) - 1, category);
}

const predictors: Record<number, (a: number, b: number, c: number) => number> = {
  1: (a) => a,
  2: (_, b) => b,
  3: (_a, _b, c) => c,
  4: (a, b, c) => a + b - c,
  5: (a, b, c) => a + ((b - c) >> 1),
  6: (a, b, c) => b + ((a - c) >> 1),
  7: (a, b) => (a + b) >> 1,
};

/** 17 categories, each with a code of 5 bits that is its number. */
const fiveBitTable = (id: number): number[] => [
  id,
  ...Array.from({ length: 16 }, (_, i) => (i === 4 ? 17 : 0)),
  ...Array.from({ length: 17 }, (_, i) => i),
];

/** Lossless JPEG (SOF3) of unsigned numbers; a restart after so many rows, none for 0. */
export function encodeJpegLossless(
  values: Uint16Array,
  { width, height, bits: precision }: FrameSize,
  { selection = 1, restartRows = 0, shift = 0 } = {},
): Buffer {
  const bits = new BitWriter();
  const at = (x: number, y: number): number => values[y * width + x]! >> shift;
  for (let y = 0; y < height; y++) {
    const isFirst = restartRows > 0 ? y % restartRows === 0 : y === 0;
    if (isFirst && y > 0) bits.marker(0xd0 + ((y / restartRows - 1) & 7));
    for (let x = 0; x < width; x++) {
      let prediction = 1 << (precision - shift - 1);
      if (isFirst) prediction = x > 0 ? at(x - 1, y) : prediction;
      else if (x === 0) prediction = at(x, y - 1);
      else prediction = predictors[selection]!(at(x - 1, y), at(x, y - 1), at(x - 1, y - 1));
      const wrapped = ((at(x, y) - prediction) << 16) >> 16;
      putDifference(bits, wrapped === -32768 ? 32768 : wrapped, 5);
    }
  }
  const interval = restartRows * width;
  return Buffer.concat([
    Buffer.from([
      0xff,
      0xd8,
      ...segment(0xc4, fiveBitTable(0)),
      ...segment(0xc3, [precision, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0]),
      ...(interval > 0 ? segment(0xdd, [interval >> 8, interval & 255]) : []),
      ...segment(0xda, [1, 1, 0, selection, 0, shift]),
    ]),
    bits.bytes,
    Buffer.from([0xff, 0xd9]),
  ]);
}

/** A grey baseline JPEG of flat blocks of 8 × 8 pixels: each has one value and nothing is lost. */
export function encodeFlatJpeg(blocks: readonly (readonly number[])[]): Buffer {
  const [rows, columns] = [8 * blocks.length, 8 * blocks[0]!.length];
  const bits = new BitWriter();
  let before = 0;
  for (const value of blocks.flat()) {
    const mean = 8 * (value - 128); // the DC coefficient of a flat block, quantised by 1
    putDifference(bits, mean - before, 5);
    bits.put(0, 1); // end of block
    before = mean;
  }
  const ac = [0x10, 1, ...Array.from({ length: 15 }, () => 0), 0];
  const dc = [
    0,
    ...Array.from({ length: 16 }, (_, i) => (i === 4 ? 12 : 0)),
    ...Array.from({ length: 12 }, (_, i) => i),
  ];
  return Buffer.concat([
    Buffer.from([
      0xff,
      0xd8,
      ...segment(0xdb, [0, ...Array.from({ length: 64 }, () => 1)]),
      ...segment(0xc0, [8, rows >> 8, rows & 255, columns >> 8, columns & 255, 1, 1, 0x11, 0]),
      ...segment(0xc4, dc),
      ...segment(0xc4, ac),
      ...segment(0xda, [1, 1, 0, 0, 63, 0]),
    ]),
    bits.bytes,
    Buffer.from([0xff, 0xd9]),
  ]);
}

interface Encoder {
  getDecodedBuffer(info: object): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  setQuality?(isReversible: boolean, step: number): void;
  setDecompositions?(levels: number): void;
  encode(): void;
  delete(): void;
}

const wasm = {
  'JPEG 2000': ['@cornerstonejs/codec-openjpeg/wasmjs', 'J2KEncoder'],
  'JPEG-LS': ['@cornerstonejs/codec-charls/wasmjs', 'JpegLSEncoder'],
  HTJ2K: ['@cornerstonejs/codec-openjph/wasmjs', 'HTJ2KEncoder'],
} as const;

/** Losslessly packed by the wasm encoder of that name. */
export async function encodeWasm(
  name: keyof typeof wasm,
  bytes: Uint8Array,
  { width, height, bits, isSigned }: FrameSize,
): Promise<Buffer> {
  const [file, className] = wasm[name];
  const quiet = { print: () => {}, printErr: () => {} };
  const module = (await (require(file) as (options: object) => Promise<object>)(quiet)) as Record<
    string,
    new () => Encoder
  >;
  const encoder = new module[className]!();
  const info = { width, height, bitsPerSample: bits, componentCount: 1, isSigned, isUsingColorTransform: false };
  encoder.getDecodedBuffer(info).set(bytes);
  encoder.setQuality?.(true, 0);
  if (Math.min(width, height) < 32) encoder.setDecompositions?.(1);
  encoder.encode();
  const packed = Buffer.from(encoder.getEncodedBuffer());
  encoder.delete();
  return packed;
}
