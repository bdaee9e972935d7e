/** The findings about one case: what was expected, and what its files hold. */
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CaseReport } from '../../lib/dataset/caseChecks.ts';
import type { OpenOptions } from '../../lib/dataset/caseList.ts';
import { openDataset, openPair } from '../../lib/dataset/cases.ts';
import { verifyCase, verifyMask } from '../../lib/dataset/verifyCase.ts';
import { writeNifti } from '../../lib/io/nifti.ts';
import type { Affine, Volume } from '../../lib/volume/volume.ts';
import { lps, rowsReversed, temporaryFolder, torso, volumeOf } from './fixtures.ts';

const findings = (r: CaseReport): string[] => r.findings.map((f) => `${f.severity} ${f.check} ${f.case}`);

describe('verifyCase', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const pair = async (image: Volume, label: Volume, options?: OpenOptions): Promise<CaseReport> => {
    const files = [path.join(folder, 'ct.nii.gz'), path.join(folder, 'seg.nii.gz')] as const;
    await writeNifti(files[0], image);
    await writeNifti(files[1], label);
    const list = await openPair(...files, options);
    return verifyCase(list, list.cases[0]!);
  };

  it('passes a sound case with what it measured', async () => {
    const { image: ct, label: mask } = torso();
    const r = await pair(ct, mask);
    expect(findings(r)).toEqual([]);
    const foreground = mask.data.filter((v) => v > 0).length;
    expect(r).toMatchObject({
      id: 'ct',
      status: 'ok',
      shape: [40, 32, 6],
      spacingMm: [2, 2, 2],
      orientation: 'LPS',
      range: [-1000, 250],
      labelValues: { 0: mask.data.length - foreground, 1: foreground },
      foregroundVoxels: foreground,
    });
    expect(r.foregroundMl).toBeCloseTo(foreground * 0.008, 9); // voxels of 2 × 2 × 2 mm
    expect(r.imageSha256).not.toBe(r.labelSha256);
  });

  it('refuses another shape, spacing, origin or rotation and names both geometries', async () => {
    const { image: ct, label: mask } = torso();
    const turned: Affine = [-1.9, 0.62, 0, 30, -0.62, -1.9, 0, 20, 0, 0, 2, -10, 0, 0, 0, 1];
    const changes: [Partial<Volume>, string, RegExp][] = [
      [
        { shape: [40, 32, 5], data: mask.data.slice(0, 40 * 32 * 5) },
        'error shape ct',
        /image 40×32×6 voxels.*label 40×32×5 voxels/,
      ],
      [
        { spacingMm: [2, 2, 2.5], affine: [-2, 0, 0, 30, 0, -2, 0, 20, 0, 0, 2.5, -10, 0, 0, 0, 1] },
        'error geometry ct',
        /of 2 × 2 × 2 mm.*of 2 × 2 × 2\.5 mm/,
      ],
      [{ affine: lps([30, 20, -8]) }, 'error geometry ct', /origin \(30, 20, -10\) mm.*origin \(30, 20, -8\) mm/],
      [{ affine: turned }, 'error geometry ct', /affine/],
    ];
    for (const [change, finding, message] of changes) {
      const r = await pair(ct, { ...mask, ...change });
      expect(findings(r)).toContain(finding);
      expect(r.findings.map((f) => f.message).join('\n')).toMatch(message);
    }
  });

  it('only warns of a label on the same grid in another axis order', async () => {
    const { image: ct, label: mask } = torso();
    const las: Affine = [-2, 0, 0, 30, 0, 2, 0, 20 - 2 * 31, 0, 0, 2, -10, 0, 0, 0, 1];
    expect(findings(await pair(ct, { ...rowsReversed(mask), affine: las }))).toEqual(['warning geometry ct']);
  });

  it('warns of a label mirrored against its image, and of an image against its affine', async () => {
    const { image: ct, label: mask } = torso();
    const mirrored = await pair(ct, rowsReversed(mask));
    expect(findings(mirrored)).toEqual(['warning orientation ct']);
    expect(mirrored.findings[0]!.message).toMatch(/mirrored in y.*look at an overlay/);
    expect(findings(await pair(rowsReversed(ct), rowsReversed(mask)))).toEqual(['warning orientation ct']);
  });

  it('lets the anatomy place NIH labels whose affine is wrong, and says so', async () => {
    const { image: ct, label: mask } = torso();
    await writeNifti(path.join(folder, 'PANCREAS_0001.nii.gz'), ct);
    await writeNifti(path.join(folder, 'label0001.nii.gz'), { ...rowsReversed(mask), affine: lps([0, 0, 0]) });
    const list = await openDataset('nih-pancreas-ct', folder);
    const r = await verifyCase(list, list.cases[0]!);
    expect(findings(r)).toEqual(['warning orientation PANCREAS_0001']);
    expect(r.findings[0]!.message).toMatch(/the anatomy decides: the label is mirrored in y/);
  });

  it('finds NaN and infinite values, fractions and values outside the map', async () => {
    const { image: ct, label: mask } = torso();
    const broken = Float32Array.from(ct.data);
    broken.set([NaN, Infinity, -Infinity]);
    const odd = Float32Array.from(mask.data);
    odd.set([0.5, 7, NaN], 100);
    const r = await pair(volumeOf(broken, ct.shape), volumeOf(odd, mask.shape), { labelMap: { 1: 1 } });
    expect(findings(r)).toEqual([
      'error not-finite ct',
      'error not-finite ct',
      'error label-values ct',
      'error label-values ct',
    ]);
    expect(r.findings.map((f) => f.message)).toEqual([
      'image: 3 voxels are NaN or infinite',
      'label: 1 voxels are NaN or infinite',
      'label: expected whole numbers, found 0.5',
      'label: expected 0, 1 (the label map), found 7; *:0 in the map takes the others for background',
    ]);
    expect(r.range).toEqual([-1000, 250]);
  });

  it('takes values outside a map for an error only where a map was given', async () => {
    const { image: ct, label: mask } = torso();
    const many = volumeOf(
      mask.data.map((v, i) => v || (i < 50 ? 5 : 0)),
      mask.shape,
    );
    expect(findings(await pair(ct, many))).toEqual(['warning label-values ct']);
    expect(findings(await pair(ct, many, { labelMap: { 1: 1 } }))).toEqual(['error label-values ct']);
    expect(findings(await pair(ct, many, { labelMap: { 1: 1 }, otherLabels: 'background' }))).toEqual([]);
  });

  it('takes other values in place of every known one, and values below 0, for no label at all', async () => {
    const { image: ct, label: mask } = torso();
    const all255 = volumeOf(
      mask.data.map((v) => 255 * v),
      mask.shape,
    );
    // Refused for its values; that they are no foreground then goes without saying.
    expect(findings(await pair(ct, all255))).toEqual(['error label-values ct']);
    expect((await pair(ct, ct)).findings[0]).toMatchObject({ severity: 'error', check: 'label-values' });
  });

  it('warns of empty labels and of values that are no HU', async () => {
    const { image: ct, label: mask } = torso();
    const shifted = volumeOf(
      ct.data.map((v) => v + 1024),
      ct.shape,
    );
    const empty = volumeOf(new Uint8Array(mask.data.length), mask.shape);
    const r = await pair(shifted, empty);
    expect(findings(r)).toEqual(['warning hounsfield ct', 'warning empty-label ct']);
    expect(r.findings[0]!.message).toMatch(/found 24 to 1274; was the rescale intercept lost/);
    expect(findings(await pair(volumeOf(new Int16Array(ct.data.length), ct.shape), mask))).toContain(
      'error hounsfield ct',
    );
  });

  it('checks a mask without CT for its values and its foreground', async () => {
    const { label: mask } = torso({ tumour: true });
    const file = path.join(folder, 'mask.nii.gz');
    await writeNifti(file, mask);
    const item = { id: 'm', patient: 'p', file };
    expect(await verifyMask(item, { 1: 1, 2: 1 })).toMatchObject({ status: 'ok', findings: [], shape: [40, 32, 6] });
    expect(findings(await verifyMask(item, { 1: 1 }))).toEqual(['error label-values m']);
    await writeFile(file, 'no NIfTI');
    expect(findings(await verifyMask(item, { 1: 1 }))).toEqual(['error unreadable m']);
  });
});
