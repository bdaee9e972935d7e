import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadCommand } from '../../../lib/cli/commands.ts';
import { encodeGreyPng } from '../../../lib/io/greyPng.ts';
import { writeNifti } from '../../../lib/io/nifti.ts';
import { flags } from '../../../scripts/flags.mjs';

const radiomics = await loadCommand('radiomics');

const geometry = {
  shape: [4, 4, 4] as const,
  spacingMm: [1, 1, 2] as const,
  affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1],
};
let folder: string;
let printed: string[];
beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-cli-'));
  printed = [];
  vi.spyOn(console, 'log').mockImplementation((text) => void printed.push(String(text)));
  await writeNifti(file('image.nii'), { ...geometry, data: Int16Array.from({ length: 64 }, (_, i) => (i % 7) * 30) });
  await writeNifti(file('mask.nii'), { ...geometry, data: new Uint8Array(64).fill(7) });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const file = (name: string): string => path.join(folder, name);
const run = (...args: string[]): Promise<number> => radiomics.run([file('image.nii'), file('mask.nii'), ...args]);

describe('axunet radiomics', () => {
  it('prints features with what they were made from as JSON', async () => {
    expect(await run('--label', '7', '--json')).toBe(0);
    const record = JSON.parse(printed[0]!);
    expect(Object.keys(record.features).length).toBe(107);
    expect(record).toMatchObject({
      voxels: 64,
      spacingMm: [1, 1, 2],
      made: { image: { 'image.nii': expect.stringMatching(/^[0-9a-f]{64}$/) }, settings: { label: 7 } },
    });
    expect(record.features.original_shape_VoxelVolume).toBe(128);
  });

  it('prints a heading and a row as CSV, of the families that are asked for', async () => {
    expect(await run('--label', '7', '--csv', '--set', 'families=["ngtdm"]', '--set', 'binWidth=10')).toBe(0);
    const [heading, row] = printed[0]!.split('\n').map((line) => line.split(','));
    expect(heading).toEqual([
      'voxels',
      ...['Coarseness', 'Contrast', 'Busyness', 'Complexity', 'Strength'].map((name) => `original_ngtdm_${name}`),
    ]);
    expect(row!.length).toBe(6);
  });

  /** A picture of 6 × 5 pixels and a mask of 4 × 3 in it. */
  function writePictures(): void {
    const [width, height] = [6, 5];
    const inside = (i: number): boolean => i % 6 > 0 && i % 6 < 5 && i >= 6 && i < 24;
    const grey = Uint8Array.from({ length: 30 }, (_, i) => (i * 51) % 256);
    const mask = Uint8Array.from({ length: 30 }, (_, i) => (inside(i) ? 255 : 0));
    writeFileSync(file('slice.png'), encodeGreyPng({ data: grey, width, height }));
    writeFileSync(file('organ.png'), encodeGreyPng({ data: mask, width, height }));
  }

  it('takes pictures with their masks, in pixels or mm, in grey values or HU', async () => {
    writePictures();
    const pictures = [file('slice.png'), file('organ.png'), '--set', 'features=["shape2D_PixelSurface","firstorder"]'];
    expect(await radiomics.run(pictures)).toBe(0);
    expect(printed[0]).toMatch(
      /^12 pixels of unknown size: lengths and areas are in pixels; grey values as they are, not in HU\n/,
    );
    expect(printed[0]).toMatch(/ {2}PixelSurface +12\b/);
    expect(await radiomics.run([...pictures, '--spacing', '0.5', '--window=-150,105'])).toBe(0);
    expect(printed[1]).toMatch(/^12 pixels of 0\.5 mm; grey values HU, -150 to 105\n/);
    expect(printed[1]).toMatch(/ {2}PixelSurface +3\b/);
    // a grey value is an HU 150 higher here
    const mean = (text: string): number => Number(/ {2}Mean +(-?[\d.]+)/.exec(text)![1]);
    expect(mean(printed[1]!)).toBeCloseTo(mean(printed[0]!) - 150, 4);
    await expect(radiomics.run([...pictures, '--window=5,5'])).rejects.toThrow('low < high');
    await expect(run('--label', '7', '--spacing', '0.5')).rejects.toThrow('only of pictures, found volumes');
  });

  it('takes a cohort of pictures, each with its own spacing where its row has one', async () => {
    vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
    writePictures();
    const rows = [
      'id,image,mask,spacingMm',
      'a,slice.png,organ.png,2',
      'b,slice.png,organ.png,',
      'c,image.nii,mask.nii,',
    ];
    writeFileSync(file('cohort.csv'), `${rows.join('\n')}\n`);
    const execArgv = process.execArgv;
    process.execArgv = flags;
    const features = ['--set', 'features=["shape2D_PixelSurface"]'];
    try {
      const cohort = ['--cohort', file('cohort.csv'), '--out', file('out'), ...features, '--spacing', '0.5'];
      vi.spyOn(console, 'error').mockImplementation(() => {});
      expect(await radiomics.run(cohort)).toBe(1); // c is no picture: it has no label 1
    } finally {
      process.execArgv = execArgv;
    }
    const table = readFileSync(file('out/features.csv'), 'utf8').trim().split(/\r?\n/);
    expect(table).toEqual(['id,spacingMm,voxels,original_shape2D_PixelSurface', 'a,2,12,48', 'b,,12,3']);
    writeFileSync(file('cohort.csv'), `${rows[0]}\na,slice.png,organ.png,-1\n`);
    await expect(radiomics.run(['--cohort', file('cohort.csv'), '--out', file('out')])).rejects.toThrow(
      /^Expected a positive spacingMm for a, found "-1" in .*cohort\.csv$/,
    );
  });

  it('prints a table with IBSI codes for reading, with settings from a file', async () => {
    writeFileSync(file('settings.json'), '{"families": ["glcm"], "logSigmasMm": [1], "label": 7}');
    expect(await run('--settings', file('settings.json'))).toBe(0);
    expect(printed[0]).toMatch(/^64 voxels of 1 × 1 × 2 mm\n\noriginal · glcm\n/);
    expect(printed[0]).toMatch(/log-sigma-1-mm-3D · glcm\n/);
    expect(printed[0]).toMatch(/ {2}Contrast +\d+\.\d+ {2}ACUI\n/);
  });

  const twoLabels = () => new Uint8Array(64).map((_, i) => (i < 32 ? 7 : 3));

  it('takes several labels in one run; one that cannot be used is named, the others are taken all the same', async () => {
    const named = vi.spyOn(console, 'error').mockImplementation(() => {});
    await writeNifti(file('mask.nii'), { ...geometry, data: twoLabels() });
    const family = ['--set', 'families=["ngtdm"]'];
    expect(await run('--label', '3,7', '--csv', ...family)).toBe(0);
    const rows = printed[0]!.split('\n').map((line) => line.split(','));
    expect(rows.map(([label, voxels]) => [label, voxels])).toEqual([
      ['label', 'voxels'],
      ['3', '32'],
      ['7', '32'],
    ]);
    expect(await run('--label', '7,5', '--json', ...family)).toBe(1);
    const records = JSON.parse(printed[1]!);
    expect(records.map(({ made }: any) => made.settings.label)).toEqual([7]);
    expect(named.mock.calls.flat()).toEqual([
      expect.stringMatching(
        /^axunet radiomics: label 5 failed: Expected label 5 in the mask, found only 3, 7 in .*nii$/,
      ),
    ]);
    expect(await run('--label', '3,7', ...family)).toBe(0);
    expect(printed[2]).toMatch(/^label 3: 32 voxels[^]*\n\nlabel 7: 32 voxels/);
  });

  it('takes several labels of a cohort as cases of their own', async () => {
    vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
    await writeNifti(file('mask.nii'), { ...geometry, data: twoLabels() });
    writeFileSync(file('cohort.csv'), 'id,image,mask\na,image.nii,mask.nii\n');
    const execArgv = process.execArgv;
    process.execArgv = flags;
    const cohort = ['--cohort', file('cohort.csv'), '--out', file('out'), '--set', 'families=["ngtdm"]'];
    try {
      expect(await radiomics.run([...cohort, '--label', '3,7'])).toBe(0);
    } finally {
      process.execArgv = execArgv;
    }
    const [heading, ...rows] = readFileSync(file('out/features.csv'), 'utf8').trim().split(/\r?\n/);
    expect(heading).toMatch(/^id,label,voxels,/);
    expect(rows.map((row) => row.split(',').slice(0, 3))).toEqual([
      ['a-label3', '3', '32'],
      ['a-label7', '7', '32'],
    ]);
    writeFileSync(file('cohort.csv'), 'id,image,mask,label\na,image.nii,mask.nii,\na-label3,image.nii,mask.nii,7\n');
    await expect(radiomics.run([...cohort, '--label', '3,7'])).rejects.toThrow(
      'Expected ids that stay different with the label behind them, found a-label3 twice',
    );
  });

  it('says when a family has no values, on the terminal and in JSON', async () => {
    const named = vi.spyOn(console, 'error').mockImplementation(() => {});
    const sentence = 'original_glcm has no values: no two voxels of the ROI are neighbours at distance 50';
    expect(await run('--label', '7', '--set', 'distances=[50]', '--json')).toBe(0);
    const { features, warnings } = JSON.parse(printed[0]!);
    expect([features.original_glcm_Contrast, warnings]).toEqual([null, [sentence]]);
    expect(named.mock.calls.flat()).toEqual([`axunet radiomics: warning: ${sentence}`]);
  });

  it('takes a cohort in shards, and the run after them writes the table', async () => {
    vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
    vi.spyOn(console, 'error').mockImplementation(() => {});
    writeFileSync(
      file('cohort.csv'),
      'id,image,mask\na,image.nii,mask.nii\nb,image.nii,mask.nii\nc,image.nii,mask.nii\n',
    );
    const execArgv = process.execArgv;
    process.execArgv = flags;
    try {
      const cohort = (...args: string[]) =>
        radiomics.run([
          '--cohort',
          file('cohort.csv'),
          '--out',
          file('out'),
          '--label',
          '7',
          '--set',
          'families=["ngtdm"]',
          ...args,
        ]);
      expect(await cohort('--shard', '2/2')).toBe(0);
      expect([readdirSync(file('out/cases')), existsSync(file('out/features.csv'))]).toEqual([['b.json'], false]);
      expect(await cohort('--json')).toBe(0);
      expect(JSON.parse(printed.at(-1)!)).toMatchObject({
        skipped: ['b'],
        failed: [],
        table: file('out/features.csv'),
      });
      await expect(cohort('--shard', '3/2')).rejects.toThrow('Expected --shard I/N with I from 1 to N, found "3/2"');
    } finally {
      process.execArgv = execArgv;
    }
  });

  it('names the file whose values cannot be used', async () => {
    await writeNifti(file('ct.nii'), {
      ...geometry,
      data: Float32Array.from({ length: 64 }, (_, i) => (i === 21 ? NaN : (i % 7) * 30)),
    });
    await writeNifti(file('low.nii'), {
      ...geometry,
      data: Int16Array.from({ length: 64 }, (_, i) => (i === 0 ? -1000 : 7)),
    });
    const swapped = 'image and mask may be swapped';
    const take = (...args: string[]) => radiomics.run([...args.map(file), '--label', '7']);
    await expect(take('ct.nii', 'mask.nii')).rejects.toThrow(
      /^Expected finite grey values in the ROI, found NaN or infinite ones in .*ct\.nii$/,
    );
    await expect(take('mask.nii', 'ct.nii')).rejects.toThrow(
      new RegExp(`^Expected a mask of labels 0 or more, found NaN \\(${swapped}\\) in .*ct\\.nii$`),
    );
    await expect(take('mask.nii', 'low.nii')).rejects.toThrow(
      new RegExp(`^Expected a mask of labels 0 or more, found -1000 \\(${swapped}\\) in .*low\\.nii$`),
    );
  });

  it('says what is missing or not understood', async () => {
    await expect(run()).rejects.toThrow(/^Expected label 1 in the mask, found only 7 in .*mask\.nii$/);
    await expect(radiomics.run([])).rejects.toThrow('Expected IMAGE and MASK, or --cohort TABLE, found nothing');
    await expect(run('--json', '--csv')).rejects.toThrow('Expected either --json or --csv, found both');
    await expect(run('--set', 'binWidth')).rejects.toThrow(
      'Expected an assignment such as binWidth=10, found "binWidth"',
    );
    for (const text of ['pancreas', '', '0', '7,', '7,7', '-1'])
      await expect(run('--label', text)).rejects.toThrow(
        `Expected --label to be a positive number, or several different ones with commas between, found "${text}"`,
      );
    await expect(run('--set', 'label=pancreas')).rejects.toThrow(
      'Expected label to be a positive number, found "pancreas"',
    );
    await expect(radiomics.run(['--cohort', file('none.csv')])).rejects.toThrow(
      'Expected --out DIR, the folder for the features, found none',
    );
    await expect(radiomics.run(['--cohort', file('none.csv'), '--out', folder, '--workers', '0'])).rejects.toThrow(
      'Expected --workers to be a positive whole number, found "0"',
    );
    await expect(radiomics.run(['--cohort', file('none.csv'), file('mask.nii')])).rejects.toThrow(
      'Expected no IMAGE and MASK beside --cohort',
    );
  });
});
