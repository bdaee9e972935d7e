/**
 * A DICOM folder goes through every door as the same volume in NIfTI does, NRRD and MetaImage too, and what its files
 * say of a person goes through none. The phantom has 64 × 64 × 16 voxels of 0.8 × 0.8 × 2.5 mm.
 */

import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadCommand } from '../../lib/cli/commands.ts';
import { openDataset, openPair } from '../../lib/dataset/cases.ts';
import { readCase } from '../../lib/dataset/readCase.ts';
import { verifyDataset } from '../../lib/dataset/verify.ts';
import { messageOf } from '../../lib/errors.ts';
import { readNifti } from '../../lib/io/nifti.ts';
import type { Predictor } from '../../lib/predict/ensemble.ts';
import { predictFiles } from '../../lib/predict/files.ts';
import { findVolumes } from '../../lib/predict/inputs.ts';
import { nativeGrid } from '../../lib/preprocess/grid.ts';
import { preprocessDataset } from '../../lib/preprocess/slices.ts';
import { openImage, openMask } from '../../lib/scan/openVolume.ts';
import { flags } from '../../scripts/flags.mjs';
import { ctElements, dicom, type Elements, pixelBytes } from '../dicom/makeDicom.ts';
import { single } from '../io/makeNifti.ts';
import { thresholdModel } from '../predict/fake.ts';
import { metaImage } from '../scan/makeMetaImage.ts';
import { nrrd } from '../scan/makeNrrd.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'axunet-dicom-doors-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const at = (...parts: string[]): string => path.join(root, ...parts);

/** What must never leave a file. */
const person: Elements = {
  PatientName: 'Quixote^Alonso',
  PatientID: 'ROCINANTE-4711',
  PatientBirthDate: '15470929',
  PatientAddress: 'La Mancha 1605',
  PatientComments: 'fights windmills',
  ReferringPhysicianName: 'Panza^Sancho',
  OperatorsName: 'Dulcinea^Toboso',
  InstitutionName: 'Barataria Clinic',
  AccessionNumber: 'ACC1615',
  StudyDate: '16050116',
  SeriesDescription: 'Abdomen of Quixote',
};
const secrets = Object.values(person).flatMap((value) => String(value).split('^'));

const [width, height, depth] = [64, 64, 16];
const voxels = Array.from({ length: width * height * depth }, (_, i) => [i & 63, (i >> 6) & 63, i >> 12] as const);
const hu = Int16Array.from(voxels, ([px, py], i) => {
  const [x, y] = [(2 * px) / 63 - 1, (2 * py) / 63 - 1];
  if (x * x + (y - 0.45) ** 2 < 0.02) return 600;
  return (x * x) / 0.8 + (y * y) / 0.5 < 1 ? 40 + (i % 7) : -1000;
});
const block = Uint8Array.from(voxels, ([x, y, z]) =>
  Number(x >= 24 && x < 40 && y >= 20 && y < 30 && z >= 5 && z < 11),
);
const stored = Uint16Array.from(hu, (v) => v + 1024);
const perSlice = width * height;

const sliceElements = (z: number): Elements =>
  ctElements(z, {
    ...person,
    Rows: height,
    Columns: width,
    PixelSpacing: '0.8\\0.8',
    ImagePositionPatient: `-25\\-25\\${-20 + 2.5 * z}`,
    PixelRepresentation: 0,
  });
const sliceFile = (z: number, more: Elements = {}): Buffer =>
  dicom({ ...sliceElements(z), ...more }, { pixels: pixelBytes(stored.subarray(z * perSlice, (z + 1) * perSlice)) });

/** The same geometry in NIfTI, with the rows of dcm2niix: bottom first. */
const affine = [-0.8, 0, 0, 25, 0, 0.8, 0, 25 - 0.8 * 63, 0, 0, 2.5, -20];
function flippedRows<T extends Int16Array | Uint8Array>(data: T): T {
  const out = data.slice() as T;
  for (let row = 0; row < height * depth; row++) {
    const z = Math.floor(row / height);
    const from = (z * height + (height - 1 - (row % height))) * width;
    out.set(data.subarray(from, from + width), row * width);
  }
  return out;
}
const niftiFields = {
  dim: [3, width, height, depth],
  pixdim: [1, 0.8, 0.8, 2.5],
  sformCode: 1,
  srow: affine,
  offset: 352,
};
const bytesOf = (data: Int16Array | Uint8Array): Buffer => Buffer.from(data.buffer);

const [scan, label, nifti] = [at('scan'), at('label.nii'), at('ct.nii')];
let predictor: Predictor;
beforeAll(async () => {
  mkdirSync(scan);
  for (let z = 0; z < depth; z++) writeFileSync(at('scan', `IM${(7 * z) % depth}`), sliceFile(z));
  writeFileSync(label, single(bytesOf(flippedRows(block)), niftiFields));
  writeFileSync(nifti, single(bytesOf(flippedRows(hu)), { ...niftiFields, datatype: 4 }));
  const sizes = { sizes: '64 64 16', space: 'left-posterior-superior' };
  const grid = { ...sizes, 'space directions': '(0.8,0,0) (0,0.8,0) (0,0,2.5)', 'space origin': '(-25,-25,-20)' };
  writeFileSync(at('ct.nrrd'), nrrd(bytesOf(hu), grid));
  const meta = { DimSize: '64 64 16', ElementSpacing: '0.8 0.8 2.5', Offset: '-25 -25 -20' };
  writeFileSync(at('ct.mha'), metaImage(bytesOf(hu), meta));
  const network = nativeGrid(height, width);
  const model = await thresholdModel(network.size, 1, (30 + 160) / 400);
  predictor = { model, grid: network, windowHu: [-160, 240], sha256: 'weights' };
});

let output: string[] = [];
/** The processes of a cohort are started with this one's flags. */
const { execArgv } = process;
beforeEach(() => {
  process.execArgv = flags;
  output = [];
  const take = (...parts: unknown[]): boolean => {
    output.push(parts.map(String).join(' '));
    return true;
  };
  for (const name of ['log', 'error', 'warn', 'info'] as const) vi.spyOn(console, name).mockImplementation(take);
  for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockImplementation(take as never);
});
afterEach(() => {
  process.execArgv = execArgv;
  vi.restoreAllMocks();
});

/** Runs a command; what it throws belongs to the output, as the command line prints it. */
async function axunet(name: Parameters<typeof loadCommand>[0], ...args: string[]): Promise<number> {
  try {
    return await (await loadCommand(name)).run(args);
  } catch (error) {
    output.push(messageOf(error));
    return 2;
  }
}

const images = () => ({ dicom: scan, nifti, nrrd: at('ct.nrrd'), meta: at('ct.mha') });

describe('a DICOM folder', () => {
  it('has the values and the place of the same volume in NIfTI, NRRD and MetaImage', async () => {
    const said: Record<string, unknown>[] = [];
    for (const image of Object.values(images())) {
      output = [];
      expect(await axunet('info', image, '--json')).toBe(0);
      said.push(JSON.parse(output.join('')) as Record<string, unknown>);
    }
    for (const info of said) {
      expect(info).toMatchObject({ shape: [64, 64, 16], min: -1000, max: 600, mean: said[0]!.mean, warnings: [] });
      (info.spacingMm as number[]).forEach((mm, i) => expect(mm).toBeCloseTo([0.8, 0.8, 2.5][i]!, 6));
    }
    expect(said.map(({ format }) => format)).toEqual(['DICOM', 'NIfTI-1', 'NRRD', 'MetaImage']);
    expect(said[0]).toMatchObject({ modality: 'CT', transferSyntax: 'Explicit VR Little Endian', datatype: 'int16' });
  });
  it('gives the slices, masks and features that the same volume in NIfTI gives', async () => {
    const made: Record<string, { mask: number[]; slices: string[]; features: Record<string, number> }> = {};
    for (const [name, image] of Object.entries(images())) {
      const out = at(`made-${name}`);
      const manifest = await preprocessDataset(await openPair(image, label), {
        out: path.join(out, 's'),
        mode: 'default',
      });
      expect(manifest.failed).toEqual([]);
      const report = await predictFiles(predictor, await findVolumes([image]), { out: path.join(out, 'p') });
      expect([report.failed, report.warnings]).toEqual([[], undefined]);
      const mask = await readNifti(path.join(out, 'p', `${report.made[0]}.nii.gz`));
      output = [];
      expect(await axunet('radiomics', image, label, '--json', '--set', 'families=["shape","firstorder"]')).toBe(0);
      const { features } = JSON.parse(output.find((line) => line.startsWith('{'))!) as {
        features: Record<string, number>;
      };
      made[name] = {
        mask: [...mask.data],
        slices: manifest.slices.map(({ imageCrc32, labelCrc32 }) => `${imageCrc32} ${labelCrc32}`),
        features,
      };
    }
    const flipped = [...flippedRows(Uint8Array.from(made.dicom!.mask))];
    for (const name of ['nifti', 'nrrd', 'meta']) {
      expect(made[name]!.slices, name).toEqual(made.dicom!.slices);
      expect(made[name]!.mask, name).toEqual(name === 'nifti' ? flipped : made.dicom!.mask);
      // A NIfTI affine has single precision.
      for (const [key, value] of Object.entries(made[name]!.features)) {
        const wanted = made.dicom!.features[key]!;
        expect(Math.abs(value - wanted), `${name} ${key}`).toBeLessThanOrEqual(1e-6 * Math.abs(wanted));
      }
    }
  });
  it('is one of a folder of scans, and what was predicted from it is complete the next time', async () => {
    const cohort = at('cohort-predict');
    for (const name of ['p1', 'p2/study/series']) cpSync(scan, path.join(cohort, name), { recursive: true });
    cpSync(nifti, path.join(cohort, 'p3.nii'));
    const inputs = await findVolumes([cohort]);
    expect(inputs.map(({ name }) => name)).toEqual(['p1', 'p2', 'p3']);
    const out = at('masks');
    expect((await predictFiles(predictor, inputs, { out })).made).toEqual(['p1', 'p2', 'p3']);
    expect((await predictFiles(predictor, inputs, { out })).skipped).toEqual(['p1', 'p2', 'p3']);
    // Another choice of series is another input, though the files are the same.
    expect((await predictFiles(predictor, await findVolumes([cohort], { series: '1' }), { out })).made).toEqual([
      'p1',
      'p2',
    ]);
  });
  it('gets its mask as DICOM-SEG and RTSTRUCT, which say what the NIfTI file says and are complete the next time', async () => {
    const out = at('formats');
    const options = { out, formats: ['nifti', 'dicom-seg', 'rtstruct'] as const };
    const inputs = await findVolumes([scan]);
    const report = await predictFiles(predictor, inputs, options);
    expect([report.made, report.failed]).toEqual([['scan'], []]);
    const mask = await readNifti(path.join(out, 'scan.nii.gz'));
    expect(mask.data.some((v) => v > 0)).toBe(true);
    const on = await openImage(scan);
    for (const name of ['scan.seg.dcm', 'scan.rtstruct.dcm']) {
      const read = await openMask(path.join(out, name), { on });
      expect(Buffer.from(read.data as Uint8Array).equals(Buffer.from(mask.data as Uint8Array)), name).toBe(true);
      expect(read.segments).toEqual([{ number: 1, label: 'pancreas' }]);
    }
    expect((await predictFiles(predictor, inputs, options)).skipped).toEqual(['scan']);
    expect((await predictFiles(predictor, inputs, { out })).skipped).toEqual(['scan']);
    await expect(predictFiles(predictor, inputs, { ...options, out: scan })).rejects.toThrow(
      /Expected another folder for the masks .* found that of the series/,
    );
    await expect(predictFiles(predictor, await findVolumes([nifti]), options)).rejects.toThrow(
      'Expected DICOM series to write dicom-seg for, found another format',
    );
  });
  it('lies in a folder a patient, with its label beside it or below', async () => {
    const cohort = at('patients');
    cpSync(scan, path.join(cohort, 'a', 'ct'), { recursive: true });
    cpSync(label, path.join(cohort, 'a', 'label.nii'));
    cpSync(scan, path.join(cohort, 'b'), { recursive: true });
    cpSync(label, path.join(cohort, 'b', 'pancreas.nii'));
    const list = await openDataset(cohort);
    expect(list.cases.map(({ id, patient }) => [id, patient])).toEqual([
      ['a', 'a'],
      ['b', 'b'],
    ]);
    const report = await verifyDataset(list);
    expect(report.cases.map(({ foregroundVoxels }) => foregroundVoxels)).toEqual([960, 960]);
    expect(report.totals.withErrors).toBe(0);
    const { image } = await readCase(list.cases[0]!);
    expect(image.shape).toEqual([64, 64, 16]);
    cpSync(label, path.join(cohort, 'b', 'second.nii'));
    await expect(openDataset(cohort)).rejects.toThrow(/one label of b, found pancreas\.nii, second\.nii/);
  });
  it('is an image of imagesTr, of images, and of NIH Pancreas-CT as it is downloaded', async () => {
    for (const [name, images, labels, id] of [
      ['nnunet', 'imagesTr/p1', 'labelsTr/p1.nii', 'p1'],
      ['pairs', 'images/p1', 'labels/p1.nii', 'p1'],
      ['nih', 'Pancreas-CT/PANCREAS_0007/s/t', 'labels/label0007.nii', 'PANCREAS_0007'],
    ] as const) {
      cpSync(scan, at(name, images), { recursive: true });
      mkdirSync(path.dirname(at(name, labels)), { recursive: true });
      cpSync(label, at(name, labels));
      const { cases } = await openDataset(at(name));
      expect(cases.map((one) => [one.id, one.label && path.basename(one.label)])).toEqual([
        [id, path.basename(labels)],
      ]);
    }
  });
  it('with several series is chosen from at every door', async () => {
    const two = at('two');
    cpSync(scan, two, { recursive: true });
    for (let z = 0; z < 3; z++)
      writeFileSync(at('two', `x${z}`), sliceFile(z, { SeriesInstanceUID: '2.25.99', SeriesNumber: 9 }));
    expect(await axunet('info', two)).toBe(2);
    expect(output.join()).toMatch(/Expected one series, or --series .* found 2 in .*1: 16 images.*2: 3 images/);
    output = [];
    expect(await axunet('info', two, '--series', '2', '--json')).toBe(0);
    expect(JSON.parse(output.join(''))).toMatchObject({ shape: [64, 64, 3] });
    const choice = ['--series', '1'];
    expect(await axunet('verify', two, label, ...choice)).toBe(0);
    expect(await axunet('verify', two, label)).toBe(1);
    expect(await axunet('overlay', two, '--label', label, '--out', at('o'), '--slices', '1', ...choice)).toBe(0);
    expect(await axunet('report', two, '--mask', label, '--out', at('o'), '--slices', '1', ...choice)).toBe(0);
    expect(await axunet('view', two, '--mask', label, '--out', at('o/two.html'), ...choice)).toBe(0);
    expect(await axunet('radiomics', two, label, '--set', 'families=["shape"]', ...choice)).toBe(0);
    writeFileSync(at('two.csv'), `id,image,mask\ntwo,${two},${label}\nnifti,${nifti},${label}\n`);
    const cohort = ['--cohort', at('two.csv'), '--set', 'families=["shape"]', '--workers', '1', '--out'];
    expect(await axunet('radiomics', ...cohort, at('two-none'))).toBe(1);
    expect(output.join()).toMatch(/case two failed: Expected one series, or --series/);
    expect(await axunet('radiomics', ...cohort, at('two-largest'), '--series', 'largest')).toBe(0);
    const [input] = await findVolumes([two], { series: '2.25.6' });
    expect((await predictFiles(predictor, [input!], { out: at('two-masks') })).failed).toEqual([]);
  });
});

/** Every file below a folder, unpacked where it is gzip. */
function* written(folder: string): Generator<[string, string]> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const bytes = readFileSync(file);
    yield [file, (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('latin1')];
  }
}

describe('what a file says of a person', () => {
  it('is in no file that is written and in no line that is printed, whatever is asked for and whatever goes wrong', async () => {
    const [source, out] = [at('planted'), at('everything')];
    cpSync(scan, path.join(source, 'p', 'ct'), { recursive: true });
    cpSync(label, path.join(source, 'p', 'label.nii'));
    const image = path.join(source, 'p', 'ct');
    const into = (name: string): string => path.join(out, name);
    const beside = { label: label, table: at('cohort.csv') };
    writeFileSync(beside.table, `id,image,mask\na,${image},${label}\n`);
    const codes = [
      await axunet('info', image),
      await axunet('info', image, '--json'),
      await axunet('verify', source, '--out', into('verify.json'), '--json'),
      await axunet('preprocess', source, '--out', into('slices'), '--json'),
      await axunet('overlay', image, '--label', label, '--out', into('overlay')),
      await axunet('report', image, '--mask', label, '--out', into('report')),
      await axunet('view', image, '--mask', label, '--out', into('view/page.html')),
      await axunet('radiomics', image, label, '--json'),
      await axunet(
        'radiomics',
        '--cohort',
        beside.table,
        '--out',
        into('radiomics'),
        '--set',
        'families=["shape"]',
        '--workers',
        '1',
      ),
    ];
    expect(codes).toEqual(codes.map(() => 0));
    output.push(
      JSON.stringify(
        await predictFiles(predictor, await findVolumes([image]), { out: into('masks'), probability: true }),
      ),
    );
    expect(
      await axunet('evaluate', '--prediction', into('masks/ct.nii.gz'), '--reference', label, '--out', into('scores')),
    ).toBe(0);
    const { image: read, label: readLabel } = await readCase({ id: 'a', patient: 'a', image, label });
    output.push(JSON.stringify({ ...read, data: 0 }), JSON.stringify({ ...readLabel, data: 0 }));

    const faults: [string, (folder: string) => void][] = [
      ['gap', (folder) => rmSync(path.join(folder, 'IM7'))],
      [
        'twice',
        (folder) => writeFileSync(path.join(folder, 'x'), sliceFile(3, { ImagePositionPatient: '-25\\-25\\0' })),
      ],
      ['cut', (folder) => writeFileSync(path.join(folder, 'IM0'), sliceFile(0).subarray(0, 900))],
      ['colour', (folder) => writeFileSync(path.join(folder, 'c'), sliceFile(0, { PhotometricInterpretation: 'RGB' }))],
      ['spacing', (folder) => writeFileSync(path.join(folder, 'IM0'), sliceFile(0, { PixelSpacing: 'a\\b' }))],
      ['other person', (folder) => writeFileSync(path.join(folder, 'z'), sliceFile(4, { PatientID: 'GALAHAD-1' }))],
      [
        'syntax',
        (folder) =>
          writeFileSync(
            path.join(folder, 'IM0'),
            dicom(sliceElements(0), { syntax: '1.2.3', pixels: Buffer.alloc(8192) }),
          ),
      ],
    ];
    for (const [name, spoil] of faults) {
      const folder = at('faults', name);
      cpSync(scan, folder, { recursive: true });
      spoil(folder);
      await axunet('info', folder);
      await axunet('verify', folder, label);
      const report = await predictFiles(predictor, await findVolumes([folder]), { out: into(`masks-${name}`) });
      output.push(JSON.stringify(report));
    }
    const printed = output.join('\n');
    expect(printed).toContain('missing slice');
    for (const secret of [...secrets, 'GALAHAD']) expect(printed.includes(secret), secret).toBe(false);
    let count = 0;
    for (const [file, text] of written(out)) {
      count++;
      for (const secret of secrets) expect(text.includes(secret), `${secret} in ${file}`).toBe(false);
    }
    expect(count).toBeGreaterThan(40);
    expect(existsSync(into('overlay/overlay.svg'))).toBe(true);
    // The search itself finds what is there.
    const planted = [...written(source)].map(([, text]) => text).join('');
    for (const secret of secrets) expect(planted.includes(secret), secret).toBe(true);
  }, 120_000);
});
