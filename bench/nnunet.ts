/**
 * `npm run bench -- nnunet`: nnU-Net v2 in its 2-D configuration and with its own planning, on the folds of
 * time-to-dice, as long as our training took there. Its masks are scored as ours are.
 */
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expected } from '../lib/errors.ts';
import { writeJson } from '../lib/io/files.ts';
import { atLeastOne, list, natural, object, oneLine, realNumber } from '../lib/io/schema.ts';
import { makeFolder } from '../lib/io/writable.ts';
import { projectPath, settings } from '../lib/settings.ts';
import { slicesOf } from '../lib/train/run.ts';
import { linesOf, lineWith, runProgram } from './program.ts';
import { scoreMasks, tellRecord } from './time-to-dice.ts';
import { type FoldRecord, type NnunetRun, readRecord, recordFile, writeRecord } from './time-to-dice-record.ts';
import { type DiceFolds, openFolds } from './time-to-dice-task.ts';

export interface NnunetOptions {
  readonly folds: readonly number[];
  readonly threads: number;
  /** Instead of as long as ours took on the fold. */
  readonly minutes?: number;
  /** What nnU-Net's planning aims at; its default where nothing is said. */
  readonly memoryTargetGb?: number;
  readonly patients?: number;
  readonly data?: string;
  /** Folder of the record of time-to-dice. */
  readonly out: string;
}

const program = fileURLToPath(new URL('nnunet.py', import.meta.url));
/** Its raw and preprocessed data, which stay from fold to fold. */
const workFolder = (patients?: number): string =>
  projectPath('runs/bench', patients === undefined ? 'nnunet' : `nnunet-${patients}`);

const endSchema = object({
  seconds: realNumber,
  steps: natural,
  firstStepS: realNumber,
  rssMb: realNumber,
  patchSize: list(atLeastOne),
  batchSize: atLeastOne,
  parameters: natural,
});

/** Slice ids of each fold's sides, as `splits_final.json` has them. */
function splitsOf({ count, slices, fold }: DiceFolds): { train: string[]; val: string[] }[] {
  const ids = (patients: readonly string[]): string[] => slicesOf(slices, patients).map((i) => slices.entries[i]!.id);
  return Array.from({ length: count }, (_, k) => {
    const { training, test } = fold(k);
    return { train: ids(training), val: ids(test) };
  });
}

/** Plans where that was not done, trains, predicts. */
async function trainFold(folds: DiceFolds, fold: number, seconds: number, options: NnunetOptions): Promise<NnunetRun> {
  const { slices } = folds;
  const { threads, memoryTargetGb = null } = options;
  const work = workFolder(options.patients);
  const splits = splitsOf(folds);
  const used = new Set(splits.flatMap(({ train, val }) => [...train, ...val]));
  const masks = path.join(work, `masks-${fold}.npy`);
  const file = path.join(work, `task-${fold}.json`);
  await makeFolder(work);
  await writeJson(file, {
    slices: slices.onDisk!.folder,
    entries: slices.entries.filter(({ id }) => used.has(id)).map(({ id, image, label }) => ({ id, image, label })),
    folds: splits,
    ...{ fold, seconds, threads, memoryTargetGb, work, masks },
  });
  const env = { OMP_NUM_THREADS: `${threads}` };
  console.error('nnU-Net plans');
  await runProgram(settings.peerPython!, [program, 'plan', file], { env });
  const load = Math.round(100 * os.loadavg()[0]!) / 100;
  console.error(`nnU-Net trains fold ${fold} for ${seconds.toFixed(0)} s, load ${load}, then predicts`);
  const lines = await runProgram(settings.peerPython!, [program, 'train', file], { env });
  const [{ kind: _, ...end }] = linesOf(lines, 'end', endSchema) as [NnunetRun & { kind: string }];
  const { name } = lineWith(lines, 'name', object({ name: oneLine }));
  const scores = await scoreMasks(masks, slices, slicesOf(slices, folds.fold(fold).test));
  await rm(masks);
  return { ...end, name, load, memoryTargetGb, ...scores, rssMb: Math.round(end.rssMb) };
}

/** Measures what the record lacks. Throws where time-to-dice has not measured ours on a fold. */
export async function runNnunet(options: NnunetOptions): Promise<void> {
  if (!settings.peerPython) throw expected('AXUNET_PEER_PYTHON with a Python that has nnunetv2', 'none');
  const { out, minutes, memoryTargetGb = null } = options;
  let record = await readRecord(out);
  if (!record) throw expected('the record of time-to-dice, which is measured first', 'none', recordFile(out));
  if (record.patients !== options.patients)
    throw expected(`--patients as in ${recordFile(out)}: ${record.patients ?? 'all'}`, `${options.patients ?? 'all'}`);
  const folds = await openFolds(options);
  for (const number of options.folds) {
    const one: FoldRecord | undefined = record.folds.find(({ fold }) => fold === number);
    if (!one?.ours) throw expected(`fold ${number} of ours in the record`, 'none', recordFile(out));
    const isDone = one.nnunet?.some((run) => run.memoryTargetGb === memoryTargetGb);
    if (isDone) continue;
    const run = await trainFold(folds, number, minutes === undefined ? one.ours.seconds : 60 * minutes, options);
    const added: FoldRecord = { ...one, nnunet: [...(one.nnunet ?? []), run] };
    record = { ...record, folds: record.folds.map((other) => (other === one ? added : other)) };
    await writeRecord(out, record);
  }
  await tellRecord(out, record);
}
