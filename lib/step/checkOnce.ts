/** A graph is checked once on this TensorFlow with these kernels; a note of it lies in the cache folder. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { currentEngine } from 'axunet-engine/engine';
import { engineSettings } from 'axunet-engine/settings';
import { cacheFolder } from 'axunet-engine/setup/cacheFolder';
import { graphBindingFile } from 'axunet-engine/system/tensorflow';
import { sha256, writeJson } from '../io/files.ts';
import { readJsonIfGood } from '../io/schema.ts';
import { isEqualEnough, type StepCheck, stepCheckSchema, type Tolerance } from './checkStep.ts';

function noteFile(digest: string): string {
  const { size, mtimeMs } = statSync(graphBindingFile()); // another build of our kernels is another step
  const name = sha256(`${digest} ${currentEngine().description} ${size} ${mtimeMs}`).slice(0, 32);
  return path.join(cacheFolder(), 'checked-steps', `${name}.json`);
}

function formatCheck({ cosine }: StepCheck, tolerance: Tolerance): string {
  const nearness = tolerance === 'sameKernels' ? 'equal' : 'near';
  return `gradients ${nearness} the uncompiled ones (cosine 1 − ${Math.max(0, 1 - cosine).toExponential(0)})`;
}

/** What came of a check, or of the decision not to make one. */
export interface CheckedStep {
  /** False where it was checked and is wrong; true where it is right, and where it was not to be checked. */
  readonly mayRun: boolean;
  /** What came out, in words. */
  readonly outcome: string;
}

/** Runs `check` for the graph of this digest, unless AXUNET_STEP_CHECK or a note says that it need not. */
export async function checkOnce(
  digest: string,
  tolerance: Tolerance,
  check: () => Promise<StepCheck>,
): Promise<CheckedStep> {
  if (engineSettings.stepCheck === 'never') return { mayRun: true, outcome: 'not checked (AXUNET_STEP_CHECK=never)' };
  const file = noteFile(digest);
  const noted = engineSettings.stepCheck === 'once' ? await readJsonIfGood(file, stepCheckSchema) : undefined;
  if (noted) return { mayRun: true, outcome: `${formatCheck(noted, tolerance)}, checked before` };
  const result = await check();
  if (!isEqualEnough(result, tolerance)) {
    const differences = `cosine ${result.cosine}, loss by ${result.lossDifference.toExponential(1)} of it`;
    return { mayRun: false, outcome: `its gradients differ from the uncompiled ones (${differences})` };
  }
  await writeJson(file, result);
  return { mayRun: true, outcome: formatCheck(result, tolerance) };
}
