import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { loadCommand } from '../../../lib/cli/commands.ts';
import { single } from '../../io/makeNifti.ts';

const info = await loadCommand('info');

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'axunet-info-'));
  file = path.join(folder, 'scan.nii');
  const voxels = new Int16Array([-1, 0, 1, 4]);
  await writeFile(
    file,
    single(Buffer.from(voxels.buffer), {
      datatype: 4,
      dim: [3, 2, 2, 1],
      slope: 2,
      intercept: -10,
      sformCode: 1,
      srow: [-2, 0, 0, 5, 0, 3, 0, 6, 0, 0, 4, 7],
      pixdim: [1, 2, 3, 4, 1, 1, 1, 1],
    }),
  );
});
afterAll(() => rm(folder, { recursive: true }));

async function printed(...args: string[]): Promise<string> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  expect(await info.run(args)).toBe(0);
  const text = log.mock.calls.flat().join('\n');
  log.mockRestore();
  return text;
}

it('axunet info --json prints geometry, scaling and statistics as one object', async () => {
  expect(JSON.parse(await printed(file, '--json'))).toMatchObject({
    file,
    format: 'NIfTI-1',
    shape: [2, 2, 1],
    spacingMm: [2, 3, 4],
    affine: [
      [-2, 0, 0, 5],
      [0, 3, 0, 6],
      [0, 0, 4, 7],
      [0, 0, 0, 1],
    ],
    orientation: 'LAS',
    datatype: 'int16',
    byteOrder: 'little',
    slope: 2,
    intercept: -10,
    min: -12,
    max: -2,
    mean: -8,
    sum: -32,
    std: Math.sqrt(14),
    nonFinite: 0,
    warnings: [],
  });
});

it('axunet info prints a table with a warning for what is odd', async () => {
  const odd = path.join(folder, 'odd.nii');
  const voxels = new Float32Array([1, NaN, 3, -Infinity]);
  await writeFile(
    odd,
    single(Buffer.from(voxels.buffer), {
      datatype: 16,
      dim: [3, 4, 1, 1],
      units: 1,
      sformCode: 1,
      srow: [2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0],
    }),
  );
  const text = await printed(odd);
  expect(text).toContain('shape        4 × 1 × 1');
  expect(text).toContain('finite       min 1, max 3, mean 2, std 1, sum 4 of 2 voxels');
  expect(text).toContain('warning      1 NaN and 1 infinite values among 4 voxels');
  expect(text).toContain('lengths in metres');
  expect(text).toContain('differs from that of the affine (2000 × 1000 × 1000 mm); the affine is used');
  expect(JSON.parse(await printed(odd, '--json'))).toMatchObject({
    mean: null,
    std: null,
    sum: null,
    nonFinite: 2,
    finite: { mean: 2 },
  });
});

it('axunet info wants one file', async () => {
  await expect(info.run([])).rejects.toThrow('Expected one FILE or FOLDER, found none');
  await expect(info.run(['a', 'b'])).rejects.toThrow('Expected one FILE or FOLDER, found a b');
});
