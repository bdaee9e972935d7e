/**
 * `history.jsonl`: one JSON object per line, one per step and one per epoch, appended as training goes.
 *
 * A killed process may leave lines that are newer than its checkpoint, and half a line at the end. Opening the journal
 * (journal.ts) of a resumed run cuts both off, so that a resumed history reads like an uninterrupted one.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { readTextSync } from '../io/files.ts';
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
  type Shape,
  text,
  written,
} from '../io/schema.ts';

/** A line of the history for one step. */
export type StepRecord = Shape<typeof stepSchema>;
const stepSchema = object({
  kind: exactly('step'),
  /** Steps done since the start of the run, this one included. */
  step: natural,
  /** Epoch that the step belongs to, from 1. */
  epoch: natural,
  loss: written,
  learningRate: realNumber,
  /** Norm of the whole gradient before clipping. */
  gradientNorm: written,
});

/** A line of the history for one epoch, with the validation where there was one. */
export type EpochRecord = Shape<typeof epochSchema>;
const epochSchema = object({
  kind: exactly('epoch'),
  step: natural,
  epoch: natural,
  /** Mean training loss of the epoch. */
  loss: written,
  learningRate: realNumber,
  /** Training time since the start of the run in seconds, without the time between a stop and a resume. */
  seconds: realNumber,
  /** Absent in epochs without one. */
  validation: optional(
    object({
      dice: written,
      sd: written,
      patients: list(object({ patient: text, dice: written })),
      classes: optional(dictionary(nullable(realNumber))),
    }),
  ),
});

/** A line of `history.jsonl`. */
export type HistoryRecord = StepRecord | EpochRecord;
const historySchema = either([stepSchema, epochSchema]);

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
