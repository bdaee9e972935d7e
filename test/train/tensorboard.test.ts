import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crc32c, openScalars, tfRecord } from '../../lib/train/tensorboard.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-tensorboard-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The payloads of a TFRecord file, lengths checked. */
function payloads(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    found.push(bytes.subarray(at + 12, at + 12 + length));
    at += 16 + length;
  }
  return found;
}

describe('TensorBoard event files', () => {
  it('use CRC-32C with the check values of RFC 3720 B.4', () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  });

  it('frame records as TensorFlow does', () => {
    // what tensorboard.summary.writer.record_writer.RecordWriter writes for b"axunet"
    expect(tfRecord(Buffer.from('axunet')).toString('hex')).toBe('06000000000000007369d5376178756e65741a706ce8');
  });

  it('start with the version, then the session start at the resumed step, then the scalars', () => {
    const writer = openScalars(folder, 300);
    writer.write(301, { 'training/loss': 0.5 });
    writer.close();
    const [version, start, scalar, ...rest] = payloads(readFileSync(path.join(folder, readdirSync(folder)[0])));
    expect(rest).toEqual([]);
    expect(version.subarray(9).toString('hex')).toBe(`1a0d${Buffer.from('brain.Event:2').toString('hex')}`);
    expect(start.subarray(9).toString('hex')).toBe('10ac023a020801'); // step 300 = ac 02, session_log { status: START }
    const value = `0a0d${Buffer.from('training/loss').toString('hex')}150000003f`; // tag, 0.5 as float
    expect(scalar.subarray(9).toString('hex')).toBe(`10ad022a160a14${value}`);
  });

  it('two sessions make two files, however soon one follows the other', () => {
    openScalars(folder).close();
    openScalars(folder, 5).close();
    expect(readdirSync(folder)).toHaveLength(2);
  });
});
