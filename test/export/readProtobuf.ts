/** Reads protocol buffers field by field, for tests to look at what was written. */

/** A field: whole numbers as bigint, all else as bytes. */
export interface Field {
  readonly field: number;
  readonly value: bigint | Buffer;
}

function varint(bytes: Buffer, from: number): [value: bigint, next: number] {
  let value = 0n;
  for (let at = from, shift = 0n; ; at++, shift += 7n) {
    value |= BigInt(bytes[at]! & 127) << shift;
    if (bytes[at]! < 128) return [value, at + 1];
  }
}

/** The fields of a message in their order. Throws for what is no message. */
export function fieldsOf(bytes: Buffer): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [tag, next] = varint(bytes, at);
    const [field, wireType] = [Number(tag >> 3n), Number(tag & 7n)];
    if (wireType === 0) {
      const [value, end] = varint(bytes, next);
      fields.push({ field, value });
      at = end;
    } else {
      if (wireType !== 2 && wireType !== 5) throw new Error(`wire type ${wireType} at byte ${at}`);
      const [length, start] = wireType === 2 ? varint(bytes, next) : ([4n, next] as const);
      const end = start + Number(length);
      if (end > bytes.length) throw new Error(`a field that ends after its message at byte ${at}`);
      fields.push({ field, value: bytes.subarray(start, end) });
      at = end;
    }
  }
  return fields;
}

/** The values of all fields of this number: messages and texts. */
export const all = (bytes: Buffer, field: number): Buffer[] =>
  fieldsOf(bytes).flatMap((each) => (each.field === field && Buffer.isBuffer(each.value) ? [each.value] : []));

/** The first of them as a text. */
export const textAt = (bytes: Buffer, field: number): string => all(bytes, field)[0]?.toString() ?? '';

/** The first whole number of a field. */
export const numberAt = (bytes: Buffer, field: number): number =>
  Number(fieldsOf(bytes).find((each) => each.field === field && typeof each.value === 'bigint')?.value);
