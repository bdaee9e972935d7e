/** Every format that is read from a disk, with whole examples, damage that suits it, and its reader. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { crc32, deflateSync, gunzipSync } from 'node:zlib';
import { createCanvas } from '@napi-rs/canvas';
import { readConfig } from '../../lib/cli/run/training.ts';
import { readChoice } from '../../lib/crossval/models.ts';
import { planFile, readPlan } from '../../lib/crossval/plan.ts';
import { evaluationSchema, readFold } from '../../lib/crossval/readResult.ts';
import { foldFile } from '../../lib/crossval/result.ts';
import { readFolds } from '../../lib/dataset/folds.ts';
import { openNnunet } from '../../lib/dataset/layouts.ts';
import { decodeSegmentArray } from '../../lib/dataset/segmentArray.ts';
import { readDicom } from '../../lib/dicom/readDicom.ts';
import { beforeAfter } from '../../lib/evaluate/choosePostprocessing.ts';
import { scoreMasks } from '../../lib/evaluate/metrics.ts';
import { readPdparams } from '../../lib/export/paddleFile.ts';
import { sha256 } from '../../lib/io/files.ts';
import { maskOf, readGreyImage } from '../../lib/io/image.ts';
import { readNifti, writeNifti } from '../../lib/io/nifti.ts';
import { encodeNpy, readNpy } from '../../lib/io/npy.ts';
import { readJsonAs } from '../../lib/io/schema.ts';
import { isComplete, readCaseRecord, removeCase } from '../../lib/preprocess/sliceFiles.ts';
import { openSlices } from '../../lib/preprocess/sliceSet.ts';
import { readRadiomicsSettings } from '../../lib/radiomics/readSettings.ts';
import { recordSchema } from '../../lib/radiomics/record.ts';
import { pyradiomicsSettings } from '../../lib/radiomics/settings.ts';
import { readCohort } from '../../lib/radiomics/table.ts';
import type { Random } from '../../lib/random.ts';
import { readMetaImage } from '../../lib/scan/metaImage.ts';
import { readNrrd } from '../../lib/scan/nrrd.ts';
import { volumeInfo } from '../../lib/scan/volumeInfo.ts';
import { projectPath } from '../../lib/settings.ts';
import { groupOf, readNewestCheckpoint, saveCheckpoint } from '../../lib/train/checkpoint.ts';
import { referenceConfig } from '../../lib/train/config.ts';
import { checkpointMetaSchema, descriptionSchema } from '../../lib/train/description.ts';
import { historyFile, readHistory } from '../../lib/train/history.ts';
import { pickled } from '../dataset/pickledMask.ts';
import { dicomExamples } from '../dicom/examples.ts';
import { makePng, pngChunk } from '../io/makePng.ts';
import { packLzw, tiff } from '../io/makeTiff.ts';
import { metaImage } from '../scan/makeMetaImage.ts';
import { encoders, nrrd } from '../scan/makeNrrd.ts';
import { damageJson } from './mutate.ts';
import { recordTargets } from './recordTargets.ts';
import { description, niftiExamples, ofBytes, ofJson, position, ramp, rezip, type Target, volumeOf } from './target.ts';

/** A command line without options of training. */
const noChanges = { set: [], epochs: undefined, minutes: undefined, preset: undefined, seed: undefined };

/** Weights that PaddlePaddle saved. */
const pdparams = projectPath('test/export/residual-1.pdparams');

const nrrdExamples = (): Buffer[] =>
  Object.entries(encoders).flatMap(([encoding, encode]) => [
    nrrd(encode(Buffer.from(ramp.buffer), ramp), { encoding }),
    nrrd(encode(Buffer.from(ramp.buffer), ramp), {
      encoding,
      space: 'left-posterior-superior',
      'space directions': '(1,0,0) (0,1,0) (0,0,2)',
      'space origin': '(1,2,3)',
      'line skip': '0',
      'byte skip': '0',
    }),
    nrrd(Buffer.alloc(0), { encoding, 'data file': 'none.raw' }),
  ]);

const metaImageExamples = (): Buffer[] => [
  metaImage(Buffer.from(ramp.buffer)),
  metaImage(deflateSync(Buffer.from(ramp.buffer)), { CompressedData: 'True' }),
  metaImage(Buffer.alloc(0), { ElementDataFile: 'none.raw' }),
];

const npyExamples = (): Buffer[] => [
  Buffer.from(encodeNpy({ data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] })),
  Buffer.from(encodeNpy({ data: Uint8Array.of(1, 2), shape: [2] })),
  Buffer.from(
    Buffer.from(encodeNpy({ data: Float64Array.of(1, 2, 3, 4, 5, 6), shape: [1, 2, 3] }))
      .toString('latin1')
      .replace('False', 'True '),
    'latin1',
  ),
];

const pngExamples = (): Buffer[] => {
  const rows = [1, 2, 3, 4].map((v) => [v - 1, v, 2 * v, 3 * v, 4 * v]);
  const palette = pngChunk('PLTE', Buffer.from([0, 0, 0, 255, 255, 255]));
  return [
    makePng({ width: 4, height: 4, bits: 8, colour: 0, rows }),
    makePng({
      width: 8,
      height: 2,
      bits: 1,
      colour: 3,
      extra: [palette],
      rows: [
        [0, 170],
        [0, 85],
      ],
    }),
    makePng({ width: 1, height: 4, bits: 8, colour: 6, rows }),
    makePng({ width: 1, height: 1, bits: 8, colour: 0, interlace: 1, rows: [[0, 9]] }),
  ];
};

/** Half of the damaged pictures get their chunks' checksums back, to reach what lies behind them. */
function withChecksums(bytes: Buffer, random: Random): Buffer {
  if (random.integer(2) === 0) return bytes;
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    if (at + 12 + length > bytes.length) break;
    bytes.writeUInt32BE(crc32(bytes.subarray(at + 4, at + 8 + length)), at + 8 + length);
    at += 12 + length;
  }
  return bytes;
}

const tiffExamples = (): Buffer[] => {
  const grey = Uint8Array.from({ length: 24 }, (_, i) => 11 * i);
  const picture = { width: 6, height: 4 };
  return [
    tiff({ ...picture, strips: [grey.subarray(0, 12), grey.subarray(12)] }),
    tiff({ ...picture, strips: [packLzw(grey)], tags: { 259: [5], 317: [2] }, isBig: true }),
    tiff({ ...picture, strips: [deflateSync(grey)], tags: { 259: [8] } }),
  ];
};

function jpegExample(): Buffer {
  const canvas = createCanvas(16, 16);
  canvas.getContext('2d').fillRect(2, 2, 8, 9);
  return canvas.toBuffer('image/jpeg');
}

const slice = (z: number): object => ({
  id: `a-${z}`,
  case: 'a',
  patient: 'a',
  z,
  image: `data/a-${z}.npy`,
  label: `label/a-${z}.npy`,
  height: 2,
  width: 3,
  spacingMm: [1, 1],
  foreground: 2,
  box: [0, 1, 1, 3],
  imageCrc32: crc32(Buffer.alloc(24)).toString(16).padStart(8, '0').repeat(3),
  labelCrc32: crc32(Buffer.alloc(6)).toString(16).padStart(8, '0'),
});
const caseEntry = {
  ...{ id: 'a', patient: 'a', group: 'normal', shape: [3, 2, 2], sources: { 'x/a.nii': '00' }, slices: 2 },
  ...{ labelPosition: 'as stored', warnings: ['odd'] },
};
const manifest = {
  version: 1,
  dataset: 'fuzz',
  mode: 'default',
  windowHu: [-160, 240],
  unit: 'mm',
  slices: [slice(0), slice(1)],
  cases: [caseEntry],
  failed: [{ id: 'b', reason: 'no label' }],
  pending: ['c'],
};
const caseRecord = { made: {}, entry: caseEntry, slices: [slice(0), slice(1)], bytes: { image: 200, label: 134 } };

function putSlices(folder: string): void {
  for (const part of ['data', 'label', 'cases']) mkdirSync(path.join(folder, part), { recursive: true });
  for (const z of [0, 1]) {
    const image = encodeNpy({ data: new Float32Array(18), shape: [3, 2, 3] });
    writeFileSync(path.join(folder, `data/a-${z}.npy`), image);
    writeFileSync(path.join(folder, `label/a-${z}.npy`), encodeNpy({ data: new Uint8Array(6), shape: [1, 2, 3] }));
  }
}

async function readAllSlices(folder: string): Promise<void> {
  const slices = await openSlices(folder);
  slices.entries.forEach((_, i) => slices.read(i));
}

function crossvalExamples(): { plan: unknown; fold: unknown; summary: unknown; judging: unknown } {
  const cases = ['a', 'b'].map((id) => ({
    id,
    patient: id,
    ...scoreMasks(Uint8Array.of(1, 1, 0, 0), Uint8Array.of(1, 0, 0, 0), [2, 2, 1], [1, 1, 1]),
  }));
  const judging = {
    weights: 'best',
    threshold: 'chosen',
    mirror: ['x'],
    postprocessing: { keep: { minimumMl: 0.1 }, fillHoles: true },
    metric: 'dice',
    seed: 1,
    probability: false,
  };
  const chosen = { keep: 'largest' };
  const patients = { training: ['c'], validation: ['d'], test: ['a', 'b'] };
  const fold = {
    version: 1,
    fold: 0,
    made: { options: judging, labels: {}, inputs: {} },
    patients,
    threshold: 0.5,
    thresholdChoice: { chosen: 0.5, candidates: [{ threshold: 0.5, meanDice: 0.7 }] },
    postprocessing: {
      metric: 'dice',
      chosen,
      candidates: [{ postprocessing: chosen, mean: 0.7 }],
      validation: beforeAfter('dice', cases, cases, 1),
    },
    before: cases,
    cases,
    failed: [{ id: 'e', reason: 'no label', fold: 0, side: 'test' }],
    masks: { a: '00' },
  };
  const plan = { version: 1, data: description.data, config: referenceConfig, holdOut: 5, folds: [patients, patients] };
  return { plan, fold, summary: { missingFolds: [], choice: { threshold: 0.5, postprocessing: chosen } }, judging };
}

/** The index of a checkpoint, damaged and signed anew. */
async function checkpointTarget(folder: string): Promise<Target> {
  const weights = { kernel: { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) } };
  await saveCheckpoint(folder, 'last', { meta: { description, position }, arrays: { weights } });
  const [index, sums] = ['checkpoint.json', 'SHA256SUMS'].map((name) => path.join(folder, 'last', name));
  const example: unknown = JSON.parse(readFileSync(index!, 'utf8'));
  const [, ...others] = readFileSync(sums!, 'utf8').split('\n');
  return {
    name: 'checkpoint',
    place: folder,
    write(random) {
      const text = JSON.stringify(damageJson(example, random)) ?? '';
      writeFileSync(index!, text);
      writeFileSync(sums!, [`${sha256(text)}  checkpoint.json`, ...others].join('\n'));
    },
    async read() {
      const found = await readNewestCheckpoint(folder, 'last', () => {}, checkpointMetaSchema);
      return found && groupOf(found, 'weights');
    },
  };
}

const pyradiomicsParameters = {
  imageType: { Original: {}, LoG: { sigma: [1.5, 3], binWidth: 5 }, Wavelet: { wavelet: 'db2' }, LBP3D: {} },
  featureClass: { glcm: ['Contrast', 'Idm'], firstorder: [], shape: null },
  setting: { label: 7, interpolator: 'sitkLinear', resampledPixelSpacing: [1, 1, 0], force2D: true, padDistance: 5 },
};

const radiomicsRecord = {
  made: { featureVersion: 1, image: { a: '0' }, mask: { b: '0' }, settings: pyradiomicsSettings },
  voxels: 5,
  shape: [2, 3, 4],
  spacingMm: [1, 1, 2],
  features: { original_firstorder_Mean: 3, original_glcm_Correlation: null },
  warnings: ['x'],
};

const historyLines = [
  { kind: 'step', step: 1, epoch: 1, loss: 0.5, learningRate: 1e-3, gradientNorm: 1 },
  { kind: 'epoch', step: 1, epoch: 1, loss: 0.5, learningRate: 1e-3, seconds: 3 },
];

/** A dataset.json beside two images and a label. */
async function datasetTarget(folder: string): Promise<Target> {
  for (const name of ['imagesTr/p1_0000', 'imagesTr/p2_0000', 'labelsTr/p1'])
    await writeNifti(path.join(folder, `${name}.nii.gz`), volumeOf(ramp));
  const labels = { background: 0, pancreas: 1, tumour: [2, 3] };
  const examples = [
    { labels, file_ending: '.nii.gz', groups: { p1: 'tumour' }, training: [{ image: 'imagesTr/p1.nii.gz' }] },
    { labels: { 0: 'background', 1: 'pancreas' }, training: ['imagesTr/p1.nii.gz', ['imagesTr/p2.nii.gz']] },
  ];
  return ofJson(folder, ['dataset.json', 'dataset.json'], examples, () => openNnunet(folder, 'fuzz', {}));
}

/** Reads, and looks whether a file beside the folder of the damaged one is still as it was. */
async function sparing(victim: string, read: () => Promise<unknown>): Promise<unknown> {
  try {
    return await read();
  } finally {
    // An error of its own kind, which counts as one that nobody caught.
    if (readFileSync(victim, 'utf8') !== 'not of the data') throw new Error(`${victim} was changed`);
  }
}

/** All targets, with their files below `root`. */
export async function makeTargets(root: string): Promise<Target[]> {
  const at = (name: string): string => {
    const folder = path.join(root, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  };
  const nifti = await niftiExamples(at('nifti'));
  const readPicture = async (file: string): Promise<unknown> => maskOf(await readGreyImage(file), file);
  const { plan, fold, summary, judging } = crossvalExamples();
  const table = Buffer.from('id,image,mask,label,age\na,a.nii,b.nii,1,50\n"b","c,.nii",d.nii,,60\n');
  putSlices(at('slices'));
  writeFileSync(path.join(at('summary'), 'plan.json'), JSON.stringify(plan));
  const records = at('slices');
  const victim = path.join(root, 'victim.txt');
  writeFileSync(victim, 'not of the data');
  const targets = [
    ...(await recordTargets(at)),
    ofBytes(at('nifti'), ['NIfTI', 'a.nii'], nifti, readNifti),
    ofBytes(at('nifti'), ['NIfTI, gzip', 'a.nii.gz'], nifti, volumeInfo, rezip),
    ofBytes(at('nrrd'), ['NRRD', 'a.nrrd'], nrrdExamples(), readNrrd),
    ofBytes(at('dicom'), ['DICOM', 'a.dcm'], Object.values(await dicomExamples()), (file) => readDicom(file)),
    ofBytes(at('meta'), ['MetaImage', 'a.mha'], metaImageExamples(), readMetaImage),
    ofBytes(at('npy'), ['NPY', 'a.npy'], npyExamples(), readNpy),
    ofBytes(at('png'), ['PNG', 'a.png'], pngExamples(), readPicture, withChecksums),
    ofBytes(at('jpeg'), ['JPEG', 'a.jpg'], [jpegExample()], readPicture),
    ofBytes(at('tiff'), ['TIFF', 'a.tif'], tiffExamples(), readPicture),
    ofBytes(at('pickle'), ['pickle', 'a.pkl'], [gunzipSync(pickled)], async (file) =>
      decodeSegmentArray(readFileSync(file), file),
    ),
    ofBytes(at('pdparams'), ['pdparams', 'a.pdparams'], [readFileSync(pdparams)], readPdparams),
    ofBytes(at('csv'), ['CSV', 'a.csv'], [table], readCohort),
    ofJson(at('slices'), ['manifest', 'manifest.json'], [manifest], () => readAllSlices(records)),
    ofJson(at('slices'), ['case record', 'cases/a.json'], [caseRecord], async () => {
      const record = await readCaseRecord(records, 'a');
      if (record) await isComplete(records, record);
      await removeCase(records, 'a');
    }),
    await datasetTarget(at('dataset')),
    ofJson(at('folds'), ['folds', 'folds.json'], [{ seed: 1, folds: [['a'], ['b', 'c']], note: 'x' }], readFolds),
    ofJson(
      at('folds'),
      ['splits', 'splits_final.json'],
      [
        [
          { train: ['a'], val: ['b'] },
          { train: ['b'], val: ['a'] },
        ],
      ],
      (file) => readFolds(file, ['a', 'b']),
    ),
    ofJson(at('run'), ['config.json', 'config.json'], [description], (file) => readJsonAs(file, descriptionSchema)),
    ofJson(at('run'), ['--config', 'changes.json'], [referenceConfig, { epochs: 3 }], async (config) =>
      (await readConfig({ ...noChanges, config }))(referenceConfig),
    ),
    await checkpointTarget(at('run')),
    ofBytes(
      at('history'),
      ['history', path.basename(historyFile('.'))],
      [Buffer.from(historyLines.map((line) => `${JSON.stringify(line)}\n`).join(''))],
      async () => readHistory(at('history')),
    ),
    ofJson(at('crossval'), ['plan.json', path.basename(planFile('.'))], [plan], () => readPlan(at('crossval'))),
    ofJson(at('fold'), ['fold.json', path.relative('.', foldFile('.', 0))], [fold], async () => {
      await readFold(at('fold'), 0);
      return readChoice(path.dirname(foldFile(at('fold'), 0)));
    }),
    ofJson(at('summary'), ['summary.json', 'summary.json'], [summary], () => readChoice(at('summary'))),
    ofJson(at('summary'), ['judging.json', 'judging.json'], [judging], (file) => readJsonAs(file, evaluationSchema)),
    ofJson(at('radiomics'), ['radiomics record', 'a.json'], [radiomicsRecord], (file) =>
      readJsonAs(file, recordSchema),
    ),
    ofJson(at('radiomics'), ['radiomics settings', 's.json'], [pyradiomicsSettings, { binWidth: 5 }], (file) =>
      readRadiomicsSettings(file),
    ),
    ofJson(at('radiomics'), ['parameters of PyRadiomics', 'p.json'], [pyradiomicsParameters], (file) =>
      readRadiomicsSettings(file),
    ),
  ];
  return targets.map((target) => ({ ...target, read: () => sparing(victim, target.read) }));
}
