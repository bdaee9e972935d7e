import { startEngine } from 'axunet-engine/engine';
import { openDataset } from '../../dataset/cases.ts';
import { describeLabels } from '../../dataset/labelNames.ts';
import { cleanText, expected } from '../../errors.ts';
import { describePlan } from '../../plan/describePlan.ts';
import { makePlan } from '../../plan/makePlan.ts';
import { assertPlanPlace, writePlan } from '../../plan/planFile.ts';
import { startProgress } from '../../progress.ts';
import { projectPath } from '../../settings.ts';
import type { Call } from '../definition.ts';
import type { options } from '../definitions/plan.ts';
import { openOptionsOf } from '../options/labelMap.ts';
import { seriesOf } from '../options/series.ts';

const gigabyte = 2 ** 30;

/** A word as a shell reads it back. */
const shellWord = (word: string): string =>
  /^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** The command that trains by a plan, for the folder where it is typed. */
function trainCommand(set: string, data: string | undefined, file: string): string {
  const place = data === undefined ? [] : ['--data', data];
  const words = ['--dataset', set, ...place, '--config', file].map(shellWord);
  return cleanText(`axunet train ${words.join(' ')} --out RUN`);
}

export async function run({ values, operands }: Call<typeof options>): Promise<number> {
  const { minutes, memory, json, data } = values;
  if (operands.length !== 1) throw expected('one DATASET or FOLDER', operands.join(' ') || 'nothing');
  const labels = { ...openOptionsOf(values), ...seriesOf(values) };
  const list = await openDataset(operands[0]!, data, labels);
  const out = values.out ?? projectPath('data', 'plans', `${list.dataset.replace(/[^\w.-]+/g, '-')}.json`);
  await assertPlanPlace(out);
  if (!json) console.log(describeLabels(list));
  await startEngine();
  const progress = json ? undefined : startProgress('read', list.cases.length);
  const plan = await makePlan(list, {
    minutes,
    memory: memory === undefined ? undefined : memory * gigabyte,
    labels,
    onProgress(done, total, note) {
      progress?.update(done, note);
      if (done === total) progress?.finish();
    },
    onWarning: (id, warning) => console.error(`axunet plan: warning: case ${cleanText(id)}: ${cleanText(warning)}`),
  });
  await writePlan(out, plan);
  for (const { id, reason } of plan.fingerprint.skipped)
    console.error(`axunet plan: case ${cleanText(id)} is left out: ${cleanText(reason)}`);
  if (json) console.log(JSON.stringify(plan, null, 2));
  else console.log(`${describePlan(plan)}\n\nsaved in ${cleanText(out)}: ${trainCommand(operands[0]!, data, out)}`);
  return plan.fingerprint.skipped.length > 0 ? 1 : 0;
}
