import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openPair } from '../../lib/dataset/cases.ts';
import { assertFinite, readNifti, writeNifti } from '../../lib/io/nifti.ts';
import { preprocessDataset } from '../../lib/preprocess/slices.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-finite-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const grid = {
  shape: [2, 2, 2],
  spacingMm: [1, 1, 1],
  affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
} as const;
const image = path.join(folder, 'ct.nii');
const label = path.join(folder, 'label.nii');

describe('a CT volume with NaN', () => {
  it('is read and counted, and refused where numbers are needed', async () => {
    await writeNifti(image, { ...grid, data: Float32Array.of(1, NaN, 3, Infinity, 5, 6, 7, 8) });
    const volume = await readNifti(image);
    expect(volume.header.nonFinite).toBe(2);
    expect(() => assertFinite(volume, image)).toThrow(
      `Expected finite CT numbers, found 2 that are NaN or infinite in ${image}`,
    );
  });

  it('fails in preprocessing by name, and leaves no slice', async () => {
    await writeNifti(label, { ...grid, data: Uint8Array.of(0, 1, 0, 0, 0, 0, 0, 0) });
    const manifest = await preprocessDataset(await openPair(image, label), {
      out: path.join(folder, 'slices'),
      mode: 'default',
    });
    expect(manifest.slices).toEqual([]);
    expect(manifest.failed).toHaveLength(1);
    expect(manifest.failed[0]!.reason).toContain('Expected finite CT numbers, found 2');
  });
});
