/** The examples of https://protobuf.dev/programming-guides/encoding, byte by byte. */
import { describe, expect, it } from 'vitest';
import { bytes, float, type Message, message, string, whole, wholes } from '../../lib/export/protobuf.ts';

const hex = (written: Message): string => Buffer.concat(written).toString('hex');

describe('a field in protocol buffers', () => {
  it('is a tag and a whole number in groups of seven bits', () => {
    expect(hex(whole(1, 150))).toBe('089601');
    expect(hex(whole(1, 0))).toBe('0800');
    expect(hex(whole(20, 7))).toBe('a00107'); // numbers of fields from 16 take two bytes
  });

  it('takes ten bytes for a negative number', () => {
    expect(hex(whole(1, -2))).toBe('08feffffffffffffffff01');
  });

  it('holds texts behind their length', () => {
    expect(hex(string(2, 'testing'))).toBe('120774657374696e67');
    expect(hex(string(2, 'é'))).toBe('1202c3a9');
  });

  it('holds messages, also empty ones', () => {
    expect(hex(message(3, whole(1, 150)))).toBe('1a03089601');
    expect(hex(message(3))).toBe('1a00');
  });

  it('packs whole numbers', () => {
    expect(hex(wholes(6, [3, 270, 86942]))).toBe('3206038e029ea705');
  });

  it('holds a float in four bytes, the lowest first', () => {
    expect(hex(float(2, 1))).toBe('150000803f');
  });

  it('holds the memory of an array, or of a part of one', () => {
    const numbers = Float32Array.of(0, 1, 0);
    expect(hex(bytes(9, numbers.subarray(1, 2)))).toBe('4a040000803f');
  });
});
