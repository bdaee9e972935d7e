/**
 * Every door of the project tells the same of a doubtful file: all commands and the notebooks' reader, for every fault
 * of geometry and values. Inputs are those of a phantom of 64 × 64 × 16 voxels of 0.8 × 0.8 × 2.5 mm.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadCommand } from '../../lib/cli/commands.ts';
import { openPair } from '../../lib/dataset/cases.ts';
import { readCase } from '../../lib/dataset/readCase.ts';
import { verifyDataset } from '../../lib/dataset/verify.ts';
import { verifyMask } from '../../lib/dataset/verifyCase.ts';
import { evaluateFiles } from '../../lib/evaluate/files.ts';
import { pairFiles } from '../../lib/evaluate/pairs.ts';
import { volumeOverlay } from '../../lib/figures/volumeOverlay.ts';
import type { Predictor } from '../../lib/predict/ensemble.ts';
import { predictFiles } from '../../lib/predict/files.ts';
import { findVolumes } from '../../lib/predict/inputs.ts';
import { nativeGrid } from '../../lib/preprocess/grid.ts';
import { preprocessDataset } from '../../lib/preprocess/slices.ts';
import { makeRecord } from '../../lib/radiomics/record.ts';
import { radiomicsSettings } from '../../lib/radiomics/settings.ts';
import { reportOnScan } from '../../lib/report/report.ts';
import { openImage, openMask } from '../../lib/scan/openVolume.ts';
import { volumeInfo } from '../../lib/scan/volumeInfo.ts';
import { openScene } from '../../lib/view/openScene.ts';
import { type Fields, header, single } from '../io/makeNifti.ts';
import { thresholdModel } from '../predict/fake.ts';
import { type NrrdFields, nrrd } from '../scan/makeNrrd.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-doors-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => path.join(folder, name);

const [width, height, depth] = [64, 64, 16];
const voxels = Array.from({ length: width * height * depth }, (_, i) => i);
const placeOf = (i: number): [number, number, number] => [
  i % width,
  Math.floor(i / width) % height,
  Math.floor(i / width / height),
];
/** An elliptic body of 40 HU in air with a spine behind the middle, towards +y. */
const hu = Int16Array.from(voxels, (i) => {
  const [x, y] = placeOf(i).map((n) => (2 * n) / 63 - 1) as [number, number];
  if (x * x + (y - 0.45) ** 2 < 0.02) return 600;
  return (x * x) / 0.8 + (y * y) / 0.5 < 1 ? 40 + (i % 7) : -1000;
});
/** A block of 16 × 10 × 6 voxels, from slice `z` on. */
const block = (z: number, value = 1): Uint8Array =>
  Uint8Array.from(voxels, (i) => {
    const [px, py, pz] = placeOf(i);
    return px >= 24 && px < 40 && py >= 20 && py < 30 && pz >= z && pz < z + 6 ? value : 0;
  });

const straight = [-0.8, 0, 0, 25, 0, -0.8, 0, 25, 0, 0, 2.5, -20];
const usual: Fields = {
  dim: [3, width, height, depth],
  pixdim: [1, 0.8, 0.8, 2.5],
  sformCode: 1,
  srow: straight,
  offset: 352,
};
const bytes = (array: Int16Array | Uint8Array | Float32Array | Float64Array): Uint8Array =>
  new Uint8Array(array.buffer);

interface Files {
  readonly image: string;
  readonly label: string;
  readonly prediction: string;
}

function write(name: string, fields: Fields, image = hu, imageFields: Fields = {}): Files {
  const files = { image: at(`${name}-ct.nii`), label: at(`${name}-label.nii`), prediction: at(`${name}-pred.nii`) };
  const all = { ...usual, ...fields };
  writeFileSync(files.image, single(bytes(image), { ...all, datatype: 4, ...imageFields }));
  writeFileSync(files.label, single(block(5), all));
  writeFileSync(files.prediction, single(block(7), all));
  return files;
}
/** The same with label and prediction in floating point, every 1 being `one`. */
function writeLabels(name: string, one: number): Files {
  const files = write(name, {});
  for (const [file, z] of [[files.label, 5] as const, [files.prediction, 7] as const])
    writeFileSync(file, single(bytes(Float64Array.from(block(z), (v) => v * one)), { ...usual, datatype: 64 }));
  return files;
}

const shear = 2.5 * Math.tan(Math.PI / 9);
const tilted = [-0.8, 0, 0, 25, 0, -0.8, shear, 25, 0, 0, 2.5, -20];
const times = (factor: number): Fields => ({
  pixdim: usual.pixdim!.map((value, i) => (i ? value * factor : value)),
  srow: straight.map((value) => value * factor),
});
const windowed = Int16Array.from(hu, (v) => ((Math.min(240, Math.max(-160, v)) + 160) * 255) / 400);

type Door = (files: Files) => Promise<readonly string[]>;
let predictor: Predictor;
beforeAll(async () => {
  const grid = nativeGrid(height, width);
  const model = await thresholdModel(grid.size, 1, (30 + 160) / 400);
  predictor = { model, grid, windowHu: [-160, 240], sha256: 'weights' };
});
let count = 0;
const fresh = (): string => at(`out-${count++}`);

const doors: Record<string, Door> = {
  info: async ({ image }) => (await volumeInfo(image)).warnings,
  verify: async ({ image, label }) =>
    (await verifyDataset(await openPair(image, label))).cases[0]!.findings.map(({ message }) => message),
  preprocess: async ({ image, label }) => {
    const out = fresh();
    await preprocessDataset(await openPair(image, label), { out, mode: 'default' });
    const manifest = JSON.parse(readFileSync(path.join(out, 'manifest.json'), 'utf8')) as {
      cases: { warnings?: string[] }[];
    };
    return manifest.cases[0]!.warnings ?? [];
  },
  predict: async ({ image }) => {
    const out = fresh();
    const inputs = [{ file: image, name: 'ct' }];
    const { warnings = [] } = await predictFiles(predictor, inputs, { out });
    const record = JSON.parse(readFileSync(path.join(out, 'ct.json'), 'utf8')) as { warnings?: string[] };
    const messages = warnings.map(({ message }) => message);
    expect(record.warnings ?? []).toEqual(messages);
    // What was complete already is told of again.
    expect((await predictFiles(predictor, inputs, { out })).warnings ?? []).toEqual(warnings);
    return messages;
  },
  evaluate: async ({ prediction, label }) =>
    ((await evaluateFiles(pairFiles(prediction, label))).warnings ?? []).map(({ message }) => message),
  overlay: async ({ image, label }) => (await volumeOverlay({ image, label }, 1)).warnings,
  view: async ({ image, label }) => (await openScene({ image, mask: label })).warnings,
  report: async ({ image, label }) => (await reportOnScan({ image, slices: 1, mask: { file: label } })).report.warnings,
  radiomics: async ({ image, label }) => {
    const settings = radiomicsSettings({ families: ['shape'] } as object);
    return makeRecord(image, label, settings).then(
      ({ warnings = [] }) => warnings,
      (error: Error) => [error.message],
    );
  },
  notebooks: async ({ image, label }) => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    try {
      await readCase({ id: 'a', patient: 'a', image, label });
      return warn.mock.calls.map(([message]) => String(message));
    } finally {
      warn.mockRestore();
    }
  },
};
const everywhere = Object.keys(doors);
const withCt = ['verify', 'preprocess', 'predict', 'overlay', 'view', 'report', 'notebooks'];
const withLabel = ['verify', 'preprocess', 'evaluate', 'overlay', 'view', 'report', 'radiomics', 'notebooks'];

type Fault = [name: string, files: () => Files, said: RegExp, where: readonly string[]];
const faults: Fault[] = [
  [
    'spacing',
    () => write('spacing', { pixdim: [1, 1, 1, 1] }),
    /differs from that of the affine.*affine is used/,
    everywhere,
  ],
  ['overlap', () => write('overlap', { pixdim: [1, 0.8, 0.8, 2.4] }), /differs from that of the affine/, everywhere],
  [
    'an infinite spacing',
    () => write('infinite', { pixdim: [1, Infinity, 0.8, 2.5] }),
    /\(Infinity × 0\.8 × 2\.5 mm\) differs from that of the affine \(0\.8 × 0\.8 × 2\.5 mm\)/,
    everywhere,
  ],
  [
    'no spacing, with an affine',
    () => write('none', { pixdim: [1, 0, 0, 0] }),
    /gives no spacing \(pixdim is 0\); that of the affine is used \(0\.8 × 0\.8 × 2\.5 mm\)/,
    everywhere,
  ],
  [
    'no spacing and no affine',
    () => write('nothing', { pixdim: [1, 0, 0, 0], sformCode: 0 }),
    /gives no spacing \(pixdim is 0\); 1 mm is assumed/,
    everywhere,
  ],
  ['tilt', () => write('tilt', { srow: tilted, pixdim: [1, 0.8, 0.8, 2.6604] }), /right angles.*20\.0°/, everywhere],
  [
    'metre',
    () => write('metre', { ...times(1e-3), units: 1 }),
    /lengths in metres; they are converted to mm/,
    everywhere,
  ],
  ['micron', () => write('micron', { ...times(1e3), units: 3 }), /lengths in microns; they are converted/, everywhere],
  ['no codes', () => write('codes', { sformCode: 0 }), /orientation is assumed/, everywhere],
  [
    'sform and qform',
    () => write('both', { qformCode: 1, quatern: [0, 0, 1], qoffset: [25, 25, -30] }),
    /sform and qform are both set and disagree \(by up to 10 mm\); the sform is used/,
    everywhere,
  ],
  [
    'HU + 1024',
    () =>
      write(
        'plus',
        {},
        hu.map((v) => v + 1024),
      ),
    /was the rescale intercept lost/,
    withCt,
  ],
  ['8 bits', () => write('bits', {}, windowed), /as in a picture of 8 bits/, withCt],
  ['1.0000153', () => writeLabels('scaled', 1.0000153), /rounded \(such as 1\.0000153/, withLabel],
  ['0.9999999995', () => writeLabels('below', 0.9999999995), /rounded \(such as 0\.9999999995/, withLabel],
];

describe('every door', () => {
  it.each(everywhere)('%s says nothing of a file that is as it should be', async (door) => {
    expect(await doors[door]!(write('good', {}))).toEqual([]);
  });
  const table = faults.flatMap(([name, files, said, where]) => where.map((door) => [door, name, files, said] as const));
  it.each(table)('%s tells of %s, once a file', async (door, _name, files, said) => {
    const messages = await doors[door]!(files());
    const found = messages.filter((message) => said.test(message));
    expect(found.length, messages.join('\n')).toBeGreaterThan(0);
    expect(new Set(found).size).toBe(found.length);
  });
});

describe('names and kinds of files', () => {
  it('in capital letters and as compressed pairs go through every door', async () => {
    const pairOf = (stem: string, ends: [string, string], pack: (data: Uint8Array) => Uint8Array): Files => {
      const files = { image: '', label: '', prediction: '' };
      for (const [key, data, datatype] of [
        ['image', bytes(hu), 4],
        ['label', block(5), 2],
        ['prediction', block(7), 2],
      ] as const) {
        const name = at(`${stem}-${key}`);
        writeFileSync(`${name}${ends[0]}`, pack(header({ ...usual, datatype, offset: 0, magic: 'ni1\0' })));
        writeFileSync(`${name}${ends[1]}`, pack(data));
        files[key] = `${name}${ends[0]}`;
      }
      return files;
    };
    const kinds = [
      pairOf('CAPITAL', ['.HDR', '.IMG'], (data) => data),
      pairOf('packed', ['.hdr.gz', '.img.gz'], (data) => gzipSync(data)),
    ];
    for (const files of kinds) {
      for (const door of everywhere) expect(await doors[door]!(files), `${door} of ${files.image}`).toEqual([]);
      expect((await scoresOf(files)).referenceMl).toBeCloseTo(1.536, 5);
      expect(await findVolumes([files.image])).toHaveLength(1);
    }
  });
  it.skipIf(process.platform === 'win32')('that are no files of an end are refused in a sentence', async () => {
    const { label } = write('endless', {});
    execFileSync('mkfifo', [at('pipe.nii.gz')]);
    symlinkSync('/dev/zero', at('zero.nii'));
    for (const file of [at('pipe.nii.gz'), at('zero.nii')]) {
      const said = /found something that is not a regular file in/;
      const files = { image: file, label, prediction: file };
      for (const door of ['info', 'overlay', 'radiomics', 'notebooks'])
        await doors[door]!(files).then(
          (messages) => expect(messages.join(), door).toMatch(said),
          (error: Error) => expect(error.message, door).toMatch(said),
        );
      expect((await doors.verify!(files)).join()).toMatch(said);
      const { failed } = await predictFiles(predictor, await findVolumes([file]), { out: fresh() });
      expect(failed[0]!.reason).toMatch(said);
      const manifest = await preprocessDataset(await openPair(file, label), { out: fresh(), mode: 'default' });
      expect(manifest.failed[0]!.reason).toMatch(said);
      expect((await evaluateFiles(pairFiles(file, label))).failed[0]!.reason).toMatch(said);
    }
  });
});

const scoresOf = async ({ prediction, label }: Files) =>
  (await evaluateFiles(pairFiles(prediction, label))).cases[0]!.values;

describe('distances and volumes', () => {
  // From the affine: 16 × 10 × 6 voxels of 0.8 × 0.8 × 2.5 mm, the prediction two slices higher; the two distances with
  // SciPy's distance transform on surface voxels, NSD with DeepMind's surface_distance.
  it.each([
    ['as they should be', {}],
    ['with another spacing in the header', { pixdim: [1, 1, 1, 1] }],
    ['with an infinite spacing in the header', { pixdim: [1, Infinity, 0.8, 2.5] }],
    ['without a spacing in the header', { pixdim: [1, 0, 0, 0] }],
    ['in metres', { ...times(1e-3), units: 1 }],
    ['in micrometres', { ...times(1e3), units: 3 }],
  ] as [string, Fields][])('of files %s are those of the affine', async (_, fields) => {
    const values = await scoresOf(write('scored', fields));
    expect(values.hd95PooledMm).toBeCloseTo(5, 5);
    expect(values.assdMm).toBeCloseTo(2.172, 3);
    expect(values.nsd2).toBeCloseTo(0.649, 3);
    expect(values.referenceMl).toBeCloseTo(1.536, 5);
  });
  it('of a tilted grid: volume by the determinant, distances and radiomics refused in a sentence', async () => {
    const files = write('tilted', { srow: tilted, pixdim: [1, 0.8, 0.8, 2.6604] });
    const report = await verifyDataset(await openPair(files.image, files.label));
    expect(report.cases[0]!.foregroundMl).toBeCloseTo(1.536, 5);
    const { cases, failed } = await evaluateFiles(pairFiles(files.prediction, files.label));
    expect(cases).toEqual([]);
    expect(failed[0]!.reason).toMatch(/^Expected axes at right angles to measure distances .* 20\.0°.*label\.nii$/);
    await expect(makeRecord(files.image, files.label, radiomicsSettings())).rejects.toThrow('axes at right angles');
  });
  it('on an affine that does not place all axes are refused at every door that measures', async () => {
    const flat = write('flat', { srow: [...straight.slice(0, 8), 0, 0, 0, 0] });
    const said = /^Expected axes at right angles.*found an affine that does not place all three in .*flat-label\.nii$/;
    expect((await evaluateFiles(pairFiles(flat.prediction, flat.label))).failed[0]!.reason).toMatch(said);
    await expect(makeRecord(flat.image, flat.label, radiomicsSettings())).rejects.toThrow(said);
    const mask = { id: 'm', patient: 'm', file: flat.label };
    expect((await verifyMask(mask, { 1: 1 })).status).toBe('error');
  });
  it('of a file and itself are told of', async () => {
    const { image, label } = write('twice', {});
    symlinkSync(label, at('linked.nii'));
    expect((await evaluateFiles(pairFiles(at('linked.nii'), label))).warnings).toEqual([
      { id: 'twice-label', message: `${at('linked.nii')}: prediction and reference are one file` },
    ]);
    const { warnings } = await makeRecord(label, label, radiomicsSettings());
    expect(warnings).toContain(`${label}: image and mask are one file`);
    expect((await verifyDataset(await openPair(image, label))).totals.errors).toBe(0);
    expect((await verifyDataset(await openPair(label, at('linked.nii')))).cases[0]!.findings).toContainEqual(
      expect.objectContaining({ severity: 'error', check: 'duplicate' }),
    );
  });
  it('of labels that miss a whole number by a hair are those of the whole number', async () => {
    expect((await scoresOf(writeLabels('hair', 1.0000153))).referenceMl).toBeCloseTo(1.536, 5);
    const report = await verifyDataset(await openPair(at('hair-ct.nii'), at('hair-label.nii')));
    expect(report.cases[0]).toMatchObject({ foregroundVoxels: 960, labelValues: { 0: 64576, 1: 960 } });
  });
  it('of labels further off are refused', async () => {
    const { image, label, prediction } = writeLabels('far', 1.001);
    expect((await evaluateFiles(pairFiles(prediction, label))).failed).toHaveLength(1);
    expect((await verifyDataset(await openPair(image, label))).totals.errors).toBeGreaterThan(0);
  });
});

describe('an NRRD header', () => {
  const directions = '(0.8,0,0) (0,0.8,0) (0,0,2.5)';
  // Spacing and frame as SimpleITK 2.5 reads them: no unit is converted, LPS and 1 where nothing is said.
  it.each<[string, NrrdFields, string[], number[]]>([
    ['that says all', { space: 'LPS', 'space directions': directions }, [], [0.8, 0.8, 2.5]],
    [
      'in centimetres',
      { space: 'left-posterior-superior', 'space directions': directions, 'space units': '"cm" "cm" "cm"' },
      ['the header gives lengths in "cm"; they are taken for mm'],
      [0.8, 0.8, 2.5],
    ],
    [
      'in millimetres',
      { space: 'RAS', 'space directions': directions, 'space units': '"mm" "millimeters" ""' },
      [],
      [0.8, 0.8, 2.5],
    ],
    [
      'with nothing of the grid',
      {},
      ['the header gives no spacing; 1 mm is assumed', 'the header names no space: LPS is assumed'],
      [1, 1, 1],
    ],
    [
      'with one spacing missing',
      { spacings: '0.8 nan 2.5' },
      ['the header gives no spacing; 1 mm is assumed', 'the header names no space: LPS is assumed'],
      [0.8, 1, 2.5],
    ],
    [
      'of a space without anatomy',
      { space: '3D-right-handed', 'space directions': directions },
      ['the header names the space 3D-right-handed, which says nothing of the patient: LPS is assumed'],
      [0.8, 0.8, 2.5],
    ],
  ])('%s is told of where it leaves something open', async (_, fields, said, spacing) => {
    writeFileSync(at('open.nrrd'), nrrd(new Uint8Array(48), fields));
    for (const open of [(file: string) => openImage(file, { isCt: false }), openMask]) {
      const { warnings, spacingMm } = await open(at('open.nrrd'));
      expect(warnings).toEqual(said);
      expect(spacingMm).toEqual(spacing);
    }
  });
});

describe('the commands', () => {
  const said = async (
    name: 'evaluate' | 'overlay' | 'report' | 'radiomics',
    args: (files: Files) => string[],
  ): Promise<{ code: number; errors: string }> => {
    const errors = vi.spyOn(console, 'error').mockImplementation(() => {});
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    try {
      const code = await (await loadCommand(name)).run(args(write(`said-${name}`, { pixdim: [1, 1, 1, 1] })));
      return { code: Number(code), errors: errors.mock.calls.flat().join('\n') };
    } finally {
      errors.mockRestore();
      log.mockRestore();
    }
  };
  it.each([
    ['evaluate', ({ prediction, label }: Files) => ['--prediction', prediction, '--reference', label, '--json']],
    ['overlay', ({ image, label }: Files) => [image, '--label', label, '--out', at('overlay')]],
    ['report', ({ image, label }: Files) => [image, '--mask', label, '--out', at('report')]],
    ['radiomics', ({ image, label }: Files) => [image, label, '--json', '--set', 'families=["shape"]']],
  ] as const)('%s prints warnings on stderr and ends well', async (name, args) => {
    const { code, errors } = await said(name, args);
    expect(code).toBe(0);
    expect(errors).toMatch(/warning: .*the affine is used/);
  });
  it('overlay refuses a value that the label does not have', async () => {
    const { image, label } = write('seven', {});
    const args = [image, '--label', label, '--value', '7', '--out', at('overlay')];
    await expect((await loadCommand('overlay')).run(args)).rejects.toThrow(
      /^Expected label value 7, found only 0, 1 in .*label\.nii$/,
    );
  });
});
