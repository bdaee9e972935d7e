/** One case to slices in memory, with HU that name their voxel. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Case, CaseList } from '../../lib/dataset/caseList.ts';
import { writeNifti } from '../../lib/io/nifti.ts';
import { type PreparedCase, type PreparedSlice, prepareCase } from '../../lib/preprocess/prepareCase.ts';
import type { Affine, Vec3 } from '../../lib/volume/volume.ts';
import { writeGreyPng } from '../io/writeGreyPng.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-prepare-'));
afterAll(() => rmSync(folder, { recursive: true }));
const one: Case = {
  id: 'a',
  patient: 'a',
  image: path.join(folder, 'a.nii'),
  label: path.join(folder, 'a_label.nii'),
};
const listOf = (more: Partial<CaseList> = {}): CaseList => ({
  dataset: 'test',
  kind: '3d',
  folder,
  labelMap: { 1: 1 },
  cases: [one],
  ...more,
});

/** 2 × 3 × 4 voxels, each of its own value; L, P, S with 0.5, 0.75, 2 mm unless told otherwise. */
const lps: Affine = [-0.5, 0, 0, 10, 0, -0.75, 0, 20, 0, 0, 2, -30, 0, 0, 0, 1];
async function write(affine = lps, data?: Int16Array, labelAffine = affine, depth = 4): Promise<void> {
  const length = 6 * depth;
  const grid = { shape: [2, 3, depth] as Vec3, spacingMm: [0.5, 0.75, 2] as Vec3 };
  await writeNifti(one.image, { ...grid, affine, data: data ?? Int16Array.from({ length }, (_, i) => i) });
  await writeNifti(one.label!, {
    ...grid,
    affine: labelAffine,
    data: Uint8Array.from({ length }, (_, i) => Number(i === 9)),
  });
}
/** The window 0 to 100 HU, so that the planes are hundredths of the voxels' names. */
const prepare = (skipEnds = false, list = listOf()): Promise<PreparedCase> =>
  prepareCase(list, one, [0, 100], skipEnds);
const names = (slice: PreparedSlice): number[][] =>
  slice.planes.map((plane) => [...plane].map((v) => Math.round(100 * v)));

describe('prepareCase of a volume', () => {
  it('has each slice between its neighbours, the end slices repeated, and its spacing as (y, x)', async () => {
    await write();
    const { slices, warnings, release: _, ...rest } = await prepare();
    expect(warnings).toEqual([
      expect.stringContaining('a.nii: expected HU with air or fat (below -50), found 0 to 23'),
    ]);
    const spacing = { spacingMm: [0.75, 0.5], sliceMm: 2, voxelMl: 0.00075 };
    expect(rest).toEqual({ isSynthetic: false, height: 3, width: 2, shape: [2, 3, 4], ...spacing });
    const all = [...slices];
    expect(all.map(({ z }) => z)).toEqual([0, 1, 2, 3]);
    const from = (n: number): number[] => Array.from({ length: 6 }, (_, i) => n + i);
    expect(names(all[0])).toEqual([from(0), from(0), from(6)]);
    expect(names(all[2])).toEqual([from(6), from(12), from(18)]);
    expect(names(all[3])).toEqual([from(12), from(18), from(18)]);
    expect([...all[1].label]).toEqual([0, 0, 0, 1, 0, 0]);
  });
  it('uses the memory of released slices again, and never that of a slice that is still in use', async () => {
    await write(lps, undefined, lps, 10);
    const fresh = [...(await prepare()).slices].map(names);
    const { slices, release } = await prepare();
    const memory = new Set<Float32Array>();
    const waiting: PreparedSlice[] = [];
    for (const slice of slices) {
      waiting.push(slice);
      for (const plane of slice.planes) memory.add(plane);
      expect(waiting.map(names)).toEqual(fresh.slice(slice.z + 1 - waiting.length, slice.z + 1));
      if (waiting.length === 2) release!(waiting.shift()!);
    }
    expect(memory.size).toBe(4); // the planes of two slices in a row
  });
  it('leaves the end slices out where it is told to', async () => {
    await write();
    expect([...(await prepare(true)).slices].map(({ z }) => z)).toEqual([1, 2]);
  });
  it('counts z from the feet and turns rows and columns, whatever way the axes run', async () => {
    // All three axes the other way round: the voxel stored first is the last one of the canonical frame.
    await write([0.5, 0, 0, 9.5, 0, 0.75, 0, 18.5, 0, 0, -2, -24, 0, 0, 0, 1]);
    const all = [...(await prepare()).slices];
    expect(names(all[0])[1]).toEqual([23, 22, 21, 20, 19, 18]);
    expect([...all[2].label]).toEqual([0, 0, 1, 0, 0, 0]); // voxel 9 is the third from the end of its slice
  });
  it('refuses a label on another grid, voxels that are no numbers and a case without a label', async () => {
    await write(lps, undefined, [-0.5, 0, 0, 11, 0, -0.75, 0, 20, 0, 0, 2, -30, 0, 0, 0, 1]);
    await expect(prepare()).rejects.toThrow(/^Expected a label on the grid of .*a\.nii, found .*a_label\.nii$/);
    await write(lps, Float32Array.from({ length: 24 }, (_, i) => (i ? i : NaN)) as never);
    await expect(prepare()).rejects.toThrow('Expected finite CT numbers');
    expect(() => prepareCase(listOf(), { ...one, label: undefined }, [0, 100], false)).toThrow(
      'Expected a label, found none',
    );
  });
  it('refuses label values that the map does not have, when their slice is asked for', async () => {
    await write();
    const { slices } = await prepare(false, listOf({ labelMap: { 7: 1 } }));
    expect(() => [...slices]).toThrow('Expected label values 0, 7, found 1');
  });
});

describe('prepareCase of a picture', () => {
  const picture: Case = { ...one, z: 77, image: path.join(folder, 'p.png'), label: path.join(folder, 'm.png') };

  it('has the grey values over 255 on three planes and the mask above 127, turned where the spine is up', async () => {
    await writeGreyPng(picture.image, { data: Uint8Array.of(0, 51, 102, 153, 204, 255), width: 2, height: 3 });
    await writeGreyPng(picture.label!, { data: Uint8Array.of(0, 127, 128, 255, 0, 0), width: 2, height: 3 });
    const { slices, ...rest } = await prepareCase(listOf({ kind: '2d', imageFlipY: true }), picture, [0, 1], false);
    const warnings = ['m.png: 1 pixels of grey (127) count as background beside 2 above 127; are they another class?'];
    expect(rest).toEqual({ height: 3, width: 2, spacingMm: [1, 1], warnings });
    const [slice] = [...slices];
    expect(slice.z).toBe(77);
    const turned = Float32Array.of(0.8, 1, 0.4, 0.6, 0, 0.2);
    expect(slice.planes).toEqual([turned, turned, turned]);
    expect(slice.label).toEqual(Uint8Array.of(0, 0, 1, 1, 0, 0));
  });
  it('refuses a mask of another size', async () => {
    await writeGreyPng(picture.label!, { data: new Uint8Array(4), width: 2, height: 2 });
    await expect(prepareCase(listOf({ kind: '2d' }), picture, [0, 1], false)).rejects.toThrow(
      'Expected a mask of 2×3 pixels as its picture, found 2×2',
    );
  });
});
