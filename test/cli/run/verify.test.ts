import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadCommand } from '../../../lib/cli/commands.ts';
import { writeJson } from '../../../lib/io/files.ts';
import { settings } from '../../../lib/settings.ts';
import { temporaryFolder, writeDecathlon } from '../../dataset/fixtures.ts';

const verify = await loadCommand('verify');

const shared = settings.sharedFolder;
const json = { labels: { background: 0, pancreas: 1, tumour: 2 } };

describe('axunet verify', () => {
  let folder: string;
  let printed: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
    printed = '';
    vi.spyOn(console, 'log').mockImplementation((text: string) => {
      printed += `${text}\n`;
    });
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await rm(folder, { recursive: true, force: true });
  });

  it('prints a table and exits with 0 for a sound set, with 1 for one with an error', async () => {
    await writeDecathlon(folder, { ids: ['a', 'b'], json });
    expect(await verify.run([folder])).toBe(0);
    expect(printed).toMatch(/ok {2}a {5}a {8}40×32×6 {2}2×2×2 {7}LPS/);
    await rm(path.join(folder, 'labelsTr', 'b.nii.gz'));
    expect(await verify.run(['phantom', '--data', folder])).toBe(1);
    expect(printed).toMatch(/ERROR {3}b: no label.*\n.*1 error, 0 warnings\nNOT fit for use/);
  });

  it('writes the report as JSON to the screen and to a file', async () => {
    await writeDecathlon(folder, { ids: ['a'], json });
    const out = path.join(folder, 'report.json');
    expect(await verify.run([folder, '--json', '--out', out])).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({ version: 1, kind: '3d', totals: { cases: 1, errors: 0 } });
    expect(JSON.parse(await readFile(out, 'utf8'))).toEqual(JSON.parse(printed));
  });

  it('checks one pair, two folders, and folds', async () => {
    await writeDecathlon(folder, { ids: ['a', 'b'], json });
    const file = (part: string): string => path.join(folder, part, 'a.nii.gz');
    expect(await verify.run([file('imagesTr'), file('labelsTr'), '--label-map', '1:1,2:0'])).toBe(0);
    expect(await verify.run([file('imagesTr'), file('labelsTr'), '--label-map', '1:1'])).toBe(1);
    expect(await verify.run([path.join(folder, 'imagesTr'), path.join(folder, 'labelsTr')])).toBe(0);
    const folds = path.join(folder, 'folds.json');
    await writeJson(folds, { seed: 1, folds: [['a'], ['c']] });
    expect(await verify.run([folder, '--folds', folds])).toBe(1);
    expect(printed).toMatch(/folds: patients that the data set does not have: c/);
  });

  it('refuses what it cannot understand', async () => {
    await expect(verify.run([])).rejects.toThrow('NAME, FOLDER or IMAGE LABEL');
    await writeDecathlon(folder, { ids: ['a'], json });
    await expect(verify.run([path.join(folder, 'imagesTr', 'a.nii.gz')])).rejects.toThrow(
      'a label file behind the image',
    );
  });

  it.skipIf(!shared)(
    'passes the real cut CT with its segmentation and refuses the whole one (needs the folder of extra test data)',
    async () => {
      const file = (name: string): string => path.join(shared!, 'data', 'totalsegmentator', `${name}.nii.gz`);
      expect(await verify.run([file('example_ct_sm'), file('example_seg'), '--label-map', '7:1,*:0'])).toBe(0);
      expect(await verify.run([file('example_ct_sm'), file('example_seg')])).toBe(0);
      expect(printed).toMatch(/WARNING example_ct_sm: label: expected 0, 1, 2 as no label map is given/);
      expect(await verify.run([file('example_ct'), file('example_seg')])).toBe(1);
      expect(printed).toMatch(/122×101×112 voxels.*122×101×30 voxels/);
    },
  );

  it.skipIf(!shared)('passes the real masks without CT (needs the folder of extra test data)', async () => {
    expect(await verify.run(['panorama', '--data', path.join(shared!, 'data', 'panorama')])).toBe(0);
    expect(printed).toMatch(/50 masks of 50 patients[^]*fit for use/);
  });
});
