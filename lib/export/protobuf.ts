/**
 * Protocol buffers as ONNX and TensorFlow files are written in: a message is its fields one after the other, each a
 * number and a value. Source: https://protobuf.dev/programming-guides/encoding
 */

/** A message, or a part of one: pieces in their order, so that large arrays are not copied. */
export type Message = readonly Uint8Array[];

function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value)); // negative numbers take ten bytes
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Uint8Array.of(...bytes, Number(rest));
}

const tag = (field: number, wireType: 0 | 2 | 5): Uint8Array => varint(field * 8 + wireType);
const lengthOf = (message: Message): number => message.reduce((sum, { length }) => sum + length, 0);

/** A whole number or an enumeration's. */
export const whole = (field: number, value: number): Message => [tag(field, 0), varint(value)];

/** Whole numbers in one field, as proto3 packs them. */
export const wholes = (field: number, values: readonly number[]): Message =>
  bytes(field, Buffer.concat(values.map(varint)));

/** A number of 32 bits. */
export function float(field: number, value: number): Message {
  return [tag(field, 5), new Uint8Array(Float32Array.of(value).buffer)];
}

/** Bytes, or the memory of an array. */
export const bytes = (field: number, { buffer, byteOffset, byteLength }: ArrayBufferView): Message => [
  tag(field, 2),
  varint(byteLength),
  new Uint8Array(buffer, byteOffset, byteLength),
];

export const string = (field: number, value: string): Message => bytes(field, Buffer.from(value));

/** A message inside another, from its parts. */
export function message(field: number, ...parts: readonly Message[]): Message {
  const content = parts.flat();
  return [tag(field, 2), varint(lengthOf(content)), ...content];
}
