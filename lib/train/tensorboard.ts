/**
 * Scalars for TensorBoard: its event files are TFRecords (length, checksum, payload, checksum) of protocol-buffer
 * messages. The few fields that scalars need are written by hand, so that no TensorFlow or Python is needed.
 * Formats: tensorflow/core/lib/io/record_writer.h and tensorflow/core/util/event.proto.
 */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  return crc;
});

/** CRC-32C (Castagnoli), RFC 3720 appendix B.4. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ crcTable[(crc ^ byte) & 255];
  return (crc ^ 0xffffffff) >>> 0;
}

/** TFRecord rotates the checksum and adds a constant, so that a checksum of checksums stays sound. */
function maskedCrc(bytes: Uint8Array): Buffer {
  const crc = crc32c(bytes);
  const out = Buffer.alloc(4);
  out.writeUInt32LE((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
  return out;
}

/** One TFRecord around a payload. */
export function tfRecord(payload: Uint8Array): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(payload.length));
  return Buffer.concat([length, maskedCrc(length), payload, maskedCrc(payload)]);
}

// Protocol-buffer wire types: 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes.
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  do {
    bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
}
const varintField = (field: number, value: number): Buffer => Buffer.concat([varint(field << 3), varint(value)]);
const bytesField = (field: number, value: Uint8Array): Buffer =>
  Buffer.concat([varint((field << 3) | 2), varint(value.length), value]);
function doubleField(field: number, value: number): Buffer {
  const out = Buffer.alloc(8);
  out.writeDoubleLE(value);
  return Buffer.concat([varint((field << 3) | 1), out]);
}
function floatField(field: number, value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeFloatLE(value);
  return Buffer.concat([varint((field << 3) | 5), out]);
}

const wallTime = (): Buffer => doubleField(1, Date.now() / 1000);
const versionEvent = (): Buffer => Buffer.concat([wallTime(), bytesField(3, Buffer.from('brain.Event:2'))]);
/** A session start at a step tells TensorBoard to drop what a killed run wrote at that step and after it. */
const startEvent = (step: number): Buffer =>
  Buffer.concat([wallTime(), varintField(2, step), bytesField(7, varintField(1, 1))]);
const scalarEvent = (step: number, scalars: Readonly<Record<string, number>>): Buffer =>
  Buffer.concat([
    wallTime(),
    varintField(2, step),
    bytesField(
      5,
      Buffer.concat(
        Object.entries(scalars).map(([tag, value]) =>
          bytesField(1, Buffer.concat([bytesField(1, Buffer.from(tag)), floatField(2, value)])),
        ),
      ),
    ),
  ]);

interface ScalarWriter {
  /** Adds one point to each curve; curves are told apart by their tags (`training/loss`). */
  write(step: number, scalars: Readonly<Record<string, number>>): void;
  close(): void;
}

let opened = 0;

/**
 * Opens a new event file in `folder` for steps from `step` on; a resumed run gets a further file, and TensorBoard joins
 * them.
 */
export function openScalars(folder: string, step = 0): ScalarWriter {
  mkdirSync(folder, { recursive: true });
  const seconds = String(Math.floor(Date.now() / 1000)).padStart(10, '0');
  const file = openSync(path.join(folder, `events.out.tfevents.${seconds}.axunet.${process.pid}.${opened++}`), 'ax');
  writeSync(file, Buffer.concat([tfRecord(versionEvent()), tfRecord(startEvent(step))]));
  return {
    write: (at, scalars) => {
      writeSync(file, tfRecord(scalarEvent(at, scalars)));
    },
    close: () => closeSync(file),
  };
}
