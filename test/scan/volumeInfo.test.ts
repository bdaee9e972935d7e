/** What a file holds, in one record. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { volumeInfo } from '../../lib/scan/volumeInfo.ts';
import { type Fields, single } from '../io/makeNifti.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-info-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Voxels 2, 4, 4, 4, 5, 5, 7, 9: mean 5, standard deviation 2. */
const bytes = Uint8Array.of(2, 4, 4, 4, 5, 5, 7, 9);
const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];
const info = (fields: Fields, voxels: Uint8Array = bytes) => {
  const file = path.join(folder, 'a.nii');
  writeFileSync(file, single(voxels, { dim: [3, 2, 2, 2], sformCode: 1, srow: identity, ...fields }));
  return volumeInfo(file);
};

describe('volumeInfo', () => {
  it('tells format, grid and statistics', async () => {
    const srow = [-2, 0, 0, 10, 0, 3, 0, 20, 0, 0, 4, 30];
    expect(await info({ sformCode: 1, srow, pixdim: [1, 2, 3, 4, 0, 0, 0, 0] })).toMatchObject({
      format: 'NIfTI-1',
      shape: [2, 2, 2],
      spacingMm: [2, 3, 4],
      affine: [srow.slice(0, 4), srow.slice(4, 8), srow.slice(8), [0, 0, 0, 1]],
      orientation: 'LAS',
      datatype: 'uint8',
      byteOrder: 'little',
      count: 8,
      min: 2,
      max: 9,
      mean: 5,
      std: 2,
      sum: 40,
      nonFinite: 0,
      warnings: [],
    });
    expect((await info({ version: 2, bigEndian: true })).format).toBe('NIfTI-2');
  });
  it('has statistics of the finite voxels beside those of all, and says so', async () => {
    const values = Float32Array.of(1, NaN, 3, Infinity, 1, 3, 1, 3);
    const found = await info({ datatype: 16 }, Buffer.from(values.buffer));
    expect([found.mean, found.finite?.mean, found.finite?.count, found.nonFinite]).toEqual([NaN, 2, 6, 2]);
    expect(found.warnings).toEqual(['1 NaN and 1 infinite values among 8 voxels']);
  });
  it('warns of lengths that are no millimetres, and of a spacing that the affine contradicts', async () => {
    const metres = await info({ units: 1 });
    expect([metres.spacingMm, metres.affine[0]]).toEqual([
      [1000, 1000, 1000],
      [1000, 0, 0, 0],
    ]);
    expect(metres.warnings).toEqual([
      'the header gives lengths in metres; they are converted to mm (1000 × 1000 × 1000 mm)',
    ]);
    const other = await info({ sformCode: 1, srow: [5, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0] });
    expect(other.warnings).toEqual([
      'the spacing in the header (1 × 1 × 1 mm) differs from that of the affine (5 × 1 × 1 mm); the affine is used',
    ]);
    expect(other.spacingMm).toEqual([5, 1, 1]);
  });
});
