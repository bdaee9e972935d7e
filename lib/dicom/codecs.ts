/** JPEG 2000 (HTJ2K too) and JPEG-LS, decoded by OpenJPEG and CharLS in WebAssembly. */
import { type CodecName, codecStarter } from '#system/codecs';
import { expected, messageOf } from '../errors.ts';

interface FrameInfo {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
}

interface Decoder {
  /** Memory of the module for so many packed bytes. */
  getEncodedBuffer(length: number): Uint8Array;
  decode(): void;
  getFrameInfo(): FrameInfo;
  /** A view on memory of the module: gone with the next call. */
  getDecodedBuffer(): Uint8Array;
  delete(): void;
}

interface CodecModule {
  getExceptionMessage?(pointer: number): string;
  readonly J2KDecoder?: new () => Decoder;
  readonly JpegLSDecoder?: new () => Decoder;
}

interface Codec {
  readonly module: CodecModule;
  /** What the codec has said since it was asked last. */
  readonly said: string[];
}

export type { CodecName };

const loaded = new Map<CodecName, Promise<Codec>>();

async function load(name: CodecName): Promise<Codec> {
  const said: string[] = [];
  const print = (line: string): void => void said.push(line);
  return { module: await codecStarter<CodecModule>(name)({ print, printErr: print }), said };
}

/** Started once; a codec that failed may be in any state and is started anew. */
function codecOf(name: CodecName): Promise<Codec> {
  const codec = loaded.get(name) ?? load(name);
  loaded.set(name, codec);
  return codec;
}

/** The size in the header of a codestream, which is all that a decoder should ask memory for. */
function sizeIn(bytes: Buffer, name: CodecName): { width: number; height: number; components: number } | undefined {
  if (name === 'JPEG 2000') {
    if (bytes.length < 42 || bytes.readUInt32BE(0) !== 0xff4fff51) return undefined;
    const [right, bottom, left, top] = [8, 12, 16, 20].map((at) => bytes.readUInt32BE(at)) as [
      number,
      number,
      number,
      number,
    ];
    return { width: right - left, height: bottom - top, components: bytes.readUInt16BE(40) };
  }
  for (let at = 2; at + 10 <= bytes.length && bytes[at] === 0xff; at += 2 + bytes.readUInt16BE(at + 2)) {
    if (bytes[at + 1] !== 0xf7) continue;
    return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5), components: bytes[at + 9]! };
  }
  return undefined;
}

function checkSize(bytes: Buffer, name: CodecName, size: { width: number; height: number }, file: string): void {
  const found = sizeIn(bytes, name);
  const wanted = `${name} pixels of ${size.width}×${size.height} and one component`;
  if (!found) throw expected(wanted, 'no such data', file);
  if (found.width !== size.width || found.height !== size.height || found.components !== 1)
    throw expected(wanted, `${found.width}×${found.height} and ${found.components}`, file);
}

export interface Decoded {
  /** Little-endian numbers of one or two bytes (four where there are more than 16 bits). */
  readonly bytes: Buffer;
  readonly precision: number;
  /** What the decoder complained of although it went on. */
  readonly complaints: readonly string[];
}

function decodeWith({ module, said }: Codec, name: CodecName, packed: Buffer, file: string): Decoded {
  const decoder = new (name === 'JPEG 2000' ? module.J2KDecoder! : module.JpegLSDecoder!)();
  said.length = 0;
  decoder.getEncodedBuffer(packed.length).set(packed);
  decoder.decode();
  const { bitsPerSample } = decoder.getFrameInfo();
  const bytes = Buffer.from(decoder.getDecodedBuffer());
  decoder.delete();
  const errors = said.filter((line) => line.includes('[ERROR]'));
  if (errors.length > 0 || bytes.length === 0)
    throw expected(
      `intact ${name} pixels`,
      `damage (${(errors[0] ?? 'nothing decoded').replace('[ERROR] ', '')})`,
      file,
    );
  return { bytes, precision: bitsPerSample, complaints: said.filter((line) => line.includes('[WARNING]')) };
}

/**
 * The pixels of one packed frame, `size` being what the file says of it. Throws a UserError that names the file for
 * another size, before memory is asked for, and for damage.
 */
export async function decodeWithCodec(
  name: CodecName,
  packed: Buffer,
  size: { readonly width: number; readonly height: number },
  file: string,
): Promise<Decoded> {
  checkSize(packed, name, size, file);
  const codec = await codecOf(name);
  try {
    return decodeWith(codec, name, packed, file);
  } catch (error) {
    loaded.delete(name);
    if (typeof error !== 'number') throw asDamage(error, name, file);
    throw asDamage(codec.module.getExceptionMessage?.(error) ?? 'an exception', name, file);
  }
}

function asDamage(error: unknown, name: CodecName, file: string): unknown {
  const isOurs = error instanceof Error && error.name === 'UserError';
  return isOurs ? error : expected(`intact ${name} pixels`, `damage (${messageOf(error)})`, file);
}
