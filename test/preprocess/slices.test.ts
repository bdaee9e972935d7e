import { execFileSync } from 'node:child_process';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Case, type CaseList } from '../../lib/dataset/caseList.ts';
import { openDataset, openPair } from '../../lib/dataset/cases.ts';
import { sha256 } from '../../lib/io/files.ts';
import { readNifti, writeNifti } from '../../lib/io/nifti.ts';
import { readNpy } from '../../lib/io/npy.ts';
import { openSlices } from '../../lib/preprocess/sliceSet.ts';
import { preprocessDataset } from '../../lib/preprocess/slices.ts';
import { settings } from '../../lib/settings.ts';
import type { Affine } from '../../lib/volume/volume.ts';
import { writeGreyPng } from '../io/writeGreyPng.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-slices-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const at = (...parts: string[]): string => path.join(folder, ...parts);

/** Array axes run to L, P, S: already canonical; spacing 0.5, 0.75, 2 mm. */
const canonicalAffine: Affine = [-0.5, 0, 0, 10, 0, -0.75, 0, 20, 0, 0, 2, -30, 0, 0, 0, 1];
const [width, height, depth] = [10, 8, 5];
const size = width * height;

/** HU that name their voxel: 100 z + 10 y + x - 200. The label fills the rows below `labelRows` in slices 1 and 2. */
async function writeCase(
  id: string,
  options: { affine?: Affine; labelAffine?: Affine; labelRows?: number; labelValue?: number } = {},
): Promise<Case> {
  const { affine = canonicalAffine, labelAffine = affine, labelRows = 4, labelValue = 1 } = options;
  const voxels = Array.from({ length: size * depth }, (_, i) => ({
    x: i % width,
    y: Math.floor(i / width) % height,
    z: Math.floor(i / size),
  }));
  const one = { id, patient: id, image: at(`${id}.nii.gz`), label: at(`${id}_label.nii.gz`) };
  const geometry = { shape: [width, height, depth] as const, spacingMm: [0.5, 0.75, 2] as const };
  await writeNifti(one.image, {
    ...geometry,
    affine,
    data: Int16Array.from(voxels, ({ x, y, z }) => 100 * z + 10 * y + x - 200),
  });
  const label = Uint8Array.from(voxels, ({ y, z }) => ((z === 1 || z === 2) && y < labelRows ? labelValue : 0));
  await writeNifti(one.label, { ...geometry, affine: labelAffine, data: label });
  return one;
}

const listOf = (cases: Case[], more: Partial<CaseList> = {}): CaseList => ({
  dataset: 'test',
  kind: '3d',
  folder,
  labelMap: { 1: 1, 2: 1 },
  cases,
  ...more,
});
const clamp = (v: number): number => Math.min(1, Math.max(0, v));

describe('default mode', () => {
  it('writes every slice with its neighbours, the edge slice repeated, in the soft-tissue window', async () => {
    const list = listOf([await writeCase('a')]);
    const manifest = await preprocessDataset(list, { out: at('out'), mode: 'default' });
    expect(manifest.slices.map(({ id, z, foreground }) => [id, z, foreground])).toEqual([
      ['a-0', 0, 0],
      ['a-1', 1, 40],
      ['a-2', 2, 40],
      ['a-3', 3, 0],
      ['a-4', 4, 0],
    ]);
    for (const [z, neighbours] of [
      [0, [0, 0, 1]],
      [2, [1, 2, 3]],
      [4, [3, 4, 4]],
    ] as const) {
      const { data, shape } = await readNpy(at('out', 'data', `a-${z}.npy`));
      expect(shape).toEqual([3, height, width]);
      const hu = neighbours.flatMap((n) =>
        Array.from({ length: size }, (_, p) => 100 * n + 10 * Math.floor(p / width) + (p % width) - 200),
      );
      expect(data).toEqual(Float32Array.from(hu, (v) => clamp((v + 160) / 400)));
    }
    const label = await readNpy(at('out', 'label', 'a-1.npy'));
    expect(label.shape).toEqual([1, height, width]);
    expect(label.data).toEqual(Uint8Array.from({ length: size }, (_, p) => (p < 40 ? 1 : 0)));
  });

  it('records case, place, spacing (y, x), size and box of every slice', async () => {
    const manifest = await preprocessDataset(listOf([{ ...(await writeCase('a')), patient: 'p', group: 'tumour' }]), {
      out: at('out'),
      mode: 'default',
    });
    expect(manifest.slices[1]).toEqual({
      imageCrc32: expect.stringMatching(/^[0-9a-f]{24}$/),
      labelCrc32: expect.stringMatching(/^[0-9a-f]{8}$/),
      id: 'a-1',
      case: 'a',
      patient: 'p',
      z: 1,
      image: 'data/a-1.npy',
      label: 'label/a-1.npy',
      height,
      width,
      spacingMm: [0.75, 0.5],
      foreground: 40,
      box: [0, 0, 4, 10],
    });
    expect(manifest).toMatchObject({
      version: 1,
      dataset: 'test',
      mode: 'default',
      windowHu: [-160, 240],
      unit: 'mm',
      failed: [],
      pending: [],
    });
    expect(manifest.cases).toMatchObject([
      { id: 'a', patient: 'p', group: 'tumour', shape: [width, height, depth], slices: 5 },
    ]);
    expect(JSON.parse(readFileSync(at('out', 'manifest.json'), 'utf8'))).toEqual(manifest);
  });

  it('uses the window it is given', async () => {
    await preprocessDataset(listOf([await writeCase('a')]), { out: at('out'), mode: 'default', windowHu: [0, 100] });
    const { data } = await readNpy(at('out', 'data', 'a-2.npy'));
    expect([...data.slice(size, size + 3)]).toEqual([0, 1 / 100, 2 / 100].map(Math.fround));
  });

  it('turns other orientations to the same slices, z counted from the feet', async () => {
    await preprocessDataset(listOf([await writeCase('a')]), { out: at('straight'), mode: 'default' });
    // the voxel that is first in x, y and z here lies right, anterior and at the feet in `a`: each axis runs the other
    // way
    const turned: Affine = [0.5, 0, 0, 5.5, 0, 0.75, 0, 14.75, 0, 0, -2, -22, 0, 0, 0, 1];
    const manifest = await preprocessDataset(listOf([await writeCase('a', { affine: turned })]), {
      out: at('turned'),
      mode: 'default',
    });
    expect(manifest.slices.map(({ foreground }) => foreground)).toEqual([0, 0, 40, 40, 0]);
    const straight = (await readNpy(at('straight', 'data', 'a-1.npy'))).data;
    const seen = (await readNpy(at('turned', 'data', 'a-3.npy'))).data;
    // half a turn in the plane, and the neighbours above and below change places
    expect([...seen]).toEqual([...straight].reverse());
  });

  it('sees the same when the array is stored with z first and x last', async () => {
    const one = await writeCase('a');
    await preprocessDataset(listOf([one]), { out: at('straight'), mode: 'default' });
    const stored = Array.from({ length: size * depth }, (_, i) => ({
      z: i % depth,
      y: Math.floor(i / depth) % height,
      x: Math.floor(i / (depth * height)),
    }));
    const geometry = {
      shape: [depth, height, width] as const,
      spacingMm: [2, 0.75, 0.5] as const,
      affine: [0, 0, -0.5, 10, 0, -0.75, 0, 20, 2, 0, 0, -30, 0, 0, 0, 1],
    };
    await writeNifti(one.image, {
      ...geometry,
      data: Int16Array.from(stored, ({ x, y, z }) => 100 * z + 10 * y + x - 200),
    });
    await writeNifti(one.label!, {
      ...geometry,
      data: Uint8Array.from(stored, ({ y, z }) => ((z === 1 || z === 2) && y < 4 ? 1 : 0)),
    });
    const manifest = await preprocessDataset(listOf([one]), { out: at('stored'), mode: 'default' });
    expect(manifest.slices.map(({ foreground, spacingMm }) => [foreground, ...spacingMm])).toEqual(
      [0, 40, 40, 0, 0].map((n) => [n, 0.75, 0.5]),
    );
    for (const part of ['data', 'label']) {
      for (const name of readdirSync(at('straight', part)))
        expect(readFileSync(at('stored', part, name))).toEqual(readFileSync(at('straight', part, name)));
    }
  });
});

describe('paper mode', () => {
  it('leaves out the end slices and those with fewer than 32 foreground pixels', async () => {
    const list = listOf([await writeCase('enough', { labelRows: 4 }), await writeCase('few', { labelRows: 3 })]);
    const manifest = await preprocessDataset(list, { out: at('out'), mode: 'paper' });
    expect(manifest.slices.map(({ id }) => id)).toEqual(['enough-1', 'enough-2']);
    expect(manifest.cases.map((c) => [c.id, c.slices])).toEqual([
      ['enough', 2],
      ['few', 0],
    ]);
    const { data } = await readNpy(at('out', 'data', 'enough-1.npy'));
    expect([data[0], data[size], data[2 * size + 11]]).toEqual([
      (-200 + 1024) / 2048,
      (-100 + 1024) / 2048,
      (11 + 1024) / 2048,
    ]);
  });

  it('has its own window', async () => {
    await expect(preprocessDataset(listOf([]), { out: at('out'), mode: 'paper', windowHu: [0, 80] })).rejects.toThrow(
      'Expected no window in paper mode, whose window is ±1024 HU, found 0,80',
    );
  });

  const shared = settings.sharedFolder;
  it.skipIf(!shared)('equals NumPy on a real CT, byte by byte (needs ../shared)', async () => {
    const ct = path.join(shared!, 'data', 'totalsegmentator', 'example_ct_sm.nii.gz');
    const seg = path.join(shared!, 'data', 'totalsegmentator', 'example_seg.nii.gz');
    const labelMap = Object.fromEntries(Array.from({ length: 117 }, (_, i) => [i + 1, i + 1 === 7 ? 1 : 0]));
    const manifest = await preprocessDataset(await openPair(ct, seg, { labelMap }), { out: at('out'), mode: 'paper' });
    const slices = await openSlices(at('out'));
    const lines = manifest.slices.map(({ z, height: rows, width: columns }, i) => {
      const { image, label } = slices.read(i);
      return `${z} 3 ${rows} ${columns} ${sha256(new Uint8Array(image.buffer, image.byteOffset, image.byteLength))} ${sha256(label)}\n`;
    });
    const peer = settings.peerPython;
    if (peer) {
      const script = fileURLToPath(new URL('paperMode.py', import.meta.url));
      expect(lines.join('')).toBe(execFileSync(peer, [script, ct, seg, '7'], { encoding: 'utf8' }));
    }
    // what paperMode.py printed with NumPy 2.4.6 and nibabel 5.4.2
    expect(manifest.slices.map(({ z, foreground }) => [z, foreground])).toEqual([
      [5, 39],
      [6, 39],
      [7, 37],
      [8, 33],
      [11, 41],
      [12, 64],
      [13, 72],
      [14, 80],
      [15, 63],
      [16, 43],
    ]);
    expect(sha256(lines.join(''))).toBe('2f18a2c692cafa9b79fb00796de4a43d257fdef6f3eb4ad3f165c6b373208e0f');
  });
});

describe('2-D pictures', () => {
  it('repeat the grey value on three channels, divided by 255, with row 0 anterior', async () => {
    const grey = Uint8Array.from({ length: 6 }, (_, p) => 50 * p);
    await writeGreyPng(at('image.png'), { data: grey, width: 2, height: 3 });
    await writeGreyPng(at('mask.png'), { data: Uint8Array.from([0, 127, 128, 255, 0, 0]), width: 2, height: 3 });
    const one = { id: 'PANCREAS_0005-77', patient: '0005', z: 77, image: at('image.png'), label: at('mask.png') };
    const manifest = await preprocessDataset(listOf([one], { kind: '2d', imageFlipY: true }), {
      out: at('out'),
      mode: 'default',
    });
    expect(manifest.slices).toMatchObject([
      { id: 'PANCREAS_0005-77', patient: '0005', z: 77, spacingMm: [1, 1], foreground: 2, box: [1, 0, 2, 2] },
    ]);
    expect([manifest.unit, manifest.windowHu]).toEqual(['px', undefined]);
    const plane = [200, 250, 100, 150, 0, 50].map((v) => Math.fround(v / 255));
    expect([...(await readNpy(at('out', 'data', 'PANCREAS_0005-77.npy'))).data]).toEqual([
      ...plane,
      ...plane,
      ...plane,
    ]);
    expect([...(await readNpy(at('out', 'label', 'PANCREAS_0005-77.npy'))).data]).toEqual([0, 0, 1, 1, 0, 0]);
  });

  const shared = settings.sharedFolder;
  it.skipIf(!shared)('of the NIH set come to lie with the spine at the bottom (needs ../shared)', async () => {
    const list = await openDataset('nih-2d', path.join(shared!, 'data', 'nih-pancreas-ct-2d'));
    const manifest = await preprocessDataset(
      { ...list, cases: list.cases.slice(0, 2) },
      { out: at('out'), mode: 'default' },
    );
    const slices = await openSlices(at('out'));
    manifest.slices.forEach((_, i) => {
      // bone is white: the rows behind the middle hold more of it than those in front
      const plane = slices.read(i).image.subarray(0, 512 * 512);
      const white = (from: number): number =>
        plane.subarray(from, from + 512 * 256).reduce((sum, v) => sum + (v > 0.95 ? 1 : 0), 0);
      expect(white(512 * 256)).toBeGreaterThan(2 * white(0));
    });
  });
});

describe('running again', () => {
  const modified = (id: string): number => statSync(at('out', 'data', `${id}.npy`)).mtimeMs;
  /** Old dates on all slices, so that a rewritten one shows. */
  const age = (): void => readdirSync(at('out', 'data')).forEach((name) => utimesSync(at('out', 'data', name), 1, 1));

  it('keeps what is complete', async () => {
    const list = listOf([await writeCase('a')]);
    const first = await preprocessDataset(list, { out: at('out'), mode: 'default' });
    age();
    utimesSync(at('out', 'manifest.json'), 1, 1);
    const notes: string[] = [];
    const second = await preprocessDataset(list, {
      out: at('out'),
      mode: 'default',
      onProgress: (done, total, note) => notes.push(`${done}/${total} ${note}`),
    });
    expect(second).toEqual(first);
    expect(modified('a-3')).toBe(1000);
    expect(notes).toEqual(['1/1 a was complete']);
    // Nothing at all is written, as the folder may be read-only.
    expect(statSync(at('out', 'manifest.json')).mtimeMs).toBe(1000);
  });

  it.each([
    ['a truncated slice', () => truncateSync(at('out', 'data', 'a-3.npy'), 500)],
    ['a missing label', () => rmSync(at('out', 'label', 'a-0.npy'))],
    ['a missing record', () => rmSync(at('out', 'cases', 'a.json'))],
    ['a torn record', () => truncateSync(at('out', 'cases', 'a.json'), 100)],
    ['another kind of record', () => writeFileSync(at('out', 'cases', 'a.json'), 'null')],
  ])('makes a case again after %s, and only that', async (_, damage) => {
    const list = listOf([await writeCase('a'), await writeCase('b')]);
    const first = await preprocessDataset(list, { out: at('out'), mode: 'default' });
    age();
    damage();
    expect(await preprocessDataset(list, { out: at('out'), mode: 'default' })).toEqual(first);
    expect(modified('a-3')).toBeGreaterThan(1000);
    expect(modified('b-3')).toBe(1000);
    expect((await openSlices(at('out'))).read(3).label.length).toBe(size);
  });

  it('makes cases again when source or parameters have changed, and leaves no slices that are not in the manifest', async () => {
    const list = listOf([await writeCase('a')]);
    await preprocessDataset(list, { out: at('out'), mode: 'default' });
    expect(readdirSync(at('out', 'data')).length).toBe(5);
    await preprocessDataset(list, { out: at('out'), mode: 'paper' });
    expect(readdirSync(at('out', 'data')).sort()).toEqual(['a-1.npy', 'a-2.npy']);
    await writeCase('a', { labelRows: 8 });
    const manifest = await preprocessDataset(list, { out: at('out'), mode: 'paper' });
    expect(manifest.slices.map(({ foreground }) => foreground)).toEqual([80, 80]);
  });

  it('puts shards of several machines together', async () => {
    const list = listOf([await writeCase('a'), await writeCase('b'), await writeCase('c')]);
    const shard = (index: number) =>
      preprocessDataset(list, { out: at('out'), mode: 'paper', shard: { index, count: 2 } });
    const first = await shard(0);
    expect([first.cases.map(({ id }) => id), first.pending]).toEqual([['a', 'c'], ['b']]);
    const second = await shard(1);
    expect([second.cases.map(({ id }) => id), second.pending]).toEqual([['a', 'b', 'c'], []]);
  });
});

describe('cases that do not fit', () => {
  it('are named with the reason while the others go on', async () => {
    const moved = canonicalAffine.map((v, i) => (i === 3 ? v + 5 : v));
    const list = listOf([
      await writeCase('good'),
      await writeCase('moved', { labelAffine: moved }),
      await writeCase('strange', { labelValue: 3 }),
      { id: 'alone', patient: 'alone', image: at('good.nii.gz') },
      { id: 'gone', patient: 'gone', image: at('gone.nii.gz'), label: at('good_label.nii.gz') },
    ]);
    const { cases, failed, slices } = await preprocessDataset(list, { out: at('out'), mode: 'default' });
    expect(cases.map(({ id }) => id)).toEqual(['good']);
    expect(slices.length).toBe(5);
    expect(failed.map(({ id }) => id)).toEqual(['moved', 'strange', 'alone', 'gone']);
    const reasons = failed.map(({ reason }) => reason);
    expect(reasons[0]).toMatch(/^Expected a label on the grid of .*moved\.nii\.gz, found .*moved_label\.nii\.gz$/);
    expect(reasons[1]).toMatch(/^Expected label values 0, 1, 2, found 3 in .*strange_label\.nii\.gz$/);
    expect(reasons[2]).toMatch(/^Expected a label, found none in .*good\.nii\.gz$/);
    expect(reasons[3]).toMatch(/gone\.nii\.gz/);
    expect(readdirSync(at('out', 'data')).length).toBe(5);
  });

  it('are not those whose label is stored in another axis order on the same grid', async () => {
    const one = await writeCase('a');
    const plain = await preprocessDataset(listOf([one]), { out: at('plain'), mode: 'default' });
    const label = await readNifti(one.label!);
    const mirrored = label.data.map((_, i) => label.data[i - (i % width) + width - 1 - (i % width)]!) as Uint8Array;
    const [xToX, ...others] = label.affine;
    const affine = [-xToX!, ...others].map((v, i) => (i === 3 ? v + xToX! * (width - 1) : v));
    await writeNifti(one.label!, { ...label, data: mirrored, affine });
    const turned = await preprocessDataset(listOf([one]), { out: at('turned'), mode: 'default' });
    expect(turned.failed).toEqual([]);
    expect(turned.slices).toEqual(plain.slices);
    const labelOf = async (out: string) => (await readNpy(at(out, 'label', 'a-1.npy'))).data;
    expect(await labelOf('turned')).toEqual(await labelOf('plain'));
  });

  it('fit when the label map takes other whole numbers for background, and are made again when it changes', async () => {
    const one = await writeCase('a', { labelValue: 7 });
    const make = async (more: Partial<CaseList>) =>
      preprocessDataset(listOf([one], more), { out: at('out'), mode: 'default' });
    expect((await make({})).failed[0]?.reason).toMatch(/^Expected label values 0, 1, 2, found 7 in/);
    expect((await make({ labelMap: { 1: 1 }, otherLabels: 'background' })).slices.map((s) => s.foreground)).toEqual([
      0, 0, 0, 0, 0,
    ]);
    expect((await make({ labelMap: { 7: 1 }, otherLabels: 'background' })).slices.map((s) => s.foreground)).toEqual([
      0, 40, 40, 0, 0,
    ]);
  });

  it('cannot share an id', async () => {
    const one = await writeCase('a');
    await expect(preprocessDataset(listOf([one, one]), { out: at('out'), mode: 'default' })).rejects.toThrow(
      'Expected case ids that differ, found 1 ids for 2 cases',
    );
    const capital = { ...one, id: 'A' };
    await expect(preprocessDataset(listOf([one, capital]), { out: at('out'), mode: 'default' })).rejects.toThrow(
      'found "a" and "A"',
    );
  });
});
