/** What the course brings along: a half-trained network, how it and an overfitted one learned, a table of features. */
import path from 'node:path';
import { openDataset } from '../lib/dataset/cases.ts';
import { makePhantomCohort } from '../lib/dataset/phantom.ts';
import { startEngine } from '../lib/engine/engine.ts';
import { writeFileAtomic, writeJson } from '../lib/io/files.ts';
import { makeFolder } from '../lib/io/writable.ts';
import { openSlices, type SliceSet } from '../lib/preprocess/sliceSet.ts';
import { preprocessDataset } from '../lib/preprocess/slices.ts';
import { projectPath } from '../lib/settings.ts';
import type { TrainConfig } from '../lib/train/config.ts';
import type { PatientSplit } from '../lib/train/description.ts';
import { type EpochRecord, readHistory } from '../lib/train/history.ts';
import { loadRun } from '../lib/train/loadRun.ts';
import { describeRun } from '../lib/train/run.ts';
import { trainFolder } from '../lib/train/trainFolder.ts';
import { packRun } from '../lib/weights/packedRun.ts';
import {
  halfTrainedConfig,
  halfTrainedSplit,
  overfittedConfig,
  overfittedSplit,
} from '../notebooks/lessons/course/halfTrained.ts';
import { curvesFile, halfTrainedFile } from '../notebooks/lessons/course/network.ts';
import { featuresFile } from '../notebooks/lessons/course/tables.ts';
import { featureTable, openRegions } from '../notebooks/lessons/radiomics/cohorts.ts';
import { tableToCsv } from '../notebooks/lessons/radiomics/tableCache.ts';

const command = 'npm run course -- --material';
const place = projectPath('data/course/material');

/** The cohort of `npm start`, 24 patients. */
async function openCohort() {
  const folder = path.join(place, 'phantom');
  await makeFolder(folder);
  await makePhantomCohort(folder, { profile: 'demo', seed: 1 });
  return openDataset('phantom', folder);
}

/** Writes the table of features of all 24 patients. */
export async function makeFeatures(): Promise<void> {
  const table = await featureTable(await openRegions(await openCohort()));
  await writeFileAtomic(featuresFile, tableToCsv(table));
}

async function trained(name: string, config: TrainConfig, slices: SliceSet, split: PatientSplit) {
  const folder = path.join(place, name);
  await trainFolder(folder, describeRun(config, slices, split), slices);
  const history = readHistory(folder).filter((one): one is EpochRecord => one.kind === 'epoch');
  return { folder, history: history.map((one) => ({ ...one, seconds: Math.round(one.seconds) })) };
}

/** Trains both networks, packs the half-trained one and writes both curves. */
export async function makeHalfTrained(): Promise<void> {
  const { description: engine } = await startEngine();
  const out = path.join(place, 'slices');
  await preprocessDataset(await openCohort(), { out, mode: 'default' });
  const slices = await openSlices(out);
  const half = await trained('half-trained', halfTrainedConfig(), slices, halfTrainedSplit);
  const over = await trained('overfitted', overfittedConfig(), slices, overfittedSplit);
  const network = await loadRun(half.folder, 'last');
  await packRun(network, halfTrainedFile, { isHalf: true, texts: { command, engine } });
  await writeJson(curvesFile, { engine, command, halfTrained: half.history, overfitted: over.history });
  console.log(`${path.basename(halfTrainedFile)} and ${path.basename(curvesFile)} in notebooks/course`);
}
