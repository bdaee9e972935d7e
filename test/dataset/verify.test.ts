import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenOptions } from '../../lib/dataset/caseList.ts';
import { openDataset, openFolder, openPair } from '../../lib/dataset/cases.ts';
import { formatReport, type VerifyReport, verifyDataset } from '../../lib/dataset/verify.ts';
import { countValues } from '../../lib/dataset/verifyCase.ts';
import { writeNifti } from '../../lib/io/nifti.ts';
import { settings } from '../../lib/settings.ts';
import type { Affine, Volume } from '../../lib/volume/volume.ts';
import { lps, rowsReversed, temporaryFolder, torso, volumeOf, writeDecathlon, writeJpeg } from './fixtures.ts';

const shared = settings.sharedFolder;
const json = { labels: { background: 0, pancreas: 1, tumour: 2 } };

describe('verifying a data set', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const image = (id: string): string => path.join(folder, 'imagesTr', `${id}.nii.gz`);
  const label = (id: string): string => path.join(folder, 'labelsTr', `${id}.nii.gz`);
  const verify = async (): Promise<VerifyReport> => verifyDataset(await openDataset('phantom', folder));
  const findings = (r: VerifyReport): string[] =>
    [...r.findings, ...r.cases.flatMap((c) => c.findings)].map(
      (f) => `${f.severity} ${f.check}${f.case ? ` ${f.case}` : ''}`,
    );
  const pair = async (a: Volume, b: Volume, options?: OpenOptions): Promise<VerifyReport> => {
    const files = [path.join(folder, 'ct.nii.gz'), path.join(folder, 'seg.nii.gz')] as const;
    await writeNifti(files[0], a);
    await writeNifti(files[1], b);
    return verifyDataset(await openPair(...files, options));
  };

  it('passes a sound one, with what it measured', async () => {
    await writeDecathlon(folder, { ids: ['a', 'b', 'c'], json });
    const r = await verify();
    expect(findings(r)).toEqual([]);
    expect(r.totals).toEqual({ cases: 3, patients: 3, ok: 3, withWarnings: 0, withErrors: 0, errors: 0, warnings: 0 });
    const { label: mask } = torso({ tumour: true });
    const [first] = r.cases;
    const foreground = mask.data.filter((v) => v > 0).length;
    expect(first).toMatchObject({
      id: 'a',
      status: 'ok',
      shape: [40, 32, 6],
      spacingMm: [2, 2, 2],
      orientation: 'LPS',
      range: [-1000, 250],
      foregroundVoxels: foreground,
    });
    expect(first!.foregroundMl).toBeCloseTo(foreground * 0.008, 9);
    expect(formatReport(r)).toMatch(
      /3 ok, 0 with warnings only, 0 with errors: 0 errors, 0 warnings\nfit for training$/,
    );
  });

  it('gives as many case reports as cases, and names every missing partner', async () => {
    await writeDecathlon(folder, { ids: ['a', 'b', 'c'], json });
    await rm(label('b'));
    await rm(image('c'));
    const r = await verify();
    expect(r.cases.map((c) => c.id)).toEqual(['a', 'b']);
    expect(findings(r)).toEqual(['error pairing', 'error pairing b']);
    expect(r.findings[0]!.message).toMatch(/no image for the label .*c\.nii\.gz/);
    expect(r.cases[1]!.findings[0]!.message).toMatch(/no label for .*b\.nii\.gz/);
  });

  it('names unreadable files and goes on with the others', async () => {
    await writeDecathlon(folder, { ids: ['a', 'b'], json });
    await writeFile(image('a'), 'no NIfTI');
    await writeFile(label('b'), '');
    const r = await verify();
    expect(findings(r)).toEqual(['error unreadable a', 'error unreadable b']);
    expect(formatReport(r)).toMatch(/ERROR +a: image cannot be read:.*a\.nii\.gz/);
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
      expect(r.cases[0]!.findings.map((f) => f.message).join('\n')).toMatch(message);
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
    expect(mirrored.cases[0]!.findings[0]!.message).toMatch(/mirrored in y.*look at an overlay/);
    expect(findings(await pair(rowsReversed(ct), rowsReversed(mask)))).toEqual(['warning orientation ct']);
  });

  it('lets the anatomy place NIH labels whose affine is wrong, and says so', async () => {
    const { image: ct, label: mask } = torso();
    await writeNifti(path.join(folder, 'PANCREAS_0001.nii.gz'), ct);
    await writeNifti(path.join(folder, 'label0001.nii.gz'), { ...rowsReversed(mask), affine: lps([0, 0, 0]) });
    const r = await verifyDataset(await openDataset('nih-pancreas-ct', folder));
    expect(findings(r)).toEqual(['warning orientation PANCREAS_0001']);
    expect(r.cases[0]!.findings[0]!.message).toMatch(/the anatomy decides: the label is mirrored in y/);
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
    expect(r.cases[0]!.findings.map((f) => f.message)).toEqual([
      'image: 3 voxels are NaN or infinite',
      'label: 1 voxels are NaN or infinite',
      'label: expected whole numbers, found 0.5',
      'label: expected 0, 1 (the label map), found 7; *:0 in the map takes the others for background',
    ]);
    expect(r.cases[0]!.range).toEqual([-1000, 250]);
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
    expect(findings(await pair(ct, all255))).toEqual(['error label-values ct', 'warning empty-label ct']);
    expect((await pair(ct, ct)).cases[0]!.findings[0]).toMatchObject({ severity: 'error', check: 'label-values' });
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
    expect(r.cases[0]!.findings[0]!.message).toMatch(/found 24 to 1274; was the rescale intercept lost/);
    expect(findings(await pair(volumeOf(new Int16Array(ct.data.length), ct.shape), mask))).toContain(
      'error hounsfield ct',
    );
  });

  it('finds one image under two names, and one label for two images', async () => {
    await writeDecathlon(folder, { ids: ['a', 'b', 'c'], json });
    await writeNifti(image('d'), torso({ shift: 1 }).image);
    await writeNifti(label('d'), torso({ shift: 2, tumour: true }).label);
    const r = await verify();
    expect(r.findings.map((f) => [f.severity, f.message])).toEqual([
      ['error', "one image under 2 patients' names: b, d"],
      ['warning', 'the same label for different images: c, d'],
    ]);
  });

  it('checks folds against the patients', async () => {
    await writeDecathlon(folder, { ids: ['a', 'b'], json });
    const r = await verifyDataset(await openDataset('phantom', folder), {
      folds: { seed: 1, folds: [['a'], ['a', 'z']] },
    });
    expect(r.findings.map((f) => f.message)).toEqual([
      'folds: patients in more than one fold: a',
      'folds: patients that the data set does not have: z',
      'folds: patients in no fold: b',
    ]);
  });

  it('checks pictures: sizes, black-and-white masks, duplicates within and between patients', async () => {
    const place = (part: string, name: string): string => path.join(folder, part, `${name}.jpg`);
    const [a, b, c, d] = [
      'PANCREAS_0001-1001',
      'PANCREAS_0001-1002',
      'PANCREAS_0002-1001',
      'PANCREAS_0003-1001',
    ] as const;
    for (const name of [a, b, c]) await writeJpeg(place('images', name), 32, 32, [4, 4, 20, 20], 120);
    await writeJpeg(place('images', d), 32, 32, [2, 2, 20, 20], 90);
    await writeJpeg(place('masks', a), 32, 32, [8, 8, 8, 8]);
    await writeJpeg(place('masks', b), 32, 24, [8, 8, 8, 8]);
    await writeJpeg(place('masks', c), 32, 32, [8, 8, 16, 16], 140);
    await writeJpeg(place('masks', d), 32, 32, [0, 0, 0, 0]);
    const r = await verifyDataset(await openFolder(folder));
    expect(findings(r)).toEqual([
      'error duplicate',
      `error shape ${b}`,
      `error label-values ${c}`,
      `warning empty-label ${d}`,
    ]);
    expect(r.cases[0]).toMatchObject({ foregroundVoxels: 64, shape: [32, 32] });
  });

  it('counts voxels by value as a plain loop does', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 1, 2, 0.5, NaN)), (values) => {
        const counts = countValues(Float32Array.from(values));
        for (const v of new Set(values)) expect(counts.get(v)).toBe(values.filter((w) => Object.is(v, w)).length);
        expect([...counts.values()].reduce((sum, n) => sum + n, 0)).toBe(values.length);
      }),
    );
  });

  it.skipIf(!shared)(
    'judges the real CT rightly: its cut with the segmentation passes, the whole CT is refused (needs the folder of extra test data)',
    async () => {
      const place = path.join(shared!, 'data', 'totalsegmentator');
      const passed = await verifyDataset(await openDataset('totalsegmentator', place));
      // 644 voxels of label 7 are named by the folder's own README; 27 mm³ each.
      expect(passed).toMatchObject({
        totals: { errors: 0, warnings: 0 },
        cases: [{ foregroundVoxels: 644, foregroundMl: 644 * 0.027 }],
      });
      const refused = await verifyDataset(
        await openPair(path.join(place, 'example_ct.nii.gz'), path.join(place, 'example_seg.nii.gz')),
      );
      expect(refused.cases[0]!.findings.filter((f) => f.severity === 'error').map((f) => f.message)).toEqual([
        expect.stringMatching(
          /image 122×101×112 voxels of 3 × 3 × 3 mm, RAS.*label 122×101×30 voxels of 3 × 3 × 3 mm, RAS/,
        ),
      ]);
    },
  );
});
