import type { CaseList } from '../../dataset/caseList.ts';
import { openDataset } from '../../dataset/cases.ts';
import { describeLabels } from '../../dataset/labelNames.ts';
import { cleanText, UserError } from '../../errors.ts';
import { readPlanFile } from '../../plan/planFile.ts';
import type { Manifest } from '../../preprocess/manifest.ts';
import { preprocessDataset } from '../../preprocess/slices.ts';
import type { WindowHu } from '../../preprocess/window.ts';
import { startProgress } from '../../progress.ts';
import type { ShardWork } from '../../shards/shardRecord.ts';
import type { Call } from '../definition.ts';
import type { options } from '../definitions/preprocess.ts';
import { openOptionsOf, withPlanned } from '../options/labelMap.ts';
import { seriesOf } from '../options/series.ts';
import { shardOf } from '../options/shard.ts';
import { asShardTask } from '../shardTask.ts';

type Values = Call<typeof options>['values'];

const withForeground = ({ slices }: Manifest): number => slices.filter(({ foreground }) => foreground > 0).length;

function summaryOf(manifest: Manifest, list: CaseList, out: string): object {
  const { dataset, mode, windowHu, slices, cases, failed, pending } = manifest;
  return {
    out,
    dataset,
    mode,
    windowHu,
    cases: cases.length,
    labelMap: list.labelMap,
    classes: list.classes,
    labels: describeLabels(list),
    failed,
    warnings: [...warningsIn(manifest), ...doubtsOfSet(manifest).map((message) => ({ message }))],
    pending: pending.length,
    slices: slices.length,
    slicesWithForeground: withForeground(manifest),
    foregroundPixels: slices.reduce((sum, { foreground }) => sum + foreground, 0),
  };
}

/** What is odd in the files of the cases, by case. */
const warningsIn = ({ cases }: Manifest): { id: string; message: string }[] =>
  cases.flatMap(({ id, warnings = [] }) => warnings.map((message) => ({ id, message })));

/** What is odd of the set as a whole. */
const doubtsOfSet = (manifest: Manifest): string[] =>
  manifest.slices.length > 0 && withForeground(manifest) === 0 ? ['no label of the set has any foreground'] : [];

const counted = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;

function printSummary(manifest: Manifest, out: string): void {
  const { slices, cases, failed, pending } = manifest;
  for (const { id, reason } of failed) console.error(`axunet preprocess: case ${cleanText(id)} failed: ${reason}`);
  const made = `${counted(slices.length, 'slice')} (${withForeground(manifest)} with foreground)`;
  const parts = [
    `${made} of ${counted(cases.length, 'case')} in ${out}`,
    ...(failed.length > 0 ? [`${counted(failed.length, 'case')} failed`] : []),
    ...(pending.length > 0 ? [`${counted(pending.length, 'case')} left to other shards`] : []),
  ];
  console.log(parts.join('; '));
}

export async function run({ values, operands }: Call<typeof options>): Promise<number> {
  const { out } = values;
  if (operands.length !== 1)
    throw new UserError('Expected one data set or folder: axunet preprocess DATASET|FOLDER --out DIR');
  if (!out) throw new UserError('Expected --out DIR, the folder for the slices, found none');
  const planned = values.config === undefined ? undefined : (await readPlanFile(values.config)).preprocess;
  const asked = { ...openOptionsOf(values), ...seriesOf(values) };
  const windowHu = values.window ?? planned?.windowHu;
  const list = await openDataset(operands[0], values.data, withPlanned(asked, planned?.labels));
  if (!values.json) console.log(describeLabels(list));
  const work = (): Promise<ShardWork> => make(list, out, windowHu, values);
  return asShardTask('preprocess', { ...values, out }, work);
}

/** Makes the slices and tells about them. */
async function make(list: CaseList, out: string, windowHu: WindowHu | undefined, values: Values): Promise<ShardWork> {
  const { mode, shard } = values;
  const total = Math.ceil((list.cases.length - (shard?.index ?? 0)) / (shard?.count ?? 1));
  const progress = values.json ? undefined : startProgress('preprocess', total);
  const manifest = await preprocessDataset(list, {
    out,
    mode,
    windowHu,
    shard,
    onProgress: (done, _, note) => progress?.update(done, note),
  });
  progress?.finish();
  if (values.json) console.log(JSON.stringify(summaryOf(manifest, list, out)));
  else printSummary(manifest, out);
  for (const { id, message } of warningsIn(manifest))
    console.error(`axunet preprocess: warning: case ${id}: ${message}`);
  for (const message of doubtsOfSet(manifest)) console.error(`axunet preprocess: warning: ${message}`);
  const { slices: _slices, cases: _cases, failed, pending: _pending, ...shared } = manifest;
  const cases = shardOf(list.cases, shard).map(({ id }) => id);
  return { total: list.cases.length, cases, failed, shared };
}
