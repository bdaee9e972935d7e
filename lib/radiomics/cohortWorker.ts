/** A process that takes the radiomics of cases: it gets one job after another over its channel and answers each. */
import { messageOf, UserError } from '../errors.ts';
import { writeJson } from '../io/files.ts';
import { makeRecord } from './record.ts';
import type { RadiomicsSettings } from './settings.ts';

export interface CaseJob {
  readonly id: string;
  readonly image: string;
  readonly mask: string;
  /** Where the record goes. */
  readonly out: string;
  readonly settings: RadiomicsSettings;
}

/** The answer to a job; `reason` when it failed. */
export interface CaseAnswer {
  readonly id: string;
  readonly reason?: string;
}

async function work({ id, image, mask, out, settings }: CaseJob): Promise<CaseAnswer> {
  try {
    await writeJson(out, await makeRecord(image, mask, settings));
    return { id };
  } catch (error) {
    return { id, reason: error instanceof UserError ? error.message : (error as Error).stack ?? messageOf(error) };
  }
}

process.on('message', (job: CaseJob) => void work(job).then((answer) => process.send?.(answer)));
// Ends with the process that started it, also when that one is killed.
process.on('disconnect', () => process.exit());
