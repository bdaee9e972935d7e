/**
 * Radiomics of many cases, several at once in processes of their own. Each case has its record, complete
 * or absent; what is complete is skipped, and a case that fails, or takes its process with it, is named
 * while the others are made all the same.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../errors.ts';
import { formatCsv } from '../io/csv.ts';
import { keepText } from '../io/files.ts';
import { isPictureName } from '../io/image.ts';
import { ownPlace } from '../io/insideFolder.ts';
import { readJsonAs } from '../io/schema.ts';
import { makeFolder } from '../io/writable.ts';
import { isDicomName } from '../scan/volumeNames.ts';
import type { CaseAnswer, CaseJob } from './cohortWorker.ts';
import type { PictureScale } from './pictures.ts';
import { type OpenChoice, type RadiomicsRecord, recordSchema } from './record.ts';
import type { RadiomicsSettings } from './settings.ts';
import type { CohortRow } from './table.ts';

/** The scale is that of all pictures, but for those whose row has a spacing of its own; volumes have their own. */
export interface CohortOptions extends PictureScale {
  /** Folder for `cases/<id>.json` and `features.csv`. */
  readonly out: string;
  readonly settings: RadiomicsSettings;
  /** Which series of each DICOM image; other images have none. */
  readonly series?: string;
  /** Processes at once; default: one for each core. */
  readonly workers?: number;
  /** Whether `features.csv` is written, true by default; not by one of several machines that share a folder. */
  readonly writesTable?: boolean;
  /** Flags for Node in the processes; default: this process's own. */
  readonly nodeFlags?: readonly string[];
  /** Called when a case is done, failed or found complete. */
  readonly onProgress?: (done: number, total: number, note: string) => void;
}

export interface CohortReport {
  readonly made: string[];
  /** Complete already: same files, same settings. */
  readonly skipped: string[];
  readonly failed: { readonly id: string; readonly reason: string }[];
  /** What the records of cases warn of. */
  readonly warnings: { readonly id: string; readonly warning: string }[];
  /** The table of all complete cases; undefined where none was written. */
  readonly table?: string;
}

const program = fileURLToPath(new URL('./cohortWorker.ts', import.meta.url));
/** Where the record of a case lies. */
export const recordFile = (out: string, id: string): string => path.join(out, 'cases', `${id}.json`);
const settingsFor = ({ label }: CohortRow, settings: RadiomicsSettings): RadiomicsSettings =>
  label === undefined ? settings : { ...settings, label };

/** What a case's files do not say themselves. */
function choiceFor({ image, spacingMm: own }: CohortRow, { series, spacingMm, windowHu }: CohortOptions): OpenChoice {
  if (isPictureName(image)) {
    const mm = own ?? spacingMm;
    return { ...(mm !== undefined && { spacingMm: mm }), ...(windowHu && { windowHu }) };
  }
  return series !== undefined && isDicomName(image) ? { series } : {};
}

/** Gives a process one job and waits for its answer; the end of the process is an answer too. */
function ask(child: ChildProcess, job: CaseJob): Promise<CaseAnswer> {
  return new Promise((resolve) => {
    const onMessage = (answer: CaseAnswer): void => done(answer);
    const failed = (reason: string): void => done({ id: job.id, outcome: 'failed', reason });
    const onExit = (code: number | null, signal: string | null): void =>
      failed(`Expected its process to finish, found that it ended with ${signal ?? `exit code ${code}`}`);
    const onError = (error: Error): void => failed(messageOf(error));
    const done = (answer: CaseAnswer): void => {
      child.off('message', onMessage).off('exit', onExit).off('error', onError);
      resolve(answer);
    };
    child.on('message', onMessage).on('exit', onExit).on('error', onError);
    child.send(job, (error) => {
      if (error) onError(error);
    });
  });
}

/**
 * Works off the jobs of a shared queue in one process, which is replaced when it dies.
 * When `onAnswer` throws, the queue ends.
 */
async function workOff(
  queue: CaseJob[],
  flags: readonly string[],
  onAnswer: (answer: CaseAnswer) => void,
): Promise<void> {
  let child: ChildProcess | undefined;
  try {
    for (let job = queue.shift(); job; job = queue.shift()) {
      if (!child?.connected)
        child = fork(program, { execArgv: [...flags], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
      onAnswer(await ask(child, job));
    }
  } finally {
    queue.length = 0;
    if (child?.connected) child.disconnect();
  }
}

/** What a row of the table begins with. */
type TableRow = Pick<CohortRow, 'id' | 'others'>;

/**
 * Features of complete cases in the order of the cohort, with its other columns in front; a feature
 * that is not finite is an empty cell.
 */
function featureTable(rows: readonly TableRow[], records: ReadonlyMap<string, RadiomicsRecord>): string {
  const complete = rows.flatMap((row) => (records.has(row.id) ? [{ row, record: records.get(row.id)! }] : []));
  const names = [...new Set(complete.flatMap(({ record }) => Object.keys(record.features)))];
  const others = Object.keys(rows[0]?.others ?? {});
  const heading = ['id', ...others, 'voxels', ...names];
  const lines = complete.map(({ row, record }) => {
    const ofCohort = others.map((name) => row.others[name]!);
    return [row.id, ...ofCohort, record.voxels, ...names.map((name) => record.features[name] ?? null)];
  });
  return formatCsv([heading, ...lines]);
}

/** Writes `features.csv` of the rows that have a record; its path. */
export async function writeFeatureTable(
  out: string,
  rows: readonly TableRow[],
  records: ReadonlyMap<string, RadiomicsRecord>,
): Promise<string> {
  const table = path.join(out, 'features.csv');
  await keepText(table, featureTable(rows, records));
  return table;
}

/**
 * Takes the features of all rows and writes `features.csv`. Throws a UserError only when nothing can be written at all;
 * what is wrong with one case is in the report. No rows give an empty table.
 */
export async function extractCohort(rows: readonly CohortRow[], options: CohortOptions): Promise<CohortReport> {
  const { out, settings, onProgress } = options;
  const { workers = availableParallelism(), writesTable = true, nodeFlags = process.execArgv } = options;
  await makeFolder(ownPlace(out, 'cases'));
  const report: CohortReport = { made: [], skipped: [], failed: [], warnings: [] };
  let done = 0;
  const jobOf = (row: CohortRow): CaseJob => {
    const { id, image, mask } = row;
    const choice = choiceFor(row, options);
    return { id, image, mask, out: recordFile(out, id), settings: settingsFor(row, settings), ...choice };
  };
  const queue = rows.map(jobOf);
  const onAnswer = ({ id, outcome, reason = 'unknown', warnings = [] }: CaseAnswer): void => {
    report.warnings.push(...warnings.map((warning) => ({ id, warning })));
    if (outcome === 'failed') report.failed.push({ id, reason });
    else (outcome === 'made' ? report.made : report.skipped).push(id);
    onProgress?.(++done, rows.length, `${id} ${{ made: 'done', complete: 'was complete', failed: 'failed' }[outcome]}`);
  };
  await Promise.all(Array.from({ length: Math.min(workers, rows.length) }, () => workOff(queue, nodeFlags, onAnswer)));
  if (!writesTable) return report;
  const records = new Map<string, RadiomicsRecord>();
  for (const id of [...report.made, ...report.skipped])
    records.set(id, await readJsonAs(recordFile(out, id), recordSchema));
  return { ...report, table: await writeFeatureTable(out, rows, records) };
}
