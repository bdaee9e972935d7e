/**
 * `npm run bench -- time-to-dice`: our trainer and PyTorch learn the same recipe on the same folds, one after the
 * other, and are compared by the wall time to the same DSC of unseen patients. Everything measured is written at once,
 * and what is written is not measured again.
 */
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { firstDifference } from '../lib/checks.ts';
import { expected, UserError } from '../lib/errors.ts';
import { dice, overlapCounts } from '../lib/evaluate/overlap.ts';
import { type ScoredSlice } from '../lib/evaluate/slices.ts';
import { validationOf } from '../lib/evaluate/validation.ts';
import { saveFigure } from '../lib/figures/saveFigure.ts';
import { readNpy } from '../lib/io/npy.ts';
import { atLeastOne, object, oneLine, realNumber } from '../lib/io/schema.ts';
import { makeFolder } from '../lib/io/writable.ts';
import type { SliceSet } from '../lib/preprocess/sliceSet.ts';
import { projectPath, settings } from '../lib/settings.ts';
import { fillDocument } from './document.ts';
import { type Line, linesOf, lineWith, runProgram } from './program.ts';
import { measuredText } from './time-to-dice-docs.ts';
import { diceCurves } from './time-to-dice-figure.ts';
import {
  bestWay,
  checkSchema,
  type DiceCheck,
  type DicePoint,
  type DiceRecord,
  type DiceRun,
  epochsWithin,
  type FoldRecord,
  oursProbeSchema,
  type PeerWay,
  readRecord,
  recordFile,
  waySchema,
  writeRecord,
} from './time-to-dice-record.ts';
import { type DiceFolds, type DiceTask, openFolds, stepsPerEpoch, taskOf, writeTask } from './time-to-dice-task.ts';

/** The options of the job. */
export interface DiceOptions {
  /** Either epochs, or minutes for all folds and both programs. */
  readonly epochs?: number;
  readonly minutes?: number;
  readonly folds: readonly number[];
  /** A snapshot after every so many epochs. */
  readonly every: number;
  readonly threads: number;
  /** Steps with which each way of running the peer is tried. */
  readonly n: number;
  readonly patients?: number;
  readonly data?: string;
  /** Folder of the record. */
  readonly out: string;
}

const beside = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const say = (line: string): void => console.error(line);
const load = (): number => Math.round(100 * os.loadavg()[0]!) / 100;
const rounded = (value: number): number => Number(value.toPrecision(5));

/** Where torch.compile keeps what it compiled. */
const compiledFolder = projectPath('runs/bench/time-to-dice/compiled');

/** The number of threads, as both engines are told it. */
const environmentOf = ({ threads }: DiceTask): Record<string, string> => ({
  TF_NUM_INTRAOP_THREADS: `${threads}`,
  OMP_NUM_THREADS: `${threads}`,
  TORCHINDUCTOR_CACHE_DIR: compiledFolder,
});

/** One of the two programs with arguments behind mode and task. */
async function start(who: 'ours' | 'peer', mode: string, task: DiceTask, ...rest: string[]): Promise<Line[]> {
  const file = await writeTask(task);
  const [program, ...before] =
    who === 'ours'
      ? [process.execPath, ...process.execArgv, beside('time-to-dice-ours.ts')]
      : [settings.peerPython!, beside('time_to_dice_torch.py')];
  return runProgram(program!, [...before, mode, file, ...rest], { env: environmentOf(task), onLine: tell });
}

/** Snapshots are told while a fold is trained. */
function tell({ kind, epoch, seconds }: Line): void {
  if (kind === 'snapshot') say(`  epoch ${epoch} after ${Number(seconds).toFixed(1)} s`);
}

/** The most that both programs may differ by; the largest seen was a third of it or less. */
const tolerances: Omit<DiceCheck, 'parameters'> = {
  images: 1e-3,
  labels: 1e-3,
  logits: 1e-3,
  losses: 1e-3,
  averages: 1e-2,
};

/** Repeats a batch, three steps and their averages in the peer. Throws where the two are not the same network. */
async function checkSame(task: DiceTask): Promise<DiceCheck> {
  await makeFolder(task.out);
  const { parameters } = lineWith(await start('ours', 'check', task), 'parameters', object({ parameters: atLeastOne }));
  const check = lineWith(await start('peer', 'check', task), 'parameters', checkSchema);
  if (check.parameters !== parameters)
    throw expected(`${parameters} trainable parameters on both sides`, `${check.parameters} in PyTorch`);
  for (const [what, most] of Object.entries(tolerances)) {
    const found = check[what as keyof DiceCheck];
    if (!(found <= most)) throw expected(`both sides to differ in ${what} by at most ${most}`, `${found}`);
  }
  return check;
}

/** What steps take on both sides; measured on the first fold. */
async function probe(task: DiceTask, n: number): Promise<DiceRecord['probe']> {
  const before = load();
  await rm(compiledFolder, { recursive: true, force: true });
  const ours = lineWith(await start('ours', 'probe', task, `${n}`), 'stepS', oursProbeSchema);
  const lines = await start('peer', 'probe', task, `${n}`);
  const ways = lines.filter((line) => 'stepS' in line).map((line) => lineWith([line], 'stepS', waySchema));
  return { steps: n, ours, peer: ways, load: before };
}

/** Counts of masks (n, H, W) against the labels of the validation slices: the same for every program. */
export async function scoreMasks(
  file: string,
  slices: SliceSet,
  validation: readonly number[],
): Promise<{ dice: number; sliceDice: number }> {
  const { data, shape } = await readNpy(file);
  const { height, width } = slices.entries[0]!;
  if (shape.join() !== [validation.length, height, width].join() || !(data instanceof Uint8Array))
    throw expected(`bytes, ${validation.length} × ${height} × ${width}`, `others, ${shape.join(' × ')}`, file);
  const scored = validation.map((index, i): ScoredSlice => {
    const mask = data.subarray(i * height * width, (i + 1) * height * width);
    const counts = overlapCounts(mask, slices.readLabel(index));
    return { index, patient: slices.entries[index]!.patient, counts };
  });
  const sliceDice = scored.reduce((sum, { counts }) => sum + dice(counts), 0) / scored.length;
  return { dice: rounded(validationOf(scored).dice), sliceDice: rounded(sliceDice) };
}

const snapshotSchema = object({ epoch: atLeastOne, step: atLeastOne, seconds: realNumber });
const endSchema = object({ step: atLeastOne, seconds: realNumber, rssMb: realNumber });

/** Trains a fold with one program and scores its snapshots; nothing but the numbers stays. */
async function trainOne(who: 'ours' | 'peer', task: DiceTask, slices: SliceSet, way: PeerWay): Promise<DiceRun> {
  await rm(task.out, { recursive: true, force: true });
  await makeFolder(task.out);
  const before = load();
  const extra = who === 'ours' ? [] : [JSON.stringify(way)];
  const lines = await start(who, 'train', task, ...extra, `${Date.now()}`);
  const points: DicePoint[] = [];
  for (const { epoch, step, seconds } of linesOf(lines, 'snapshot', snapshotSchema)) {
    const masks = path.join(task.out, `masks-${String(epoch).padStart(4, '0')}.npy`);
    const scores = await scoreMasks(masks, slices, task.validation);
    points.push({ epoch, step, seconds: rounded(seconds), ...scores });
  }
  const { step, seconds, rssMb } = linesOf(lines, 'end', endSchema)[0]!;
  const [first] = linesOf(lines, 'first', object({ seconds: realNumber }));
  const { name } = lineWith(lines, 'name', object({ name: oneLine }));
  await rm(task.out, { recursive: true, force: true });
  return {
    name: who === 'ours' ? `AX-Unet notebooks, ${name}` : name,
    load: before,
    firstStepS: rounded(first!.seconds),
    seconds: rounded(seconds),
    steps: step,
    rssMb: Math.round(rssMb),
    points,
  };
}

const workFolder = (fold: number, what: string): string => projectPath('runs/bench/time-to-dice', `fold-${fold}`, what);

/** The task of a fold for one program. */
function foldTask(folds: DiceFolds, fold: number, what: string, head: Pick<DiceOptions, 'every' | 'threads'>) {
  return (epochs: number): DiceTask => {
    const out = workFolder(fold, what);
    const reference = projectPath('runs/bench/time-to-dice/reference.safetensors');
    return taskOf(folds.fold(fold), { epochs, every: head.every, threads: head.threads, out, reference });
  };
}

const processor = (): string => `${os.cpus().length} × ${os.cpus()[0]?.model.trim() ?? 'unknown processor'}`;

/** Checks and probes, then chooses the epochs. */
async function beginRecord(options: DiceOptions, folds: DiceFolds): Promise<DiceRecord> {
  const [fold] = options.folds;
  const taskFor = foldTask(folds, fold!, 'check', options);
  say('checking that both sides are the same');
  const check = await checkSame(taskFor(options.epochs ?? 1));
  say('measuring steps of both sides');
  const measured = await probe(taskFor(options.epochs ?? 1), options.n);
  const perEpoch = stepsPerEpoch(folds.fold(fold!));
  const way = bestWay(measured.peer, 1000);
  const epochs =
    options.epochs ??
    epochsWithin({
      minutes: options.minutes!,
      folds: options.folds.length,
      stepsPerEpoch: perEpoch,
      stepS: measured.ours.stepS + way.stepS,
      firstStepS: measured.ours.firstStepS + way.firstStepS,
    });
  await rm(workFolder(fold!, 'check'), { recursive: true, force: true });
  const { config, every, threads } = taskFor(epochs);
  return {
    version: 1,
    command: `npm run bench -- time-to-dice --epochs ${epochs} --every ${every} --threads ${threads}`,
    source: folds.source,
    node: process.versions.node,
    machine: processor(),
    threads,
    ...(options.patients !== undefined && { patients: options.patients }),
    every,
    config,
    check,
    probe: measured,
    folds: [],
  };
}

/** The record to go on with. Throws where it was made with other options. */
async function openRecord(options: DiceOptions, folds: DiceFolds): Promise<DiceRecord> {
  const found = await readRecord(options.out);
  if (!found) {
    const record = await beginRecord(options, folds);
    await writeRecord(options.out, record);
    return record;
  }
  const epochs = options.epochs ?? found.config.epochs!;
  const { config, every, threads } = foldTask(folds, options.folds[0]!, 'check', options)(epochs);
  const { patients } = options;
  const current: unknown = JSON.parse(JSON.stringify({ config, every, threads, patients }));
  const before = { config: found.config, every: found.every, threads: found.threads, patients: found.patients };
  const difference = firstDifference(JSON.parse(JSON.stringify(before)), current);
  if (difference)
    throw new UserError(
      `Expected the options that ${recordFile(options.out)} was begun with, found another ${difference}: give those, ` +
        'or another --out',
    );
  return found;
}

const withFold = (record: DiceRecord, fold: FoldRecord): DiceRecord => ({
  ...record,
  folds: [...record.folds.filter((one) => one.fold !== fold.fold), fold].sort((a, b) => a.fold - b.fold),
});

/** Where the record goes that docs/benchmarks.md shows. */
export const recordedFolder = projectPath('figures/recorded/time-to-dice');

/** Tables and figure of what is recorded; of the project's own record the tables go into docs/benchmarks.md too. */
export async function tellRecord(folder: string, record: DiceRecord): Promise<void> {
  await saveFigure(folder, 'curves', diceCurves(record), {
    inputs: [recordFile(folder)],
    command: record.command,
    seed: record.config.seed,
  });
  const text = measuredText(record);
  console.log(text);
  if (path.resolve(folder) === recordedFolder && record.patients === undefined)
    await fillDocument('time-to-dice', text);
}

/** Measures what the record lacks of the folds, the two programs in turns. */
export async function runTimeToDice(options: DiceOptions): Promise<void> {
  if (!settings.peerPython)
    throw expected('AXUNET_PEER_PYTHON with a Python that has torch and safetensors', 'none (docs/benchmarks.md)');
  const folds = await openFolds(options);
  for (const fold of options.folds)
    if (!(fold < folds.count)) throw expected(`folds from 0 to ${folds.count - 1}`, `${fold}`);
  await makeFolder(options.out);
  let record = await openRecord(options, folds);
  const epochs = record.config.epochs!;
  for (const fold of options.folds) {
    const { validation, training } = foldTask(folds, fold, 'ours', options)(epochs);
    const first = fold % 2 === 0 ? 'ours' : 'peer';
    let one: FoldRecord = record.folds.find((other) => other.fold === fold) ?? {
      fold,
      first,
      trainingSlices: training.length,
      validationSlices: validation.length,
      validationPatients: folds.fold(fold).test.length,
    };
    const way = bestWay(record.probe.peer, epochs * stepsPerEpoch(folds.fold(fold)));
    for (const who of first === 'ours' ? (['ours', 'peer'] as const) : (['peer', 'ours'] as const)) {
      if (one[who]) continue;
      say(`fold ${fold}, ${who}: ${epochs} epochs, load ${load()}`);
      one = { ...one, [who]: await trainOne(who, foldTask(folds, fold, who, options)(epochs), folds.slices, way) };
      record = withFold(record, one);
      await writeRecord(options.out, record);
    }
  }
  await tellRecord(options.out, record);
}
