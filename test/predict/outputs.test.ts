/** Masks of DICOM series in the formats of viewers: one segment for each class that the network keeps apart. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseClasses } from '../../lib/dataset/classes.ts';
import { readDicomHeader } from '../../lib/dicom/dicomHeader.ts';
import { readNifti } from '../../lib/io/nifti.ts';
import type { Predictor } from '../../lib/predict/ensemble.ts';
import { type PredictFilesOptions, predictFiles } from '../../lib/predict/files.ts';
import { findVolumes } from '../../lib/predict/inputs.ts';
import { refuseOverwriting } from '../../lib/predict/outputs.ts';
import { nativeGrid } from '../../lib/preprocess/grid.ts';
import type { MaskFormat } from '../../lib/scan/maskFiles.ts';
import { openImage, openMask } from '../../lib/scan/openVolume.ts';
import { temporaryFolders } from '../dicom/folder.ts';
import { height, width } from '../dicom/makeDicom.ts';
import { seriesFiles } from '../dicomLabels/series.ts';
import { writeGreyPng } from '../io/writeGreyPng.ts';
import { twoClassModel } from './fake.ts';

const folderOf = temporaryFolders();
const all: readonly MaskFormat[] = ['nifti', 'dicom-seg', 'rtstruct'];

let series: string;
let predictor: Predictor;
/** HU from which voxels are class 1 and class 2, both between two values of the series. */
let [low, high] = [NaN, NaN];
beforeAll(async () => {
  series = folderOf(seriesFiles());
  const values = [...new Set((await openImage(series)).data)].sort((a, b) => a - b);
  const between = (share: number): number => {
    const i = Math.floor(share * values.length);
    return (values[i - 1]! + values[i]!) / 2;
  };
  [low, high] = [between(0.4), between(0.7)];
  const windowHu = [values[0]!, values.at(-1)!] as const;
  const seen = (hu: number): number => (hu - windowHu[0]) / (windowHu[1] - windowHu[0]);
  const grid = nativeGrid(height, width);
  const model = await twoClassModel(grid.size, seen(low), seen(high));
  predictor = { model, grid, windowHu, sha256: '0123456789abcdef' };
});

const classesOf = (text: string) => parseClasses(text).classes;
const predict = async (labels: string, out: string, options: Partial<PredictFilesOptions> = {}, place = series) =>
  predictFiles({ ...predictor, classes: classesOf(labels) }, await findVolumes([place]), {
    out,
    formats: all,
    ...options,
  });
const name = (): string => path.basename(series);

describe('a network of two classes', () => {
  it('gives DICOM-SEG and RTSTRUCT a segment for each, which read back say what was predicted', async () => {
    const out = folderOf();
    expect(await predict('pancreas=1,tumour=2', out)).toMatchObject({ made: [name()], failed: [] });
    const on = await openImage(series);
    const wanted = Uint8Array.from(on.data, (hu) => Number(hu > low) + Number(hu > high));
    expect([0, 1, 2].every((value) => wanted.includes(value))).toBe(true);
    expect((await readNifti(path.join(out, `${name()}.nii.gz`))).data).toEqual(wanted);
    for (const ending of ['.seg.dcm', '.rtstruct.dcm']) {
      const read = await openMask(path.join(out, `${name()}${ending}`), { on });
      expect([...read.data], ending).toEqual([...wanted]);
      expect(read.segments).toEqual([
        { number: 1, label: 'pancreas' },
        { number: 2, label: 'tumour' },
      ]);
    }
  });

  it('codes each as what it is', async () => {
    const out = folderOf();
    await predict('Duct=1,pancreas=2', out, { formats: ['dicom-seg'] });
    const { data } = await readDicomHeader(path.join(out, `${name()}.seg.dcm`));
    const items = data.elements.x00620002!.items!.map(({ dataSet }) => dataSet!);
    const typeOf = (item: (typeof items)[number]) => item.elements.x0062000f!.items![0]!.dataSet!.string('x00080100');
    expect(items.map((item) => [item.string('x00620005'), typeOf(item)])).toEqual([
      ['duct', '69930009'],
      ['pancreas', '15776009'],
    ]);
  });

  it('keeps its label values in NIfTI, and numbers the segments in the order of the classes', async () => {
    const out = folderOf();
    await predict('pancreas=4+5,tumour=300', out, { probability: true });
    const stored = (await readNifti(path.join(out, `${name()}.nii.gz`))).data;
    expect([...new Set(stored)].sort((a, b) => a - b)).toEqual([0, 4, 300]);
    const numbers = [...stored].map((value) => [0, 4, 300].indexOf(value));
    const { data } = await openMask(path.join(out, `${name()}.seg.dcm`), { on: await openImage(series) });
    expect([...data]).toEqual(numbers);
    expect(readdirSync(out).filter((file) => file.includes('_probability_'))).toEqual(
      ['pancreas', 'tumour'].map((one) => `${name()}_probability_${one}.nii.gz`),
    );
  });

  it('is skipped when all formats are complete, and made again when one is missing', async () => {
    const out = folderOf();
    const formats: MaskFormat[] = ['dicom-seg'];
    await predict('pancreas=1,tumour=2', out, { formats });
    expect(await predict('pancreas=1,tumour=2', out, { formats })).toMatchObject({ made: [], skipped: [name()] });
    expect(await predict('pancreas=1,tumour=2', out)).toMatchObject({ made: [name()], skipped: [] });
  });
});

describe('DICOM is refused before anything is written', () => {
  const refusal = async (labels: string, options: Partial<PredictFilesOptions>, place?: string): Promise<string> => {
    const out = path.join(folderOf(), 'out');
    const said = await predict(labels, out, options, place).then(
      () => '',
      (error: Error) => error.message,
    );
    expect(existsSync(out)).toBe(false);
    return said;
  };

  it('for a class that has no code', async () => {
    expect(await refusal('pancreas=1,vein=2', {})).toBe(
      'Expected classes that have a code for DICOM (pancreas, tumour, duct; of others make NIfTI), ' +
        'found a network with the class vein',
    );
    expect(await predict('pancreas=1,vein=2', folderOf(), { formats: ['nifti'] })).toMatchObject({ made: [name()] });
  });

  it('for pictures', async () => {
    const folder = folderOf();
    await writeGreyPng(path.join(folder, 'a.png'), { data: new Uint8Array(6), width: 3, height: 2 });
    for (const format of ['dicom-seg', 'rtstruct'] as const)
      expect(await refusal('pancreas=1', { formats: [format] }, folder)).toMatch(
        new RegExp(`^Expected DICOM series to write ${format} for, found a picture in .*a\\.png$`),
      );
  });
});

describe('outputs of several inputs', () => {
  it('are refused where the probabilities of one would be the mask of another', () => {
    const out = folderOf();
    const inputs = ['a', 'a_probability'].map((name) => ({ name, file: path.join(out, '..', `${name}.nii`) }));
    refuseOverwriting(inputs, { out }, undefined);
    expect(() => refuseOverwriting(inputs, { out, probability: true }, undefined)).toThrow(
      /volumes whose outputs have different names, found one name for two in .*a_probability\.nii\.gz/,
    );
  });
});
