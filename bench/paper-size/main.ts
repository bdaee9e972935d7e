/**
 * `npm run bench -- paper-size`: a cohort of the size of NIH Pancreas-CT through all commands, and three of its volumes
 * through a script of the usual Python libraries. What is recorded is not measured again.
 */
import { link, readdir, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expected } from '../../lib/errors.ts';
import { saveFigure } from '../../lib/figures/saveFigure.ts';
import { writeJson } from '../../lib/io/files.ts';
import { list, natural, object, oneLine, readJsonAs, realNumber } from '../../lib/io/schema.ts';
import { makeFolder } from '../../lib/io/writable.ts';
import { projectPath, settings } from '../../lib/settings.ts';
import { fillDocument } from '../document.ts';
import { linesOf, lineWith, runProgram } from '../program.ts';
import { idsOf, imageFile, labelFile, makeLargeCohort, sliceCounts } from './cohort.ts';
import { measuredText } from './docs.ts';
import { memoryOverTime } from './figure.ts';
import {
  type PaperSizeRecord,
  pythonStageSchema,
  readRecord,
  recordFile,
  type StageRecord,
  writeRecord,
} from './record.ts';
import { type Stage, stagesOf, width, windowPixels } from './stages.ts';
import { watchCommand } from './watch.ts';

export interface PaperSizeOptions {
  readonly volumes: number;
  /** How many of them go through the Python script too. */
  readonly compared: number;
  /** Folder of the record. */
  readonly out: string;
}

const axunet = projectPath('lib/cli/axunet.mjs');
const python = fileURLToPath(new URL('the_python_way.py', import.meta.url));
const say = (line: string): void => console.error(line);
const load = (): number => Math.round(100 * os.loadavg()[0]!) / 100;
const rounded = (value: number): number => Number(value.toPrecision(4));

/** The bytes of all files of a folder in MB; 0 where there is none. */
async function diskMb(folder: string | undefined): Promise<number> {
  if (!folder) return 0;
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  let bytes = 0;
  for (const entry of entries) if (entry.isFile()) bytes += (await stat(path.join(entry.parentPath, entry.name))).size;
  return rounded(bytes / 1e6);
}

async function runStage({ name, args, out }: Stage): Promise<StageRecord> {
  const before = load();
  say(`${name}, load ${before}`);
  let last = performance.now();
  const { seconds, cpuS, peakMb, mbOverTime } = await watchCommand(process.execPath, [axunet, ...args], {
    onLine: (line) => {
      if (performance.now() - last < 30_000) return;
      last = performance.now();
      say(`  ${line.slice(0, 100)}`);
    },
  });
  const took = { seconds: rounded(seconds), cpuS: rounded(cpuS), peakMb, mbOverTime: [...mbOverTime] };
  say(`  ${took.seconds} s, of the processors ${took.cpuS} s, at most ${peakMb} MiB`);
  return { name, load: before, ...took, diskMb: await diskMb(out) };
}

const maskFile = (folder: string, id: string): string => path.join(folder, `${id}.nii.gz`);

/** Folders with some of the cohort's volumes, and with the masks that the whole cohort's network found in them. */
async function someOf(work: string, folder: string, ids: readonly string[]): Promise<{ some: string; judged: string }> {
  const [some, judged] = [path.join(folder, 'cohort'), path.join(folder, 'judged')];
  for (const name of ['imagesTr', 'labelsTr']) await makeFolder(path.join(some, name));
  await makeFolder(judged);
  for (const id of ids) {
    for (const file of [imageFile, labelFile]) await link(file(path.join(work, 'cohort'), id), file(some, id));
    await link(maskFile(path.join(work, 'masks'), id), maskFile(judged, id));
  }
  return { some, judged };
}

const windowSchema = object({ grid: object({ centre: list(realNumber), extent: list(realNumber) }) });

/**
 * Ours and Python's on the same volumes, one after the other. A network of three patients would find masks of no use,
 * so that those of the whole cohort's are scored.
 */
async function compare(work: string, ids: readonly string[]): Promise<PaperSizeRecord['comparison']> {
  const peer = settings.peerPython;
  if (!peer) throw expected('AXUNET_PEER_PYTHON with nibabel, torch, monai, pyradiomics, surface-distance', 'none');
  const folder = path.join(work, 'compared');
  await rm(folder, { recursive: true, force: true });
  const { some, judged } = await someOf(work, folder, ids);
  const before = load();
  const ours: StageRecord[] = [];
  for (const stage of await stagesOf(path.join(folder, 'ours'), some, ids, judged)) ours.push(await runStage(stage));
  const { grid } = await readJsonAs(path.join(folder, 'ours/run/config.json'), windowSchema);
  const task = path.join(folder, 'task.json');
  const folds = path.join(folder, 'ours/folds.json');
  const out = path.join(folder, 'python');
  await writeJson(task, {
    cohort: some,
    judged,
    ids,
    folds,
    grid,
    width,
    windowPixels,
    threads: os.cpus().length,
    out,
  });
  say('the Python script');
  const lines = await runProgram(peer, [python, task], { onLine: (line) => say(`  ${JSON.stringify(line)}`) });
  const { libraries, peakMb } = lineWith(lines, 'libraries', object({ libraries: oneLine, peakMb: realNumber }));
  return {
    volumes: ids.length,
    slices: await keptSlices(path.join(folder, 'ours')),
    load: before,
    ours,
    python: linesOf(lines, 'stage', pythonStageSchema).map(({ name, seconds, cpuS }) => ({ name, seconds, cpuS })),
    libraries,
    pythonPeakMb: Math.round(peakMb),
  };
}

/** How many slices preprocessing kept. */
async function keptSlices(folder: string): Promise<number> {
  const { cases } = await readJsonAs(
    path.join(folder, 'slices/manifest.json'),
    object({ cases: list(object({ slices: natural })) }),
  );
  return cases.reduce((sum, { slices }) => sum + slices, 0);
}

async function beginRecord({ volumes }: PaperSizeOptions, cohort: string): Promise<PaperSizeRecord> {
  return {
    version: 1,
    command: `npm run bench -- paper-size --volumes ${volumes}`,
    node: process.version.slice(1),
    machine: `${os.cpus().length} × ${os.cpus()[0]?.model.trim() ?? 'unknown processor'}`,
    memoryGb: rounded(os.totalmem() / 2 ** 30),
    volumes,
    slices: sliceCounts(volumes).reduce((sum, n) => sum + n, 0),
    cohortMb: await diskMb(cohort),
    stages: [],
  };
}

/** Measures what the record lacks, then draws it and fills its part of docs/benchmarks.md. */
export async function runPaperSize(options: PaperSizeOptions): Promise<void> {
  const { volumes, compared, out } = options;
  const work = projectPath('runs/bench/paper-size', `${volumes}`);
  const cohort = path.join(work, 'cohort');
  await makeLargeCohort(cohort, volumes, say);
  let record = (await readRecord(out)) ?? (await beginRecord(options, cohort));
  if (record.volumes !== volumes)
    throw expected(`--volumes ${record.volumes}, or another --out`, `--volumes ${volumes}`, recordFile(out));
  for (const stage of await stagesOf(work, cohort, idsOf(volumes))) {
    if (record.stages.some(({ name }) => name === stage.name)) continue;
    record = { ...record, stages: [...record.stages, await runStage(stage)] };
    if (stage.name === 'preprocess') record = { ...record, keptSlices: await keptSlices(work) };
    await writeRecord(out, record);
  }
  if (!record.comparison && settings.peerPython) {
    record = { ...record, comparison: await compare(work, idsOf(volumes).slice(0, compared)) };
    await writeRecord(out, record);
  }
  await tellRecord(out, record);
}

async function tellRecord(out: string, record: PaperSizeRecord): Promise<void> {
  await saveFigure(out, 'memory', memoryOverTime(record), { command: record.command, inputs: [recordFile(out)] });
  const text = measuredText(record);
  if (path.resolve(out) === recordedFolder) await fillDocument('paper-size', text);
  console.log(text);
}

/** Where the record of the project lies. */
export const recordedFolder = projectPath('figures/recorded/paper-size');
