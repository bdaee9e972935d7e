/** What a run tells the disk as it goes: `history.jsonl` for programs, `tensorboard/` for TensorBoard. */
import { ownPlace } from '../io/insideFolder.ts';
import { explainRunWriteError } from './checkpoint.ts';
import { type HistoryRecord, openHistory } from './history.ts';
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

/** Opens both for a run that stands at `position`; what was written after that is cut off. */
export async function openJournal(runFolder: string, position: Position): Promise<Journal> {
  const explain = (error: unknown): unknown => explainRunWriteError(error, 'the history', runFolder);
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw explain(error);
    }
  };
  const history = await openHistory(runFolder, position).catch((error: unknown) => {
    throw explain(error);
  });
  const scalars = guarded(() => openScalars(ownPlace(runFolder, 'tensorboard'), position.step + 1));
  return {
    write: (record) =>
      guarded(() => {
        history.append(record);
        scalars.write(record.step, scalarsOf(record));
      }),
    flush: () => guarded(() => history.flush()),
    close: () => {
      history.close();
      scalars.close();
    },
  };
}
