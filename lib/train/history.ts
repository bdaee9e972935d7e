/**
 * `history.jsonl`: one JSON object per line, one per step and one per epoch, appended as training goes.
 *
 * A killed process may leave lines that are newer than its checkpoint, and half a line at the end. Opening the file
 * for a resumed run cuts both off, so that a resumed history reads like an uninterrupted one.
 */
import { closeSync, existsSync, fsyncSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { Validation } from '../evaluate/validation.ts';
import { readTextSync, writeFileAtomic } from '../io/files.ts';
import {
  checkShape,
  dictionary,
  either,
  exactly,
  list,
  natural,
  nullable,
  object,
  optional,
  parseJson,
  realNumber,
  type Schema,
  text,
  written,
} from '../io/schema.ts';

/** A line of the history for one step. */
export interface StepRecord {
  readonly kind: 'step';
  /** Steps done since the start of the run, this one included. */
  readonly step: number;
  /** Epoch that the step belongs to, from 1. */
  readonly epoch: number;
  readonly loss: number;
  readonly learningRate: number;
  /** Norm of the whole gradient before clipping. */
  readonly gradientNorm: number;
}

/** A line of the history for one epoch, with the validation where there was one. */
export interface EpochRecord {
  readonly kind: 'epoch';
  readonly step: number;
  readonly epoch: number;
  /** Mean training loss of the epoch. */
  readonly loss: number;
  readonly learningRate: number;
  /** Training time since the start of the run in seconds, without the time between a stop and a resume. */
  readonly seconds: number;
  /** Absent in epochs without one. */
  readonly validation?: Validation;
}

/** A line of `history.jsonl`. */
export type HistoryRecord = StepRecord | EpochRecord;

const stepSchema = object({
  kind: exactly('step'),
  step: natural,
  epoch: natural,
  loss: written,
  learningRate: realNumber,
  gradientNorm: written,
});
const epochSchema = object({
  kind: exactly('epoch'),
  step: natural,
  epoch: natural,
  loss: written,
  learningRate: realNumber,
  seconds: realNumber,
  validation: optional(
    object({
      dice: written,
      sd: written,
      patients: list(object({ patient: text, dice: written })),
      classes: optional(dictionary(nullable(realNumber))),
    }),
  ),
});
const historySchema: Schema<HistoryRecord> = either([stepSchema, epochSchema]);

/** Where the history of a run lies. */
export const historyFile = (runFolder: string): string => path.join(runFolder, 'history.jsonl');

/** All whole lines; a torn last line is left out, and so is everything after the first damaged line. */
export function readHistory(runFolder: string): HistoryRecord[] {
  const file = historyFile(runFolder);
  if (!existsSync(file)) return [];
  const records: HistoryRecord[] = [];
  for (const line of readTextSync(file, 'the history of a run').split('\n')) {
    try {
      records.push(checkShape(parseJson(line), historySchema));
    } catch {
      break;
    }
  }
  return records;
}

interface HistoryWriter {
  append(record: HistoryRecord): void;
  /** Returns when all lines are on the disk. */
  flush(): void;
  close(): void;
}

/** Cuts the history back to `step` steps and `epochs` whole epochs, then opens it for appending. */
export async function openHistory(
  runFolder: string,
  { step, epochs }: { step: number; epochs: number },
): Promise<HistoryWriter> {
  const kept = readHistory(runFolder).filter((record) =>
    record.kind === 'epoch' ? record.epoch <= epochs : record.step <= step,
  );
  await writeFileAtomic(historyFile(runFolder), kept.map((record) => `${JSON.stringify(record)}\n`).join(''));
  const file = openSync(historyFile(runFolder), 'a');
  return {
    append: (record) => {
      writeSync(file, `${JSON.stringify(record)}\n`);
    },
    flush: () => fsyncSync(file),
    close: () => closeSync(file),
  };
}
