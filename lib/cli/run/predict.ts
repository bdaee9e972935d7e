import { startEngine } from 'axunet-engine/engine';
import { cleanText, expected, UserError } from '../../errors.ts';
import { type PredictReport, predictFiles } from '../../predict/files.ts';
import { findVolumes, type VolumeInput } from '../../predict/inputs.ts';
import { describePostprocessing, type Postprocessing } from '../../predict/postprocess.ts';
import { nthOf, type Progress, startProgress } from '../../progress.ts';
import type { Call } from '../definition.ts';
import type { options } from '../definitions/predict.ts';
import { seriesOf } from '../options/series.ts';
import { shardOf } from '../options/shard.ts';
import { asShardTask } from '../shardTask.ts';
import { loadNetworks, runsOr, settle } from './networks.ts';
import { byUnseenNetworks } from './unseen.ts';

type Values = Call<typeof options>['values'];

/** What post-processing did to each mask. */
function tellPostprocessed({ postprocessed = [] }: PredictReport, postprocessing: Postprocessing): void {
  const widest = Math.max(...postprocessed.map(({ name }) => name.length));
  console.log(`Post-processing (${describePostprocessing(postprocessing)}), ml before and after:`);
  for (const { name, beforeMl, afterMl } of postprocessed)
    console.log(`  ${name.padEnd(widest)}  ${beforeMl.toFixed(2)}  ${afterMl.toFixed(2)}`);
}

/** So many files are named by a warning that concerns more. */
const mostNamed = 3;

/** What is odd, a line each: what is the same in several files once. */
function warningLines({ warnings = [] }: PredictReport): string[] {
  const files = new Map<string, string[]>();
  for (const { file, message } of warnings) files.set(message, [...(files.get(message) ?? []), cleanText(file)]);
  return [...files].map(([message, all]) => {
    const more = all.length > mostNamed ? ` and ${all.length - mostNamed} more` : '';
    return `${all.slice(0, mostNamed).join(', ')}${more}: ${message}`;
  });
}

/** Inputs and the runs that predict them. */
interface Group {
  readonly runs: readonly string[];
  readonly inputs: readonly VolumeInput[];
}

/** What is done with every group alike. */
interface Chosen {
  readonly out: string;
  readonly threshold?: number;
  readonly postprocessing?: Postprocessing;
}

/** Predicts the inputs of a group; `before` inputs of others are done. */
async function predictGroup(
  { runs, inputs }: Group,
  { out, threshold, postprocessing }: Chosen,
  values: Values,
  [progress, before]: readonly [Progress, number],
): Promise<PredictReport> {
  const networks = await loadNetworks(runs, values.weights);
  if (networks.length > 1) console.log(`Averaging the probabilities of ${networks.length} networks`);
  try {
    return await predictFiles(networks, inputs, {
      out,
      formats: values.format,
      probability: values.probability,
      threshold,
      mirror: values.mirror ?? [],
      postprocessing,
      windowHu: values.window,
      spacingMm: values.spacing,
      onChoice: (line) => console.log(line),
      onProgress: (done, _, note) => progress.update(before + done, note),
    });
  } finally {
    for (const { model } of networks) model.dispose();
  }
}

/** What several groups gave, as one. */
function joined(reports: readonly PredictReport[]): PredictReport {
  const warnings = reports.flatMap((report) => report.warnings ?? []);
  return {
    made: reports.flatMap(({ made }) => made),
    skipped: reports.flatMap(({ skipped }) => skipped),
    failed: reports.flatMap(({ failed }) => failed),
    postprocessed: reports.flatMap(({ postprocessed = [] }) => postprocessed),
    ...(warnings.length > 0 && { warnings }),
  };
}

/** Predicts and tells about it; the inputs that failed, by name. */
async function predictAll(inputs: readonly VolumeInput[], groups: readonly Group[], chosen: Chosen, values: Values) {
  const what = inputs.every(({ isPicture }) => isPicture) ? 'picture' : 'volume';
  const progress = startProgress('predict', inputs.length, process.stdout, nthOf(what));
  const reports: PredictReport[] = [];
  let before = 0;
  for (const group of groups) {
    reports.push(await predictGroup(group, chosen, values, [progress, before]));
    before += group.inputs.length;
  }
  const report = joined(reports);
  const { made, skipped, failed } = report;
  progress.finish(
    `${made.length} made, ${skipped.length} complete already, ${failed.length} failed; masks are in ${chosen.out}`,
  );
  if (chosen.postprocessing) tellPostprocessed(report, chosen.postprocessing);
  for (const line of warningLines(report)) console.error(`axunet predict: warning: ${line}`);
  for (const { file, reason } of failed) console.error(`axunet predict: ${cleanText(file)} failed: ${reason}`);
  const names = new Map(inputs.map(({ file, name }) => [file, name]));
  return failed.map(({ file, reason }) => ({ id: names.get(file) ?? file, reason }));
}

export async function run({ values, operands }: Call<typeof options>): Promise<number> {
  const { out, unseen } = values;
  if (operands.length === 0 || out === undefined)
    throw new UserError('Expected axunet predict FOLDER|FILE... --out DIR, and --run RUN for a network of your own');
  if (unseen && values.run.length === 0) throw expected('--unseen with --run RUN', 'none');
  const runs = runsOr(values.run);
  const { threshold, postprocessing } = await settle(runs, values.threshold, values.postprocess);
  const all = await findVolumes(operands, seriesOf(values));
  const inputs = shardOf(all, values.shard);
  const { weights, mirror, window, spacing, format, probability } = values;
  const shared = { weights, mirror, window, spacing, format, probability, unseen, threshold, postprocessing };
  return asShardTask('predict', { ...values, out }, async () => {
    await startEngine();
    const groups = unseen ? await byUnseenNetworks(inputs, runs, weights) : [{ runs, inputs }];
    const failed = await predictAll(inputs, groups, { out, threshold, postprocessing }, values);
    const asWritten = JSON.parse(JSON.stringify(shared)) as unknown;
    return { total: all.length, cases: inputs.map(({ name }) => name), failed, shared: asWritten };
  });
}
