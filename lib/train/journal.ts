/** What a run tells the disk as it goes: `history.jsonl` for programs, `tensorboard/` for TensorBoard. */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { writeFileAtomic } from '../io/files.ts';
import { ownPlace } from '../io/insideFolder.ts';
import { explainRunWriteError } from './checkpoint.ts';
import { type HistoryRecord, historyFile, readHistory } from './history.ts';
import type { Position } from './position.ts';
import { openScalars } from './tensorboard.ts';

export interface Journal {
  write(record: HistoryRecord): void;
  /**
   * Returns when the history is on the disk; called before a checkpoint, so that a checkpoint never knows more than the
   * history.
   */
  flush(): void;
  close(): void;
}

const lineOf = (record: HistoryRecord): string => `${JSON.stringify(record)}\n`;

function scalarsOf(record: HistoryRecord): Record<string, number> {
  if (record.kind === 'step')
    return {
      'step/loss': record.loss,
      'step/learningRate': record.learningRate,
      'step/gradientNorm': record.gradientNorm,
    };
  return {
    'epoch/loss': record.loss,
    ...(record.validation ? { 'epoch/validationDice': record.validation.dice } : {}),
  };
}

/** Opens both for a run that has done so many steps and whole epochs; what was written after that is cut off. */
export async function openJournal(
  runFolder: string,
  { step, epochs }: Pick<Position, 'step' | 'epochs'>,
): Promise<Journal> {
  const told = (error: unknown): never => {
    throw explainRunWriteError(error, 'the history', runFolder);
  };
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      return told(error);
    }
  };
  const kept = readHistory(runFolder).filter((record) =>
    record.kind === 'epoch' ? record.epoch <= epochs : record.step <= step,
  );
  await writeFileAtomic(historyFile(runFolder), kept.map(lineOf).join('')).catch(told);
  const history = guarded(() => openSync(historyFile(runFolder), 'a'));
  const scalars = guarded(() => openScalars(ownPlace(runFolder, 'tensorboard'), step + 1));
  return {
    write: (record) =>
      guarded(() => {
        writeSync(history, lineOf(record));
        scalars.write(record.step, scalarsOf(record));
      }),
    flush: () => guarded(() => fsyncSync(history)),
    close: () => {
      closeSync(history);
      scalars.close();
    },
  };
}
