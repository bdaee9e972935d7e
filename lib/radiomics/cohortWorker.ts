/** A process that takes the radiomics of cases: it gets one job after another over its channel and answers each. */
import path from 'node:path';
import { messageOf, UserError } from '../errors.ts';
import { writeJson } from '../io/files.ts';
import { assertWritableFolder } from '../io/writable.ts';
import { makeRecord, type OpenChoice, readCompleteRecord, sourcesOf } from './record.ts';
import type { RadiomicsSettings } from './settings.ts';

export interface CaseJob extends OpenChoice {
  readonly id: string;
  readonly image: string;
  readonly mask: string;
  /** Where the record goes. */
  readonly out: string;
  readonly settings: RadiomicsSettings;
}

export interface CaseAnswer {
  readonly id: string;
  /** `complete`: the record was there, of the same files and settings. */
  readonly outcome: 'made' | 'complete' | 'failed';
  /** Why it failed. */
  readonly reason?: string;
  /** What its record warns of. */
  readonly warnings?: readonly string[];
}

async function work({ id, image, mask, out, settings, ...choice }: CaseJob): Promise<CaseAnswer> {
  try {
    const made = await sourcesOf(image, mask, settings, choice);
    const complete = await readCompleteRecord(out, made);
    if (complete) return { id, outcome: 'complete', warnings: complete.warnings };
    await assertWritableFolder(path.dirname(out)); // before the work that would be lost
    const record = await makeRecord(image, mask, settings, made, choice);
    await writeJson(out, record);
    return { id, outcome: 'made', warnings: record.warnings };
  } catch (error) {
    return {
      id,
      outcome: 'failed',
      reason: error instanceof UserError ? error.message : ((error as Error).stack ?? messageOf(error)),
    };
  }
}

process.on('message', (job: CaseJob) => void work(job).then((answer) => process.send?.(answer)));
// Ends with the process that started it, also when that one is killed.
process.on('disconnect', () => process.exit());
