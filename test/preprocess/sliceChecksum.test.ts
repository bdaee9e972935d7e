/** Slices are bound to their content: what changed or was damaged on disk is named. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { encodeNpy } from '../../lib/io/npy.ts';
import type { SliceEntry } from '../../lib/preprocess/manifest.ts';
import { contentOf, sliceSummer, withoutChecksums } from '../../lib/preprocess/sliceChecksum.ts';
import { slicesIn } from '../../lib/preprocess/sliceSet.ts';
import { slicesInMemory } from './slicesInMemory.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-checksum-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [below, here] = [Float32Array.of(0, 0.25, 0.5, 1), Float32Array.of(1, 1, 0, 0)];
const label = Uint8Array.of(0, 1, 1, 0);
const image = Float32Array.of(...below, ...here, ...here);
// zlib.crc32 of Python 3.12 over struct.pack('<4f', ...) of each plane and over bytes([0, 1, 1, 0])
const sums = { imageCrc32: '42d9c335584c9aaf584c9aaf', labelCrc32: '399d846a' };

/** A set of one slice whose files hold the given arrays. */
function onDisk(
  checksums: Partial<SliceEntry>,
  stored: { image?: Float32Array; label?: Uint8Array } = {},
): ReturnType<typeof slicesIn> {
  const { manifest } = slicesInMemory([{ id: 'p-3', patient: 'p', image, label, height: 2, width: 2 }]);
  const entry: SliceEntry = { ...manifest.slices[0]!, image: 'image.npy', label: 'label.npy', ...checksums };
  writeFileSync(path.join(folder, 'image.npy'), encodeNpy({ data: stored.image ?? image, shape: [3, 2, 2] }));
  writeFileSync(path.join(folder, 'label.npy'), encodeNpy({ data: stored.label ?? label, shape: [1, 2, 2] }));
  return slicesIn({ folder, cacheBytes: 0 }, { ...manifest, slices: [entry] });
}

describe('the checksums of slices', () => {
  it('are CRC-32 of each plane and of the label', () => {
    expect(sliceSummer()({ z: 3, planes: [below, here, here], label })).toEqual(sums);
  });
  it('are those of each slice on its own when slices follow one another, in memory that is used again', () => {
    const memory = [0, 1, 2, 3].map(() => new Float32Array(4));
    const plane = (z: number): Float32Array => memory[z % 4]!.fill(z);
    const following = sliceSummer();
    for (const z of [1, 2, 3, 5, 6, 9, 10]) {
      const slice = { z, planes: [plane(z - 1), plane(z), plane(z + 1)] as const, label };
      expect(following(slice)).toEqual(sliceSummer()(slice));
    }
  });
  it('let a slice be read that is as it was made', () => {
    expect(onDisk(sums).read(0)).toEqual({ image, label });
  });
  it('tell a changed image and a changed label, with slice and file', () => {
    expect(() => onDisk(sums, { image: image.with(5, 0.5) }).read(0)).toThrow(
      /^Expected slice p-3 as it was made .*, found damaged or other content in .*image.npy$/,
    );
    expect(() => onDisk(sums, { label: label.with(0, 1) }).readLabel(0)).toThrow(/slice p-3 .*label.npy$/);
    expect(() => onDisk(sums, { image: image.with(0, -0) }).read(0)).toThrow('slice p-3');
  });
  it('are not needed: a manifest without them is read, but not NaN', () => {
    expect(onDisk({}).read(0)).toEqual({ image, label });
    for (const value of [NaN, Infinity])
      expect(() => onDisk({}, { image: image.with(5, value) }).read(0)).toThrow(
        /^Expected finite values of slice p-3 .*, found NaN or infinite ones in .*image.npy$/,
      );
  });
  it('are told by slice where all slices have them, and can be left out', () => {
    const { entries } = onDisk(sums);
    expect(contentOf(entries)).toEqual({ 'p-3': sums.imageCrc32 + sums.labelCrc32 });
    expect(contentOf([...entries, ...onDisk({}).entries])).toBeUndefined();
    expect(withoutChecksums(entries)).toEqual(onDisk({}).entries);
  });
});
