/** Reads a `.pdparams` file of PaddlePaddle, a pickled dictionary of arrays, without running anything of it. */
import { type PickledArray, type PickleValue, pickledArray, readPickle } from '../dataset/pickle.ts';
import { expected, shownText } from '../errors.ts';
import { fileKind } from '../io/fileKind.ts';
import { readBytes } from '../io/files.ts';
import type { NamedArrays } from '../step/step.ts';

/** Far more than a network of this kind has. */
const mostBytes = 2 ** 31;

/** An entry that PaddlePaddle adds: names of its own for the same arrays. */
const nameTable = 'StructuredToParameterName@@';

/** The numbers of a pickled array, as float32. */
function numbersOf(
  { bytes, type, isBigEndian, isFortran, shape }: PickledArray,
  name: string,
  file: string,
): Float32Array {
  const isFlat = shape.filter((side) => side > 1).length < 2;
  if (!['f4', 'f8'].includes(type) || isBigEndian || (isFortran && !isFlat))
    throw expected(`float32 numbers in C order as ${name}`, `${type}${isFortran ? ' in Fortran order' : ''}`, file);
  const copy = new Uint8Array(bytes); // aligned
  const { buffer, byteOffset, byteLength } = copy;
  if (type === 'f8') return Float32Array.from(new Float64Array(buffer, byteOffset, byteLength / 8));
  return new Float32Array(buffer, byteOffset, byteLength / 4);
}

/** The arrays of a dictionary that was pickled, by name; other entries are left out. */
export function arraysOf(value: PickleValue, file: string): NamedArrays {
  if (!(value instanceof Map)) throw expected('a dictionary of arrays, as paddle.save writes it', 'none', file);
  const arrays: [string, NamedArrays[string]][] = [];
  const others: string[] = [];
  for (const [name, entry] of value) {
    const array = pickledArray(entry);
    if (array && typeof name === 'string') {
      const shown = shownText(name);
      arrays.push([name, { shape: [...array.shape], data: numbersOf(array, shown, file) }]);
    } else if (name !== nameTable) others.push(shownText(String(name)));
  }
  if (arrays.length > 0) return Object.fromEntries(arrays);
  const found = others.length ? `only ${others.slice(0, 5).join(', ')}` : 'an empty one';
  throw expected('a dictionary with arrays', found, file);
}

/** The arrays of a `.pdparams` file by name. Throws a UserError for anything else. */
export async function readPdparams(file: string): Promise<NamedArrays> {
  const bytes = await readBytes(file, 'a .pdparams file', mostBytes);
  const what = 'weights as paddle.save writes them';
  const other = fileKind(bytes);
  if (other !== undefined) throw expected(what, other, file);
  return arraysOf(readPickle(bytes, file, { withOlder: true, what }), file);
}
