/** Attributes of operations, and the values of constants. */
import { createHash } from '#system/hash';
import { CannotCompile } from '../errors.ts';
import { attributeTypes, dtypes, type NativeAttribute } from './native.ts';

export const typeAttribute = (name: string, dtype: number): NativeAttribute => ({
  name,
  type: attributeTypes.type,
  value: dtype,
});

/** Attributes as JSON takes them, constants by their hash. */
export function plainAttributes(attributes: readonly NativeAttribute[]): unknown[] {
  return attributes.map((a) => {
    if (a.type !== attributeTypes.tensor) return [a.name, a.value];
    const { shape, data } = a.value as { shape: number[]; data: Uint8Array };
    return [
      a.name,
      shape,
      createHash('sha256')
        .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
        .digest('base64'),
    ];
  });
}

export function toBytes(dtype: number, values: ArrayLike<number>): Float32Array | Int32Array | Uint8Array {
  if (dtype === dtypes.float32) return values instanceof Float32Array ? values : Float32Array.from(values);
  if (dtype === dtypes.int32) return values instanceof Int32Array ? values : Int32Array.from(values);
  if (dtype === dtypes.bool) return values instanceof Uint8Array ? values : Uint8Array.from(values);
  throw new CannotCompile(`a constant of TensorFlow type ${dtype}`, 'it is none of float32, int32 and bool');
}
