/** Files of masks paired and scored; none is lost. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseClasses } from '../../lib/dataset/classes.ts';
import { evaluateFiles, onOneGrid } from '../../lib/evaluate/files.ts';
import { pairAuthors, pairFiles } from '../../lib/evaluate/pairs.ts';
import { writeNifti } from '../../lib/io/nifti.ts';
import type { Affine, Volume } from '../../lib/volume/volume.ts';
import { writeGreyPng } from '../io/writeGreyPng.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-evaluate-'));
  for (const part of ['predicted', 'wanted']) mkdirSync(path.join(folder, part));
});
afterEach(() => rmSync(folder, { recursive: true }));
const at = (...names: string[]): string => path.join(folder, ...names);

const ras: Affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
const volumeOf = (data: readonly number[], affine = ras): Volume<Uint8Array> => ({
  data: Uint8Array.from(data),
  shape: [4, 2, 1],
  spacingMm: [1, 1, 1],
  affine,
});
const wanted = volumeOf([0, 1, 1, 0, 0, 1, 1, 0]);
const half = volumeOf([0, 1, 0, 0, 0, 1, 0, 0]);

describe('pairFiles', () => {
  it('pairs two files whatever they are called, the reference naming the case', async () => {
    await writeNifti(at('a.nii'), half);
    await writeNifti(at('b.nii.gz'), wanted);
    const pair = { id: 'b', prediction: at('a.nii'), reference: at('b.nii.gz') };
    expect(pairFiles(pair.prediction, pair.reference)).toEqual({ name: 'a', pairs: [pair] });
  });
  it('pairs folders by id, keeps what has no partner, and passes over maps of probability', () => {
    for (const name of ['b.nii', 'a_0000.nii', 'a_0000_probability.nii', 'x.nii'])
      writeFileSync(at('predicted', name), '');
    for (const name of ['a.nii', 'b.nii', 'c.nii']) writeFileSync(at('wanted', name), '');
    const { name, pairs } = pairFiles(at('predicted'), at('wanted'));
    expect(name).toBe('predicted');
    expect(pairs.map(({ id, prediction, reference }) => [id, Boolean(prediction), Boolean(reference)])).toEqual([
      ['a', true, true],
      ['b', true, true],
      ['c', false, true],
      ['x', true, false],
    ]);
  });
  it('refuses what is not there, a file beside a folder, and folders without masks', () => {
    expect(() => pairFiles(at('none'), at('wanted'))).toThrow(
      'Expected a mask or a folder of masks, found no such file',
    );
    writeFileSync(at('a.nii'), '');
    expect(() => pairFiles(at('a.nii'), at('wanted'))).toThrow('Expected two files or two folders, found one of each');
    expect(() => pairFiles(at('predicted'), at('wanted'))).toThrow(
      'Expected masks (.nii, .nii.gz, .hdr, .nrrd, .nhdr, .mha, .mhd or DICOM, or .png of pictures), found none',
    );
  });
});

describe('pairAuthors', () => {
  const mask = (patient: string, author: string) => ({
    id: `${patient}_${author}`,
    patient,
    author,
    file: `${patient}_${author}`,
  });
  const list = (...masks: ReturnType<typeof mask>[]) => ({ dataset: 'set', folder: '', labelMap: { 1: 1 }, masks });

  it('sets the masks of each author beside the references, with gaps where one is missing', () => {
    const found = pairAuthors(
      list(mask('1', 'reference'), mask('2', 'reference'), mask('1', 'Dice'), mask('3', 'Focal')),
    );
    expect(found.map(({ name }) => name)).toEqual(['Dice', 'Focal']);
    expect(found[1].pairs).toEqual([
      { id: '1', prediction: undefined, reference: '1_reference' },
      { id: '2', prediction: undefined, reference: '2_reference' },
      { id: '3', prediction: '3_Focal', reference: undefined },
    ]);
  });
  it('refuses a set of references alone', () => {
    expect(() => pairAuthors(list(mask('1', 'reference')))).toThrow(
      'Expected masks of set beside its references, found none',
    );
  });
});

describe('onOneGrid', () => {
  it('leaves what lies on one grid and turns what is stored in another axis order', () => {
    expect(onOneGrid(half, wanted)).toEqual([half, wanted]);
    const mirrored = volumeOf([0, 1, 1, 0, 0, 1, 1, 0], [-1, 0, 0, 3, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
    const [a, b] = onOneGrid(mirrored, half);
    a.affine.forEach((value, i) => expect(value).toBeCloseTo(b.affine[i], 12));
    // x = 1 and 2 in both frames: the same places.
    expect([a.data.filter((v) => v === 1).length, b.data.filter((v, i) => v === 1 && a.data[i] === 1).length]).toEqual([
      4, 2,
    ]);
  });
  it('refuses another place, and tells both', () => {
    const moved = volumeOf([...half.data], [1, 0, 0, 5, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
    expect(() => onOneGrid(moved, wanted)).toThrow(
      /^Expected prediction and reference on one grid, found a difference in .*: prediction .*; reference /,
    );
  });
});

describe('evaluateFiles', () => {
  it('scores every pair and names those that cannot be scored', async () => {
    await writeNifti(at('wanted', 'a.nii'), wanted);
    await writeNifti(at('predicted', 'a.nii'), half);
    copyFileSync(at('wanted', 'a.nii'), at('wanted', 'b.nii'));
    writeFileSync(at('predicted', 'b.nii'), 'no NIfTI');
    copyFileSync(at('wanted', 'a.nii'), at('wanted', 'c.nii'));
    const notes: string[] = [];
    const { name, cases, failed } = await evaluateFiles(
      pairFiles(at('predicted'), at('wanted')),
      {},
      (done, total, note) => notes.push(`${done}/${total} ${note}`),
    );
    expect([name, notes]).toEqual(['predicted', ['1/3 predicted a', '2/3 predicted b', '3/3 predicted c']]);
    expect(cases).toMatchObject([{ id: 'a', outcome: 'both', counts: { tp: 2, fp: 0, fn: 2, tn: 4 } }]);
    expect(cases[0].values.dice).toBeCloseTo(2 / 3, 12);
    expect(failed.map(({ id }) => id)).toEqual(['b', 'c']);
    expect(failed[1].reason).toMatch(/^Expected a prediction, found none in .*c\.nii$/);
  });
  it('names a reference that differs in capital letters alone, and scores the other cases', async () => {
    for (const [name, id] of [
      ['predictedA', 'Case1'],
      ['wantedA', 'case1'],
    ] as const) {
      await writeNifti(at(name, `${id}.nii`), wanted);
      await writeNifti(at(name, 'b.nii'), wanted);
    }
    const { cases, failed } = await evaluateFiles(pairFiles(at('predictedA'), at('wantedA')));
    expect(cases.map(({ id }) => id)).toEqual(['b']);
    expect(failed.map(({ id }) => id)).toEqual(['Case1', 'case1']);
    expect(failed[0].reason).toMatch(
      /^Expected a reference, found only case1\.nii, whose name differs in capital letters, in .*Case1\.nii$/,
    );
  });
  it('takes each side by its own map of labels', async () => {
    await writeNifti(at('a.nii'), volumeOf([0, 7, 7, 0, 0, 7, 3, 0]));
    await writeNifti(at('b.nii'), wanted);
    const pairs = pairFiles(at('a.nii'), at('b.nii'));
    const { cases } = await evaluateFiles(pairs, { prediction: { labelMap: { 7: 1 }, otherLabels: 'background' } });
    expect(cases[0].counts).toEqual({ tp: 3, fp: 0, fn: 1, tn: 4 });
    expect((await evaluateFiles(pairs)).failed[0].reason).toContain('Expected label values 0, 1, 2, found 7');
  });
});

describe('Classes kept apart', () => {
  it('are scored one by one beside all as one, with lesions found', async () => {
    await writeNifti(at('predicted', 'a.nii'), volumeOf([0, 1, 2, 0, 0, 1, 1, 2]));
    await writeNifti(at('wanted', 'a.nii'), volumeOf([0, 1, 2, 0, 0, 1, 2, 0]));
    const labels = parseClasses('pancreas=1,tumour=2');
    const { cases, classes } = await evaluateFiles(pairFiles(at('predicted'), at('wanted')), {
      reference: labels,
      prediction: labels,
      classes: labels.classes,
    });
    expect(cases[0].counts).toEqual({ tp: 4, fp: 1, fn: 0, tn: 3 });
    expect(classes!.map(({ name, cases: [one] }) => [name, one.counts])).toEqual([
      ['pancreas', { tp: 2, fp: 1, fn: 0, tn: 5 }],
      ['tumour', { tp: 1, fp: 1, fn: 1, tn: 5 }],
    ]);
    // One tumour; the two voxels predicted touch at a corner and are one candidate: 1 of 3 voxels of the union.
    expect(classes![1].cases[0].detection).toEqual({ lesions: 1, found: 1, touched: 1, falsePositives: 0 });
  });
});

describe('Pictures', () => {
  const picture = (values: number[]) => ({ data: Uint8Array.from(values), width: 2, height: 2 });
  it('are paired and scored as volumes are, in pixels and without volume', async () => {
    await writeGreyPng(at('predicted', 'a.png'), picture([255, 0, 255, 0]));
    await writeGreyPng(at('predicted', 'a_probability.png'), picture([200, 20, 180, 0]));
    await writeGreyPng(at('wanted', 'a.png'), picture([255, 255, 0, 0]));
    await writeGreyPng(at('wanted', 'b.png'), picture([255, 255, 0, 0]));
    const { cases, failed, unit } = await evaluateFiles(pairFiles(at('predicted'), at('wanted')));
    expect(cases).toMatchObject([{ id: 'a', counts: { tp: 1, fp: 1, fn: 1, tn: 1 }, values: { predictionMl: NaN } }]);
    expect(cases[0].values.hausdorffMm).toBe(1);
    expect([unit, failed.map(({ id }) => id)]).toEqual(['px', ['b']]);
  });
});
