import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDataset, openPair } from '../../lib/dataset/cases.ts';
import { parseClasses } from '../../lib/dataset/classes.ts';
import { formatReport, type VerifyReport, verifyDataset } from '../../lib/dataset/verify.ts';
import { writeNifti } from '../../lib/io/nifti.ts';
import { settings } from '../../lib/settings.ts';
import { writeGreyPng } from '../io/writeGreyPng.ts';
import { temporaryFolder, torso, writeDecathlon, writeJpeg } from './fixtures.ts';

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

  it('finds a set unfit that has none of a class', async () => {
    await writeDecathlon(folder, { ids: ['a', 'b'], json });
    const findingsOf = async (labels: string): Promise<string> =>
      formatReport(await verifyDataset(await openDataset('phantom', folder, parseClasses(labels))));
    expect(await findingsOf('pancreas=1,*=0')).not.toContain('no mask of the set');
    expect(await findingsOf('pancreas=1,cyst=9,*=0')).toContain('no mask of the set has any cyst (label value 9)');
  });

  it('finds a set unfit whose masks are all empty, be they volumes or pictures of 0 and 1', async () => {
    await writeDecathlon(folder, { ids: ['a', 'b'], json });
    const empty = { ...torso().label, data: new Uint8Array(torso().label.data.length) };
    await writeNifti(label('a'), empty);
    expect((await verify()).totals.errors).toBe(0);
    await writeNifti(label('b'), empty);
    const r = await verify();
    expect(findings(r)).toContain('error empty-label');
    expect(formatReport(r)).toContain('no mask of the set has any foreground (2 empty)');
    expect(formatReport(r)).toContain('NOT fit for use');

    // A mask that was refused for its values has no word of foreground added to that, its case's nor the set's.
    for (const id of ['a', 'b']) await writeNifti(label(id), { ...empty, data: empty.data.map((_, i) => 3 + (i % 2)) });
    const refused = findings(await verify());
    expect(refused).toContain('error label-values a');
    expect(refused.join()).not.toContain('empty-label');

    for (const part of ['images', 'masks']) await mkdir(path.join(folder, 'pictures', part), { recursive: true });
    const grey = { width: 4, height: 2, data: Uint8Array.of(0, 90, 90, 0, 0, 200, 90, 0) };
    await writeGreyPng(path.join(folder, 'pictures', 'images', 'p.png'), grey);
    const zeroAndOne = { ...grey, data: Uint8Array.of(0, 1, 1, 0, 0, 1, 1, 0) };
    await writeGreyPng(path.join(folder, 'pictures', 'masks', 'p.png'), zeroAndOne);
    const pictures = await verifyDataset(await openDataset(path.join(folder, 'pictures')));
    expect(findings(pictures)).toEqual(['error unreadable p']);
    expect(formatReport(pictures)).toContain('no value above 1 in');
    expect(formatReport(pictures)).toContain('NOT fit for');
  });

  it('prints the label map in force', async () => {
    await writeDecathlon(folder, { ids: ['a'], json: { labels: { background: 0, pancreas: 1, spleen: 2 } } });
    const r = await verify();
    expect(r.labelMap).toEqual({ 1: 1, 2: 0 });
    expect(formatReport(r).split('\n')[1]).toBe('labels: pancreas 1 (pancreas); background 2 (spleen)');
  });

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
    const r = await verifyDataset(await openDataset(folder));
    expect(findings(r)).toEqual([
      'error duplicate',
      `error shape ${b}`,
      `error label-values ${c}`,
      `warning empty-label ${d}`,
    ]);
    expect(r.cases[0]).toMatchObject({ foregroundVoxels: 64, shape: [32, 32] });
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
