/** Targets of what the project writes itself and reads again: records, run folders, studies; and of settings in YAML. */

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { makePhantomCohort } from '../../lib/dataset/phantom.ts';
import { sha256 } from '../../lib/io/files.ts';
import { readNifti } from '../../lib/io/nifti.ts';
import { readComplete } from '../../lib/predict/record.ts';
import { readRadiomicsSettings } from '../../lib/radiomics/readSettings.ts';
import { readNrrd } from '../../lib/scan/nrrd.ts';
import { groupOf, readNewestCheckpoint, saveCheckpoint } from '../../lib/train/checkpoint.ts';
import { referenceConfig } from '../../lib/train/config.ts';
import { checkpointMetaSchema } from '../../lib/train/description.ts';
import { openJournal } from '../../lib/train/journal.ts';
import { lockRun } from '../../lib/train/lock.ts';
import { powerStudyName, readPowerRecord } from '../../notebooks/lessons/study/powerRecord.ts';
import { publishedName, readPublished } from '../../notebooks/lessons/study/published.ts';
import { readStudyRecord } from '../../notebooks/lessons/study/record.ts';
import { readNotebook } from '../../scripts/notebook.ts';
import { damageBytes, damageJson, pick } from './mutate.ts';
import { description, niftiExamples, ofBytes, ofJson, position, rezip, type Target } from './target.ts';

type At = (name: string) => string;

/** Header and voxels in two files, one of which is damaged. */
async function pairTarget(folder: string, gz: '' | '.gz'): Promise<Target> {
  const wholes = await niftiExamples(folder);
  const [headerFile, voxelFile] = ['a.hdr', 'a.img'].map((name) => path.join(folder, `${name}${gz}`));
  return {
    name: `NIfTI pair${gz}`,
    place: folder,
    write(random) {
      const whole = pick(random, wholes);
      const header = Buffer.from(whole.subarray(0, 348));
      header.write('ni1\0', 344, 'latin1');
      header.writeFloatLE(0, 108);
      const parts = [header, whole.subarray(352)];
      const which = random.integer(2);
      const packed = parts.map((part, i) => {
        if (i !== which) return gz ? gzipSync(part) : part;
        const damaged = damageBytes(part, random);
        return gz ? rezip(damaged, random) : damaged;
      });
      writeFileSync(headerFile!, packed[0]!);
      writeFileSync(voxelFile!, packed[1]!);
    },
    read: () => readNifti(headerFile!),
  };
}
const nhdr = `NRRD0005
type: short
dimension: 3
sizes: 2 2 2
encoding: raw
endian: little
space: left-posterior-superior
space directions: (1,0,0) (0,1,0) (0,0,2)
space origin: (0,0,0)
data file: voxels.raw

`;

/** A mask with its record: the record is damaged as JSON. */
function predictionTarget(folder: string): Target {
  const made = { input: { 'a.nii': '00' }, model: '11', threshold: 0.5, mirror: ['x'] as const };
  writeFileSync(path.join(folder, 'a.nii.gz'), 'mask');
  const record = {
    made,
    outputs: { 'a.nii.gz': sha256('mask') },
    pancreasMl: 1,
    voxels: 5,
    warnings: ['odd'],
    beforePostprocessing: { voxels: 6, pancreasMl: 2 },
  };
  return ofJson(folder, ['prediction record', 'a.json'], [record], async () => {
    const found = await readComplete(folder, 'a', made, ['a.nii.gz']);
    for (const warning of found?.warnings ?? []) warning.trim();
    found?.beforePostprocessing?.pancreasMl?.toFixed(1);
    found?.pancreasMl?.toFixed(1);
  });
}

/** A cohort of one small patient, whose list is damaged: kept, mended or refused. */
async function phantomTarget(folder: string): Promise<Target> {
  const make = (): Promise<void> => makePhantomCohort(folder, { profile: 'tiny', patients: 1 });
  await make();
  const example: unknown = JSON.parse(readFileSync(path.join(folder, 'dataset.json'), 'utf8'));
  return ofJson(folder, ['phantom record', 'dataset.json'], [example], make);
}

/** A whole checkpoint of which one file is damaged as bytes. */
async function checkpointFilesTarget(folder: string): Promise<Target> {
  const weights = { kernel: { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) } };
  await saveCheckpoint(folder, 'last', { meta: { description, position }, arrays: { weights } });
  const names = ['checkpoint.json', 'SHA256SUMS', 'weights.bin'];
  const whole = names.map((name) => readFileSync(path.join(folder, 'last', name)));
  return {
    name: 'files of a checkpoint',
    place: folder,
    write(random) {
      const which = random.integer(names.length);
      names.forEach((name, i) =>
        writeFileSync(path.join(folder, 'last', name), i === which ? damageBytes(whole[i]!, random) : whole[i]!),
      );
    },
    async read() {
      const found = await readNewestCheckpoint(folder, 'last', () => {}, checkpointMetaSchema);
      return found && groupOf(found, 'weights');
    },
  };
}

/** A position as a checkpoint holds it and a history: the journal is cut back to the position and goes on. */
function journalTarget(folder: string): Target {
  const lines = [
    { kind: 'step', step: 1, epoch: 1, loss: 0.5, learningRate: 1e-3, gradientNorm: 1 },
    { kind: 'epoch', step: 1, epoch: 1, loss: 0.5, learningRate: 1e-3, seconds: 3 },
    { kind: 'step', step: 2, epoch: 2, loss: null, learningRate: 1e-3, gradientNorm: null },
  ];
  return {
    name: 'journal',
    place: folder,
    write(random) {
      const damaged = lines.map((line) => (random.integer(2) ? line : damageJson(line, random)));
      const text = damaged.map((line) => `${JSON.stringify(line)}\n`).join('');
      writeFileSync(
        path.join(folder, 'history.jsonl'),
        random.integer(4) ? text : damageBytes(Buffer.from(text), random),
      );
    },
    async read() {
      const journal = await openJournal(folder, { ...position, step: 1, epochs: 1 });
      journal.write({ kind: 'step', step: 2, epoch: 2, loss: 1, learningRate: 1, gradientNorm: 1 });
      journal.flush();
      journal.close();
    },
  };
}

const yamlSettings = `setting:
  binWidth: 25
  label: 7
  interpolator: sitkLinear
  resampledPixelSpacing: [1, 1, 0]
imageType:
  Original: {}
  LoG: {sigma: [2.0, 3.0]}
  Wavelet: &w {wavelet: db2, binWidth: 5}
featureClass:
  glcm: [Contrast, Idm]
  firstorder:
  shape: null
`;

/** Case rows, runs and all that a study keeps. */
const studyRecord = {
  study: 'losses',
  title: 'T',
  command: 'npm run study -- losses',
  source: 'nobody',
  engine: 'none',
  node: '20',
  patients: { training: ['c'], validation: ['d'], test: ['a'] },
  arms: [{ name: 'one', label: 'One' }],
  seeds: [1],
  foreground: { pixels: 10, pancreas: 2 },
  costs: [{ arm: 'one', parameters: 1, fullParameters: 2, gmac: 0.5, fullGmac: 1, stepMs: 3 }],
  metrics: ['dice', 'hd95PooledMm'],
  runs: [
    {
      arm: 'one',
      seed: 1,
      config: referenceConfig,
      version: { package: '0', commit: 'x' },
      steps: 5,
      seconds: 2,
      loss: null,
      cases: [['a', 'both', 1, 2, 3, 4, 100, 0.5, null]],
      cleaning: {
        thresholds: [{ threshold: 0.5, dice: 0.5 }],
        threshold: 0.5,
        candidates: [{ name: 'largest', dice: 0.5 }],
        postprocessing: 'largest',
        cases: [['a', 'both', 1, 2, 3, 4, null, 0.5, 3]],
      },
      examples: [{ id: 'a', mask: 'AA==' }],
    },
  ],
};
const published = {
  study: publishedName,
  title: 'T',
  command: 'c',
  source: 's',
  version: { package: '0' },
  metrics: ['dice'],
  networks: [{ name: 'CE', cases: [['a', 'missed', 1, 2, 3, 4, 100, 0.5]] }],
  foreground: [{ id: 'a', voxels: 10, pancreas: 1 }],
};
const power = {
  study: powerStudyName,
  title: 'T',
  command: 'c',
  source: 's',
  node: '20',
  version: { package: '0' },
  made: { phantomGenerator: 2, features: 1 },
  seeds: { people: 1, cohorts: 1 },
  people: 4,
  cohorts: 2,
  resamples: 9,
  level: 0.05,
  sizes: [2],
  features: [['a', 0.5, 0.1]],
  shares: [[2, 'large', 'Welch t', 0.5, null, 1]],
};
const notebook = {
  cells: [
    { id: 'a', cell_type: 'markdown', source: ['# T\n'], metadata: {} },
    {
      cell_type: 'code',
      source: '1 + 1',
      metadata: { tags: ['x'] },
      outputs: [{ output_type: 'stream', name: 'stdout', text: ['2'] }],
      execution_count: 1,
    },
  ],
  metadata: { axunet: { sourceHash: '0' } },
  nbformat: 4,
  nbformat_minor: 5,
};

/** Records of studies, and notebooks. */
const studyTargets = (at: At): Target[] => [
  ofJson(at('studies'), ['study record', 'study-losses/results.json'], [studyRecord], async () => {
    const { runs = [] } = (await readStudyRecord('losses', at('studies'))) ?? {};
    for (const { cases, arm } of runs) for (const { values, counts } of cases) arm.concat(String([values, counts.tp]));
  }),
  ofJson(at('studies'), ['published networks', `study-${publishedName}/results.json`], [published], () =>
    readPublished(at('studies')),
  ),
  ofJson(at('studies'), ['study of radiomics', `study-${powerStudyName}/results.json`], [power], () =>
    readPowerRecord(at('studies')),
  ),
  ofJson(at('notebooks'), ['notebook', 'a.ipynb'], [notebook], async (file) => readNotebook(file)),
];

/** All of them, in folders that `at` makes. */
export async function recordTargets(at: At): Promise<Target[]> {
  writeFileSync(path.join(at('nhdr'), 'voxels.raw'), Buffer.alloc(16));
  return [
    await pairTarget(at('pair'), ''),
    await pairTarget(at('pair-gz'), '.gz'),
    ofBytes(at('nhdr'), ['NRRD header', 'a.nhdr'], [Buffer.from(nhdr)], readNrrd),
    ofBytes(at('yaml'), ['parameters in YAML', 'p.yaml'], [Buffer.from(yamlSettings)], (file) =>
      readRadiomicsSettings(file),
    ),
    predictionTarget(at('prediction')),
    await phantomTarget(at('phantom')),
    await checkpointFilesTarget(at('checkpoint')),
    journalTarget(at('journal')),
    ofBytes(at('lock'), ['note of who trains', 'training.pid'], [Buffer.from('999999999 5\n')], async (file) =>
      (await lockRun(path.dirname(file))).release(),
    ),
    ...studyTargets(at),
  ];
}
