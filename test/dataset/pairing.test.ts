/** File names to ids, images to labels. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  listFiles,
  type NamedFile,
  nothingBut,
  pairById,
  picturesIn,
  stemOf,
  volumesIn,
} from '../../lib/dataset/pairing.ts';
import { temporaryFolder } from './fixtures.ts';

const images = (...ids: string[]): NamedFile[] => ids.map((id) => ({ id, file: `images/${id}.nii.gz` }));
const labels = (...ids: string[]): NamedFile[] => ids.map((id) => ({ id, file: `labels/${id}.nii.gz` }));

describe('listFiles', () => {
  it('finds what lies three levels deep at most, sorted, without hidden files', async () => {
    const folder = await temporaryFolder();
    for (const name of ['b', 'a', '._a', '.git/config', 'c/d/e', 'c/d/f/too-deep']) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), '');
    }
    const found = (depth?: number): string[] => listFiles(folder, depth).map((file) => path.relative(folder, file));
    expect(found()).toEqual(['a', 'b', path.join('c', 'd', 'e')]);
    expect(found(1)).toEqual(['a', 'b']);
    await rm(folder, { recursive: true });
  });
});

describe('names', () => {
  it('lose the longest known ending, in any case', () => {
    expect(stemOf('/x/a.nii.gz', ['.nii.gz', '.nii'])).toBe('a');
    expect(stemOf('/x/A.NII', ['.nii.gz', '.nii'])).toBe('A');
    expect(stemOf('/x/a.b.nii', ['.nii'])).toBe('a.b');
    expect(stemOf('/x/a.txt', ['.nii'])).toBeUndefined();
  });
  it('tell volumes and pictures from other files', () => {
    const files = ['a.nii.gz', 'b.nii', 'c.hdr', 'c.img', 'd.jpg', 'e.JPEG', 'f.png', 'g.txt'];
    expect(volumesIn(files).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(volumesIn(files, '.txt').map(({ id }) => id)).toEqual(['g']);
    expect(picturesIn(files).map(({ id }) => id)).toEqual(['d', 'e', 'f']);
  });
});

describe('pairById', () => {
  it('pairs by id when positions would pair the wrong files, and names what has no partner', () => {
    expect(pairById(images('d', 'a', 'c'), labels('a', 'b', 'c'))).toEqual({
      pairs: [
        { id: 'a', image: 'images/a.nii.gz', label: 'labels/a.nii.gz' },
        { id: 'c', image: 'images/c.nii.gz', label: 'labels/c.nii.gz' },
        { id: 'd', image: 'images/d.nii.gz' },
      ],
      unmatchedLabels: ['labels/b.nii.gz'],
    });
  });
  it('pairs names that look the same, however letters with marks are written (NFC, NFD)', () => {
    const [composed, decomposed] = ['Mü\u0301ller'.normalize('NFC'), 'Mü\u0301ller'.normalize('NFD')];
    expect(composed).not.toBe(decomposed);
    for (const [image, label] of [
      [composed, decomposed],
      [decomposed, composed],
    ]) {
      const { pairs, unmatchedLabels } = pairById(
        volumesIn([`images/${image}_0000.nii.gz`]),
        volumesIn([`labels/${label}.nii.gz`]),
      );
      const files = { image: `images/${image}_0000.nii.gz`, label: `labels/${label}.nii.gz` };
      expect(pairs).toEqual([{ id: composed, ...files }]);
      expect(unmatchedLabels).toEqual([]);
    }
    expect(() => pairById(volumesIn([`a/${composed}.nii`, `a/${decomposed}.nii`]), [])).toThrow(
      /^Expected one file with the id .*, whose letters with marks are written in two ways \(NFC and NFD\), in a$/,
    );
  });
  it('names the label that differs in capital letters alone, and takes both where both are whole', () => {
    const { pairs, unmatchedLabels } = pairById(images('Case1', 'b', 'c'), labels('case1', 'b'));
    const file = labels('case1')[0]!.file;
    expect(pairs.map(({ id, label, almostLabel }) => [id, label, almostLabel])).toEqual([
      ['Case1', undefined, file],
      ['b', labels('b')[0]!.file, undefined],
      ['c', undefined, undefined],
    ]);
    expect(unmatchedLabels).toEqual([file]);
    expect(nothingBut(file)).toBe('only case1.nii.gz, whose name differs in capital letters,');
    expect(nothingBut(undefined)).toBe('none');
    expect(pairById(images('A', 'a'), labels('A', 'a')).pairs).toHaveLength(2);
    expect(pairById(images('A', 'a'), labels('A')).pairs).toHaveLength(2);
  });
  it('takes the channel number of nnU-Net off, and leaves it where the labels have it too', () => {
    expect(pairById(images('p_0000'), labels('p')).pairs.map(({ id }) => id)).toEqual(['p']);
    const both = ['scan_0000', 'scan_0001'];
    expect(pairById(images(...both), labels(...both)).pairs.map(({ id }) => id)).toEqual(both);
  });
  it('takes numbers for cases where the labels have them, though one label is missing', () => {
    const named = (...ids: string[]) => ids.map((id) => ({ id, file: `${id}.nii.gz` }));
    const { pairs } = pairById(named('ct_0000', 'ct_0001', 'ct_0002'), named('ct_0001', 'ct_0002'));
    expect(pairs.map(({ id, label }) => [id, label])).toEqual([
      ['ct_0000', undefined],
      ['ct_0001', 'ct_0001.nii.gz'],
      ['ct_0002', 'ct_0002.nii.gz'],
    ]);
  });
  it('refuses a second image channel, and two files with one id', () => {
    expect(() => pairById(images('p_0000', 'p_0001'), labels('p'))).toThrow(/one image channel per case.*p_0001/);
    const twice = [...labels('p'), { id: 'p', file: 'labels/p.nii' }];
    expect(() => pairById(images('p'), twice)).toThrow(/one file with the id p, found p.nii.gz and p.nii/);
  });
  it('loses no file, whatever the names and their order', () => {
    const ids = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}$/), { maxLength: 12 });
    fc.assert(
      fc.property(ids, ids, (imageIds, labelIds) => {
        const { pairs, unmatchedLabels } = pairById(images(...imageIds), labels(...labelIds));
        expect(pairs.map(({ id }) => id)).toEqual([...imageIds].sort());
        for (const { id, label } of pairs) expect(label !== undefined).toBe(labelIds.includes(id));
        expect(pairs.filter(({ label }) => label).length + unmatchedLabels.length).toBe(labelIds.length);
      }),
    );
  });
});
