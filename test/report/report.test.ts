import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadCommand } from '../../lib/cli/commands.ts';
import { readDicom } from '../../lib/dicom/readDicom.ts';
import { sha256File } from '../../lib/io/files.ts';
import { writeNifti } from '../../lib/io/nifti.ts';
import { nativeGrid } from '../../lib/preprocess/grid.ts';
import { pageOf } from '../../lib/report/page.ts';
import { reportOnScan } from '../../lib/report/report.ts';
import { refuseReplacing, reportFiles, writeScanReport } from '../../lib/report/write.ts';
import type { TrainedRun } from '../../lib/train/loadRun.ts';
import type { Volume } from '../../lib/volume/volume.ts';
import { ctSlice } from '../dicom/makeDicom.ts';
import { thresholdModel } from '../predict/fake.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-report-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (...names: string[]): string => path.join(folder, ...names);

/** 20 × 20 × 6 voxels of 4 × 4 × 5 mm; a block of 6 × 4 × 3 voxels of 90 HU lies in fat. */
const grid = { shape: [20, 20, 6], spacingMm: [4, 4, 5], affine: [-4, 0, 0, 0, 0, -4, 0, 0, 0, 0, 5, 0, 0, 0, 0, 1] };
const inBlock = (i: number): boolean => {
  const [x, y, z] = [i % 20, Math.floor(i / 20) % 20, Math.floor(i / 400)];
  return x >= 5 && x < 11 && y >= 8 && y < 12 && z >= 1 && z < 4;
};
const volumeOf = <T extends Int16Array | Uint8Array>(type: new (n: number) => T, value: (i: number) => number) => {
  const data = new type(2400);
  for (let i = 0; i < data.length; i++) data[i] = value(i);
  return { ...grid, data } as unknown as Volume<T>;
};

beforeAll(async () => {
  await writeNifti(
    at('ct.nii.gz'),
    volumeOf(Int16Array, (i) => (inBlock(i) ? 90 : -100)),
  );
  await writeNifti(
    at('mask.nii.gz'),
    volumeOf(Uint8Array, (i) => (inBlock(i) ? 1 + Number(i % 20 > 8) : 0)),
  );
  await writeNifti(
    at('empty.nii.gz'),
    volumeOf(Uint8Array, () => 0),
  );
});

/** A network that takes all from `hu` on for pancreas. */
async function runOf(hu: number): Promise<TrainedRun> {
  const seen = nativeGrid(20, 20);
  const data = { dataset: 'made up', mode: 'default', unit: 'mm', slices: 12, sha256: '' };
  return {
    model: await thresholdModel(seen.size, 1, (hu + 160) / 400),
    grid: seen,
    windowHu: [-160, 240],
    sha256: `weights ${hu}`,
    isOfPictures: false,
    folder: `/home/anna/runs/of-${hu}`,
    description: {
      axunet: '0.1.0',
      config: { loss: 'ce-dice', seed: 1 },
      model: { variant: 'residual', width: 8 },
      grid: seen,
      data,
      patients: { training: ['SMITH', 'JONES'], validation: ['BROWN'] },
    },
    position: { step: 100, best: { dice: 0.5, epoch: 1, step: 90 } },
  } as unknown as TrainedRun;
}

const contents = (): string[] =>
  readdirSync(at('out'))
    .sort()
    .map((name) => readFileSync(at('out', name), 'latin1'));

describe('a report of a given mask', () => {
  it('measures each class and writes HTML, PNG and JSON that belong together', async () => {
    const labels = {
      labelMap: { 1: 1, 2: 2 },
      classes: [
        { name: 'pancreas', values: [1] },
        { name: 'tumour', values: [2] },
      ],
    };
    const made = await reportOnScan({ image: at('ct.nii.gz'), slices: 2, mask: { file: at('mask.nii.gz'), labels } });
    const { whole, classes = {} } = made.report.measures;
    // 72 voxels of 0.08 ml; x = 5 to 8 are pancreas, 9 and 10 are tumour
    expect([whole.voxels, classes.pancreas!.voxels, classes.tumour!.voxels]).toEqual([72, 48, 24]);
    expect(whole).toMatchObject({ huMean: 90, huSd: 0, parts: 1, longestSlice: 1 });
    expect(whole.volumeMl).toBeCloseTo(72 * 0.08, 9);
    expect(made.report).toMatchObject({ certainty: null, networks: [], warnings: [], slices: [1, 3] });
    const files = reportFiles(at('out'), 'case 1');
    await writeScanReport(made, files);
    const json = JSON.parse(readFileSync(files.json, 'utf8')) as { files: Record<string, string> };
    for (const file of [files.html, files.png]) expect(json.files[path.basename(file)]).toBe(await sha256File(file));
    const html = readFileSync(files.html, 'utf8');
    for (const text of [
      'Not a medical device',
      '5.76',
      'tumour',
      '90.0 ± 0.0',
      'of which its labels pancreas=1, tumour=2 count.',
    ])
      expect(html).toContain(text);
    const before = contents();
    await writeScanReport(made, files);
    expect(contents()).toEqual(before);
  });

  it('says which value of the file was measured', async () => {
    const pageWith = async (labelValue?: number): Promise<string> => {
      const mask = { file: at('mask.nii.gz'), labelValue };
      const { report } = await reportOnScan({ image: at('ct.nii.gz'), slices: 1, mask });
      expect(report.mask.value).toBe(labelValue);
      return JSON.stringify(pageOf(report));
    };
    expect(await pageWith(2)).toContain('of which only its label 2 counts.');
    expect(await pageWith()).toContain('of which all but 0 counts.');
  });

  it('says that a mask is empty, and shows the middle slice', async () => {
    const { report } = await reportOnScan({ image: at('ct.nii.gz'), slices: 4, mask: { file: at('empty.nii.gz') } });
    expect(report.warnings).toEqual(['the mask is empty']);
    expect(report.slices).toEqual([3]);
    expect(JSON.stringify(pageOf(report).sections)).toContain('["HU, mean ± SD","–"]');
  });
});

describe('a report of networks', () => {
  it('names no file of a DICOM folder where there is a name to stand for it', async () => {
    mkdirSync(at('MUELLER'));
    for (const z of [0, 1, 2]) writeFileSync(at('MUELLER', `${z}.dcm`), ctSlice(z));
    writeFileSync(at('MUELLER', 'mueller.txt'), 'Dear Mr Mueller');
    const { affine, shape, spacingMm } = await readDicom(at('MUELLER'));
    const mask = { file: at('of-dicom.nii.gz') };
    const data = new Uint8Array(shape[0] * shape[1] * shape[2]).fill(1);
    await writeNifti(mask.file, { data, affine, shape, spacingMm });
    const textOf = async (name?: string): Promise<string> =>
      JSON.stringify((await reportOnScan({ image: at('MUELLER'), name, slices: 1, mask })).report);
    expect(await textOf()).toContain('left out, not DICOM: mueller.txt');
    expect(await textOf('case 2')).toMatch(/^(?!.*mueller).*left out, not DICOM/i);
  });

  it('tells how sure they are, whether they agree, and what they were trained on, but of no patient', async () => {
    const runs = await Promise.all([runOf(0), runOf(120), runOf(60)]);
    const image = at('ct.nii.gz');
    const { report } = await reportOnScan({ image, name: 'case 2', slices: 1, networks: { runs } });
    expect(report.measures.whole.voxels).toBe(72); // two of three
    expect(report.networks.map(({ run }) => run)).toEqual(['of-0', 'of-120', 'of-60']);
    expect(report.networks[0]).toMatchObject({ dataset: 'made up', trainingPatients: 2, validationPatients: 1 });
    expect(report.certainty!.meanProbability).toBeCloseTo(2 / 3, 6);
    expect(report.certainty!.members!.foreground).toMatchObject({ lowestDice: 0 });
    expect(report.certainty!.members!.volumesMl[1]).toBe(0);
    const page = JSON.stringify(pageOf(report));
    expect(page).toContain('How sure the network is');
    expect(page).toContain('the mean of 3 networks (probability 0.5 and above; post-processing: none)');
    for (const secret of ['SMITH', 'JONES', 'BROWN', '/home', 'ct.nii'])
      expect(JSON.stringify(report) + page).not.toContain(secret);
  });

  it('warns of a scan unlike the training data', async () => {
    const run = await runOf(60);
    const other = { ...run, grid: { ...run.grid, size: [64, 64], extent: [64, 64] } as TrainedRun['grid'] };
    const model = await thresholdModel([64, 64], 1, 0.5);
    const networks = { runs: [{ ...other, model }] };
    const { report } = await reportOnScan({ image: at('ct.nii.gz'), slices: 1, networks });
    expect(report.warnings.join()).toMatch(/far from training/);
  });
});

describe('a report of networks that saw synthetic patients', () => {
  it('says so, and why the mask is empty', async () => {
    const trainedOn = { dataset: 'phantom', isSynthetic: true, patients: 2 };
    const runs = [{ ...(await runOf(150)), trainedOn }];
    const { report } = await reportOnScan({ image: at('ct.nii.gz'), slices: 1, networks: { runs } });
    expect(report.warnings).toEqual([
      'trained on synthetic patients (phantom): no mask of a real scan can be relied on',
      expect.stringMatching(/^the mask is empty: the highest probability is .*, the threshold 0\.5$/),
    ]);
    expect(report.networks[0]!.isSynthetic).toBe(true);
    expect(JSON.stringify(pageOf(report))).toContain('CT volumes of synthetic patients');
  });
});

describe('places of a report', () => {
  it('are refused inside of a DICOM folder or a run, in the place of a source, and where nothing can be written', async () => {
    mkdirSync(at('series', 'inside'), { recursive: true });
    for (const out of ['series', 'series/inside', 'series/not-yet'])
      await expect(refuseReplacing(reportFiles(at(out), 'x'), [at('series')])).rejects.toThrow(
        /Expected another folder for the report than that of its sources, found a place in .*series/,
      );
    writeFileSync(at('x.report.json'), '');
    await expect(refuseReplacing(reportFiles(folder, 'x'), [at('x.report.json')])).rejects.toThrow('another folder');
    mkdirSync(at('y.report.png'));
    await expect(refuseReplacing(reportFiles(folder, 'y'), [])).rejects.toThrow('Expected a file to write');
    await refuseReplacing(reportFiles(at('new', 'folder'), 'z'), [at('series'), at('ct.nii.gz')]);
  });

  it('are named by one plain name', () => {
    for (const name of ['../x', 'a/b', 'a\\b', ' ', 'a\nb'])
      expect(() => reportFiles('out', name)).toThrow("Expected a name for the report's files");
  });
});

describe('axunet report', () => {
  it('asks for one source of the mask, and for options that belong to it', async () => {
    const report = await loadCommand('report');
    const run = (...args: string[]) => report.run([at('ct.nii.gz'), '--out', at('none'), ...args]);
    await expect(run('--mask', 'm', '--run', 'r')).rejects.toThrow('at most one of --run and --mask');
    await expect(run('--mask', 'm', '--threshold', '0.4')).rejects.toThrow('Expected --threshold with --run');
    await expect(run('--run', 'r', '--value', '1')).rejects.toThrow('Expected --value and --labels with --mask');
    expect(existsSync(at('none'))).toBe(false);
  });

  it('makes the three files, tells the volume, and warns', async () => {
    const report = await loadCommand('report');
    const said = vi.spyOn(console, 'log').mockImplementation(() => {});
    const warned = vi.spyOn(console, 'error').mockImplementation(() => {});
    expect(await report.run([at('ct.nii.gz'), '--mask', at('mask.nii.gz'), '--out', at('cli')])).toBe(0);
    expect(said.mock.calls.join()).toContain('5.76 ml in 72 voxels; report in');
    expect(warned.mock.calls.join()).toContain('labels 1, 2 count as one');
    vi.restoreAllMocks();
    expect(readdirSync(at('cli')).sort()).toEqual(['html', 'json', 'png'].map((end) => `ct.report.${end}`));
  });
});
