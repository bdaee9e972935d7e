import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { loadCommand } from '../../../lib/cli/commands.ts';
import { writeNifti } from '../../../lib/io/nifti.ts';
import type { Volume } from '../../../lib/volume/volume.ts';

const overlay = await loadCommand('overlay');

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-overlay-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const affine = [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 5, 0, 0, 0, 0, 1];
/** A 6×5×4 volume with `value` in a block of two slices and `rest` elsewhere. */
function block<T extends Int16Array | Uint8Array>(
  type: new (n: number) => T,
  value: number,
  rest: number,
  from: number,
): Volume<T> {
  const data = new type(120).fill(rest) as T;
  for (const z of [1, 2])
    for (let y = 1; y < 4; y++) for (let x = from; x < from + 2; x++) data[x + 6 * (y + 5 * z)] = value;
  return { data, shape: [6, 5, 4], spacingMm: [2, 2, 5], affine };
}
const file = (name: string): string => path.join(folder, name);

describe('axunet overlay', () => {
  it('draws the slices that a mask touches, and tells the DSC of mask and label', async () => {
    await writeNifti(file('ct.nii.gz'), block(Int16Array, 90, -50, 2));
    await writeNifti(file('label.nii.gz'), block(Uint8Array, 7, 3, 2));
    await writeNifti(file('mask.nii.gz'), block(Uint8Array, 1, 0, 3)); // half of it on the label: 2·6 / (12 + 12)
    const said = vi.spyOn(console, 'log').mockImplementation(() => {});
    const code = await overlay.run([
      file('ct.nii.gz'),
      '--label',
      file('label.nii.gz'),
      '--value',
      '7',
      '--mask',
      file('mask.nii.gz'),
      '--out',
      file('out'),
    ]);
    expect(code).toBe(0);
    expect(said.mock.calls.flat().join()).toContain('DSC 0.500 over the whole volume; 2 slices in');
    said.mockRestore();
    expect(readFileSync(file('out/overlay.svg'), 'utf8')).toContain('ct, slice 1');
  });

  it('refuses a mask on another grid and writes nothing', async () => {
    await writeNifti(file('ct.nii.gz'), block(Int16Array, 90, -50, 2));
    await writeNifti(file('shifted.nii.gz'), { ...block(Uint8Array, 1, 0, 2), affine: affine.with(3, 40) });
    await expect(
      overlay.run([file('ct.nii.gz'), '--mask', file('shifted.nii.gz'), '--out', file('none')]),
    ).rejects.toThrow('Expected a mask on the grid of the image');
    expect(existsSync(file('none'))).toBe(false);
  });
});
