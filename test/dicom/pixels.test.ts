/** Packed pixels: every transfer syntax gives the numbers that went in. */
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readDicom } from '../../lib/dicom/readDicom.ts';
import { encodeFlatJpeg, encodeJpegLossless, encodeRle, encodeWasm } from './encoders.ts';
import { temporaryFolders } from './folder.ts';
import { ctElements, dicom, type Elements, encapsulated, type FileOptions, pixelBytes, syntaxes } from './makeDicom.ts';

const folderOf = temporaryFolders();
const [width, height] = [70, 50];
const size = { Rows: height, Columns: width, RescaleIntercept: '0' };

/** 12 bits, unsigned, and 16 bits, signed, with the ends of their ranges. */
const kinds = {
  'unsigned, 12 bits': {
    values: Uint16Array.from({ length: width * height }, (_, i) => (i < 2 ? 4095 * i : (i * 37) % 4096)),
    elements: { ...size, BitsStored: 12, HighBit: 11, PixelRepresentation: 0 },
    frame: { width, height, bits: 12, isSigned: false },
  },
  'signed, 16 bits': {
    values: Int16Array.from({ length: width * height }, (_, i) =>
      i < 2 ? 65535 * i - 32768 : ((i * 37) % 4000) - 2000,
    ),
    elements: { ...size },
    frame: { width, height, bits: 16, isSigned: true },
  },
} as const;
type Kind = (typeof kinds)[keyof typeof kinds];

const asUnsigned = ({ values }: Kind): Uint16Array => new Uint16Array(values.buffer);
const packers: [name: keyof typeof syntaxes, pack: (kind: Kind) => Promise<Buffer> | Buffer][] = [
  ['rle', ({ values }) => encodeRle(pixelBytes(values), 2)],
  ['jpegLossless', (kind) => encodeJpegLossless(asUnsigned(kind), kind.frame, { selection: 5 })],
  ['jpegLosslessSv1', (kind) => encodeJpegLossless(asUnsigned(kind), kind.frame)],
  ['jpegLs', ({ values, frame }) => encodeWasm('JPEG-LS', pixelBytes(values), frame)],
  ['jpegLsNear', ({ values, frame }) => encodeWasm('JPEG-LS', pixelBytes(values), frame)],
  ['jpeg2000', ({ values, frame }) => encodeWasm('JPEG 2000', pixelBytes(values), frame)],
  ['jpeg2000Lossy', ({ values, frame }) => encodeWasm('JPEG 2000', pixelBytes(values), frame)],
  ['htj2k', ({ values, frame }) => encodeWasm('HTJ2K', pixelBytes(values), frame)],
  ['htj2kRpcl', ({ values, frame }) => encodeWasm('HTJ2K', pixelBytes(values), frame)],
];

const write = (pixels: Buffer, elements: Elements, options: FileOptions): string =>
  path.join(folderOf({ 'a.dcm': dicom(ctElements(0, elements), { pixels, ...options }) }), 'a.dcm');
const packed = (name: keyof typeof syntaxes): FileOptions => ({ syntax: syntaxes[name], isPacked: true });

describe('each transfer syntax', () => {
  const table = packers.flatMap(([name, pack]) =>
    Object.entries(kinds).map(([kind, given]) => [name, kind, pack, given] as const),
  );
  it.each(table)('%s gives back what went in (%s)', async (name, _, pack, kind) => {
    const file = write(encapsulated([[await pack(kind)]]), kind.elements, packed(name));
    const { data, warnings } = await readDicom(file);
    expect(Buffer.from(Int32Array.from(data).buffer)).toEqual(Buffer.from(Int32Array.from(kind.values).buffer));
    expect(warnings.filter((one) => !one.includes('with loss'))).toEqual([]);
    expect(warnings.length).toBe(name.endsWith('Lossy') || name.endsWith('Near') ? 1 : 0);
  });
  it('gives signed numbers where the codestream of 12 bits says unsigned and the file signed', async () => {
    const kind = kinds['unsigned, 12 bits'];
    const codestream = await encodeWasm('JPEG 2000', pixelBytes(kind.values), kind.frame);
    const elements = { ...kind.elements, PixelRepresentation: 1 };
    const { data } = await readDicom(write(encapsulated([[codestream]]), elements, packed('jpeg2000')));
    expect([data[0], data[1]]).toEqual([0, -1]);
  });
  it('JPEG Baseline gives grey values of 8 bits, also under the name of Extended', async () => {
    const blocks = [
      [0, 100],
      [200, 255],
    ];
    const elements = { Rows: 16, Columns: 16, BitsAllocated: 8, BitsStored: 8, HighBit: 7, PixelRepresentation: 0 };
    for (const name of ['jpeg', 'jpegExtended'] as const) {
      const { data } = await readDicom(write(encapsulated([[encodeFlatJpeg(blocks)]]), elements, packed(name)));
      expect([0, 8, 8 * 16, 8 * 16 + 8].map((i) => data[i]! + 1024)).toEqual([0, 100, 200, 255]);
    }
  });
  it('JPEG of 12 bits is refused with a way out', async () => {
    const jpeg = encodeFlatJpeg([[1]]);
    jpeg[jpeg.indexOf(Buffer.from([0xff, 0xc0])) + 4] = 12;
    const elements = { Rows: 8, Columns: 8, BitsAllocated: 16, BitsStored: 12, HighBit: 11, PixelRepresentation: 0 };
    await expect(readDicom(write(encapsulated([[jpeg]]), elements, packed('jpegExtended')))).rejects.toThrow(
      /gdcmconv --raw unpacks others\), found 12 bits/,
    );
  });
  it('of 8 bits in big-endian words is unswapped', async () => {
    const bytes = Buffer.from(Array.from({ length: width * height }, (_, i) => i & 255));
    const elements = { ...size, BitsAllocated: 8, BitsStored: 8, HighBit: 7, PixelRepresentation: 0 };
    const file = write(Buffer.from(bytes).swap16(), elements, { syntax: syntaxes.bigEndian });
    expect([...(await readDicom(file)).data]).toEqual([...bytes]);
  });
});

describe('fragments', () => {
  const kind = kinds['signed, 16 bits'];
  let codestream: Buffer;
  beforeAll(async () => {
    codestream = await encodeWasm('JPEG-LS', pixelBytes(kind.values), kind.frame);
  });
  const half = (bytes: Buffer): Buffer[] => [bytes.subarray(0, 1000), bytes.subarray(1000)];
  const frames = (count: number): Elements => ({
    ...kind.elements,
    NumberOfFrames: count,
    PerFrameFunctionalGroupsSequence: Array.from({ length: count }, (_, z) => ({
      PlanePositionSequence: [{ ImagePositionPatient: `0\\0\\${z}` }],
    })),
  });
  it('of one frame are put together', async () => {
    const { data } = await readDicom(write(encapsulated([half(codestream)]), kind.elements, packed('jpegLs')));
    expect([...data]).toEqual([...kind.values]);
  });
  it('of several frames are told apart by their number or by the table of offsets', async () => {
    for (const pixels of [
      encapsulated([[codestream], [codestream]]),
      encapsulated([half(codestream), half(codestream)], { hasTable: true }),
    ]) {
      const { data } = await readDicom(write(pixels, frames(2), packed('jpegLs')));
      expect([...data]).toEqual([...kind.values, ...kind.values]);
    }
  });
  it('that nothing tells apart are refused, as are those that end too soon', async () => {
    const loose = encapsulated([half(codestream), half(codestream)]);
    await expect(readDicom(write(loose, frames(2), packed('jpegLs')))).rejects.toThrow('4 items for 2 frames');
    const cut = encapsulated([[codestream]]).subarray(0, -20);
    await expect(readDicom(write(cut, kind.elements, packed('jpegLs')))).rejects.toThrow(/beyond the end of the file/);
    const open = encapsulated([[codestream]]).subarray(0, -8);
    await expect(readDicom(write(open, kind.elements, packed('jpegLs')))).rejects.toThrow('the end of the file before');
    await expect(readDicom(write(encapsulated([]), kind.elements, packed('jpegLs')))).rejects.toThrow('no pixels');
  });
});

describe('damage', () => {
  const kind = kinds['signed, 16 bits'];
  it.each(packers)('of %s that ends too soon or tells another size is refused', async (name, pack) => {
    const whole = await pack(kind);
    const cut = whole.subarray(0, whole.length >> 1);
    await expect(readDicom(write(encapsulated([[cut]]), kind.elements, packed(name)))).rejects.toThrow(
      /^Expected .*a\.dcm$/,
    );
    const other = { ...kind.elements, Rows: height + 1 };
    await expect(readDicom(write(encapsulated([[whole]]), other, packed(name)))).rejects.toThrow(/^Expected .*a\.dcm$/);
    // A codec that failed reads the next file all the same.
    const { data } = await readDicom(write(encapsulated([[whole]]), kind.elements, packed(name)));
    expect(data[5]).toBe(kind.values[5]);
  });
  it('of the encoding is refused: plain pixels under the name of a packed syntax, and packed ones under that of a plain one', async () => {
    const plain = pixelBytes(kind.values);
    await expect(readDicom(write(plain, kind.elements, { syntax: syntaxes.rle }))).rejects.toThrow(
      'packed pixels, as RLE',
    );
    const bytes = encapsulated([[plain]]);
    await expect(readDicom(write(bytes, kind.elements, { isPacked: true }))).rejects.toThrow(
      'plain pixels, as Explicit',
    );
  });
  it('that promises more than memory holds is refused before memory is asked for', async () => {
    const huge = { ...size, Rows: 65_535, Columns: 65_535, NumberOfFrames: 2_000_000 };
    const groups = { PerFrameFunctionalGroupsSequence: undefined };
    await expect(readDicom(write(Buffer.alloc(8), { ...huge, ...groups }, {}))).rejects.toThrow(/^Expected/);
    const one = { ...size, Rows: 65_535, Columns: 65_535 };
    for (const syntax of [syntaxes.explicit, syntaxes.deflated])
      await expect(readDicom(write(Buffer.alloc(8), one, { syntax }))).rejects.toThrow(
        /^Expected .* bytes of pixels|memory/,
      );
    const bomb = encapsulated([[encodeRle(Buffer.alloc(16), 2)]]);
    await expect(readDicom(write(bomb, one, packed('rle')))).rejects.toThrow(/^Expected/);
  });
});
