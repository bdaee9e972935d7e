/**
 * Named arrays and texts in one file of the format safetensors: eight bytes with the length of a JSON header, the
 * header, and the numbers one array after the other. Python reads it by `safetensors.numpy.load_file`.
 * Format: https://github.com/huggingface/safetensors (section "Format").
 */
import { Float16Array } from '@petamoriken/float16';
import { expected } from '../errors.ts';
import { readBytes, sha256 } from '../io/files.ts';
import { checkShape, choice, dictionary, list, natural, object, parseJson, text, tuple } from '../io/schema.ts';
import type { NamedArrays } from '../step/step.ts';

type FloatType = 'F32' | 'F16';

/** What one file holds. */
export interface Safetensors {
  readonly arrays: NamedArrays;
  readonly metadata: Readonly<Record<string, string>>;
}

const entrySchema = object({
  dtype: choice(['F32', 'F16']),
  shape: list(natural),
  data_offsets: tuple([natural, natural]),
});
const metadataKey = '__metadata__';
const bytesOf = { F32: 4, F16: 2 } as const;
/** Far more than any network of ours needs: the format's own bound. */
const longestHeader = 1e8;
const mostBytes = 2 ** 31;

const numbersOf = (data: Float32Array, type: FloatType): Uint8Array => {
  const numbers = type === 'F16' ? new Float16Array(data) : data;
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
};

/** Numbers from here on are rounded to infinity in 16 bits. */
const tooLarge = { F32: Infinity, F16: 65_520 } as const;

/**
 * The pieces of a file, with the arrays aligned to eight bytes. With `isHalf` kernels (arrays of two axes or more) have
 * 16 bits a number, 11 of them significant; what there is once a channel, such as running variances, keeps its 32.
 * Throws a UserError where a number is not finite or beyond what its bits hold.
 */
export function encodeSafetensors({ arrays, metadata }: Safetensors, { isHalf = false } = {}): Uint8Array[] {
  let at = 0;
  const header: Record<string, unknown> = { [metadataKey]: metadata };
  const pieces: Uint8Array[] = [];
  const typed = Object.entries(arrays).map(([name, array]) => {
    const type: FloatType = isHalf && array.shape.length > 1 ? 'F16' : 'F32';
    return { name, type, ...array };
  });
  // The wider numbers first, for each array to begin at a multiple of its own size.
  for (const { name, type, shape, data } of typed.sort((a, b) => bytesOf[b.type] - bytesOf[a.type])) {
    const odd = data.find((v) => !(Math.abs(v) < tooLarge[type]));
    if (odd !== undefined) throw expected(`numbers that ${8 * bytesOf[type]} bits hold in ${name}`, `${odd}`);
    const piece = numbersOf(data, type);
    header[name] = { dtype: type, shape, data_offsets: [at, (at += piece.length)] };
    pieces.push(piece);
  }
  const json = Buffer.from(JSON.stringify(header));
  const head = Buffer.alloc(8 + 8 * Math.ceil(json.length / 8), ' ');
  head.writeBigUInt64LE(BigInt(head.length - 8));
  json.copy(head, 8);
  return [head, ...pieces];
}

/** The header's JSON, with its length checked against the file's. */
function headerOf(bytes: Buffer, file: string): { header: Record<string, unknown>; start: number } {
  const length = bytes.length < 8 ? Infinity : Number(bytes.readBigUInt64LE());
  if (length > Math.min(longestHeader, bytes.length - 8))
    throw expected('a safetensors file', `${bytes.length} bytes that are not one`, file);
  const header = parseJson(bytes.toString('utf8', 8, 8 + length), file);
  return { header: checkShape(header, object({}), file, 'a safetensors header'), start: 8 + length };
}

/**
 * Reads a file, and its SHA-256; arrays are float32, whatever they were. Throws a UserError that names the file when it
 * is not whole: each array must follow the one before, and the last end with the file.
 */
export async function readSafetensors(file: string): Promise<Safetensors & { readonly sha256: string }> {
  const bytes = await readBytes(file, 'a safetensors file', mostBytes);
  const { header, start } = headerOf(bytes, file);
  const { [metadataKey]: texts = {}, ...entries } = header;
  const what = 'a safetensors header';
  const metadata = checkShape(texts, dictionary(text), file, what);
  const found = Object.entries(checkShape(entries, dictionary(entrySchema), file, what));
  const arrays: Record<string, NamedArrays[string]> = {};
  let at = 0;
  for (const [name, { dtype, shape, data_offsets: offsets }] of found.sort(([, a], [, b]) => order(a, b))) {
    const [from, to] = offsets;
    const size = shape.reduce((product, side) => product * side, 1);
    if (from !== at || to - from !== size * bytesOf[dtype] || start + to > bytes.length)
      throw expected(`${size} numbers of ${name} from byte ${at} on`, `bytes ${from} to ${to}`, file);
    const own = bytes.buffer.slice(bytes.byteOffset + start + from, bytes.byteOffset + start + to);
    arrays[name] = {
      shape: [...shape],
      data: dtype === 'F16' ? Float32Array.from(new Float16Array(own)) : new Float32Array(own),
    };
    at = to;
  }
  if (start + at !== bytes.length) throw expected(`${start + at} bytes`, `${bytes.length}`, file);
  return { arrays, metadata, sha256: sha256(bytes) };
}

type Offsets = { readonly data_offsets: readonly [number, number] };
const order = (a: Offsets, b: Offsets): number =>
  a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1];
