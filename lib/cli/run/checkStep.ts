import { modelConfig } from '../../model/axunet.ts';
import { isEqualEnough, type StepCheck, toleranceOf } from '../../step/checkStep.ts';
import { type CheckTask, runCheckTask } from '../../step/checkTask.ts';
import { parseChanges, trainConfig } from '../../train/config.ts';
import type { Call } from '../definition.ts';
import type { options } from '../definitions/checkStep.ts';

/** What `--size`, `--batch` and `--set` ask for. */
function taskOf({ size, batch, set }: Call<typeof options>['values']): CheckTask {
  const { seed, variant, width, asppRates, loss, precision, recompute } = trainConfig(parseChanges(set));
  const model = modelConfig({ variant, width, asppRates: [...asppRates], inputSize: [size, size] });
  return { model, seed, loss, batch, bfloat16: precision === 'bfloat16', recompute: recompute ?? undefined };
}

/** The result in one line, for reading. */
function describe({ cosine, lossDifference }: StepCheck): string {
  const [angle, loss] = [1 - cosine, lossDifference].map((value) => value.toExponential(1));
  return `cosine between the gradients: 1 − ${angle}; losses differ by ${loss} of the loss`;
}

export async function run({ values }: Call<typeof options>): Promise<number> {
  const { kernels } = values;
  const task = taskOf(values);
  const result = await runCheckTask({ ...task, kernels });
  console.log(values.json ? JSON.stringify(result) : describe(result));
  return isEqualEnough(result, toleranceOf({ ...task, kernels })) ? 0 : 1;
}
