/** The data set of one DICOM file up to its pixels, parsed by dicom-parser, and where the pixels begin. */
import { type DataSet, default as dicomParser } from 'dicom-parser';
import { expected, messageOf } from '../errors.ts';
import { type PlainSource, withPlainSource } from '../io/bytes.ts';
import { tags } from './attributes.ts';
import { inflateHead } from './deflated.ts';
import { fileStart } from './fileParts.ts';
import { bigEndianUid, deflatedUid, explicitUid, implicitUid } from './transferSyntax.ts';

export interface DicomHeader {
  readonly file: string;
  readonly data: DataSet;
  readonly transferSyntaxUid: string;
  /** The id of the instance in the file's own preface: some files have it only there. */
  readonly metaInstance: string | undefined;
  /** Undefined where the file has no pixels. */
  readonly pixels: PixelPlace | undefined;
  /** Where deflated bytes begin: in such a file the places of pixels count from the unpacked ones. */
  readonly deflatedFrom: number | undefined;
}

/** Where pixel data lie. */
export interface PixelPlace {
  readonly offset: number;
  /** Undefined for packed pixels, which end with a delimiter. */
  readonly length: number | undefined;
  /** The value representation, where the file names it. */
  readonly vr: string | undefined;
}

const preambleBytes = 128;
/** Bytes by which a DICOM file is known. */
const signatureBytes = preambleBytes + 4;
/** So much of a file is read for its header, then more while the pixels were not reached. */
const headSteps = [1 << 14, 1 << 17, 1 << 20, 1 << 24, 1 << 28] as const;
const longLengths = /^(OB|OD|OF|OL|OW|SQ|UC|UN|UR|UT)$/;

const isPart10 = (head: Buffer): boolean => head.toString('latin1', preambleBytes, signatureBytes) === 'DICM';

/** How a data set is written that begins with an element of group 8; undefined where none does. */
function syntaxShown(bytes: Buffer, at: number): string | undefined {
  if (bytes.length < at + 8 || bytes.readUInt16LE(at) !== 8 || bytes.readUInt16LE(at + 2) > 0x18) return undefined;
  if (/^(CS|UI|UL|DA|TM|SH|LO)$/.test(bytes.toString('latin1', at + 4, at + 6))) return explicitUid;
  return bytes.readUInt32LE(at + 4) <= 256 ? implicitUid : undefined;
}

/** Whether the first bytes of a file are those of DICOM: with a preamble or, as older ones are, without. */
export const looksLikeDicom = (head: Buffer): boolean => isPart10(head) || syntaxShown(head, 0) !== undefined;

interface Preface {
  readonly end: number;
  readonly transferSyntaxUid: string;
  readonly metaInstance: string | undefined;
}

/** Group 2 of a file, which is always explicit little endian. */
function prefaceOf(head: Buffer): Preface {
  const found = new Map<number, string>();
  let at = isPart10(head) ? signatureBytes : 0;
  while (at + 12 <= head.length && head.readUInt16LE(at) === 2) {
    const isLong = longLengths.test(head.toString('latin1', at + 4, at + 6));
    const start = at + (isLong ? 12 : 8);
    const end = start + (isLong ? head.readUInt32LE(at + 8) : head.readUInt16LE(at + 6));
    if (end > head.length) throw new Error('an element of the preface goes beyond the end');
    const text = end - start <= 64 ? head.toString('latin1', start, end).replace(/[\0 ]+$/, '') : '';
    found.set(head.readUInt16LE(at + 2), text);
    at = end;
  }
  const transferSyntaxUid = found.get(0x10) || syntaxShown(head, at) || implicitUid;
  return { end: at, transferSyntaxUid, metaInstance: found.get(3) };
}

/** What dicom-parser throws, texts and errors, as a sentence. None of them repeats a value of the file. */
export const dicomDamage = (error: unknown, file: string): Error =>
  expected('an intact DICOM file', `damage (${messageOf(error).replace(/^dicomParser[.:]?\w*: /, '')})`, file);

/** Exported by the package and missing in its types. */
const { DataSet: DataSetOf } = dicomParser as unknown as {
  DataSet: new (parser: object, bytes: Uint8Array, elements: object) => DataSet;
};

function parseDataSet(bytes: Buffer, from: number, transferSyntaxUid: string): DataSet {
  const isBig = transferSyntaxUid === bigEndianUid;
  const parser = isBig ? dicomParser.bigEndianByteArrayParser : dicomParser.littleEndianByteArrayParser;
  const data = new DataSetOf(parser, bytes, {});
  const stream = new dicomParser.ByteStream(parser, bytes, from);
  const options = { untilTag: tags.pixelData };
  if (transferSyntaxUid === implicitUid) dicomParser.parseDicomDataSetImplicit(data, stream, bytes.length, options);
  else dicomParser.parseDicomDataSetExplicit(data, stream, bytes.length, options);
  return data;
}

function parseHead(
  head: Buffer,
  step: number,
  { end, transferSyntaxUid, metaInstance }: Preface,
): Omit<DicomHeader, 'file'> {
  const isDeflated = transferSyntaxUid === deflatedUid;
  const bytes = isDeflated ? inflateHead(head.subarray(end), step) : head;
  const data = parseDataSet(bytes, isDeflated ? 0 : end, transferSyntaxUid);
  const element = data.elements[tags.pixelData];
  return {
    data,
    transferSyntaxUid,
    metaInstance,
    pixels: element && {
      offset: element.dataOffset,
      length: element.hadUndefinedLength ? undefined : element.length,
      vr: element.vr,
    },
    deflatedFrom: isDeflated ? end : undefined,
  };
}

/** The header where the first bytes of the file have all of it: nearly always. */
function shortHeader(file: string): DicomHeader | undefined {
  const head = fileStart(file, headSteps[0]);
  if (!head || !looksLikeDicom(head)) return undefined;
  try {
    const header = parseHead(head, headSteps[0], prefaceOf(head));
    return header.pixels && { file, ...header };
  } catch {
    return undefined;
  }
}

async function longHeader(source: PlainSource): Promise<DicomHeader> {
  const { file, size } = source;
  for (const step of headSteps) {
    const head = await source.head(step);
    if (!looksLikeDicom(head)) throw expected('a DICOM file', 'no DICOM signature', file);
    let isLast = head.length >= size || step === headSteps.at(-1);
    try {
      const preface = prefaceOf(head);
      if (preface.transferSyntaxUid === deflatedUid) isLast = step === headSteps.at(-1);
      const header = parseHead(head, step, preface);
      if (header.pixels || isLast) return { file, ...header };
    } catch (error) {
      if (isLast) throw dicomDamage(error, file);
    }
  }
  throw expected('a DICOM header', 'none', file);
}

/**
 * Reads the header of a file. Throws a UserError for a file that is no DICOM, is damaged, or whose header goes on for
 * more than 256 MB.
 */
export const readDicomHeader = async (file: string): Promise<DicomHeader> =>
  shortHeader(file) ?? withPlainSource(file, 'a DICOM file', longHeader);
