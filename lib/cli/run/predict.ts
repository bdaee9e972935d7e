import { startEngine } from 'axunet-engine/engine';
import { cleanText, UserError } from '../../errors.ts';
import { type PredictReport, predictFiles } from '../../predict/files.ts';
import { findVolumes } from '../../predict/inputs.ts';
import { describePostprocessing, type Postprocessing } from '../../predict/postprocess.ts';
import { nthOf, startProgress } from '../../progress.ts';
import type { Call } from '../definition.ts';
import type { options } from '../definitions/predict.ts';
import { seriesOf } from '../options/series.ts';
import { shardOf } from '../options/shard.ts';
import { loadNetworks, runsOr, settle } from './networks.ts';

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

export async function run({ values, operands }: Call<typeof options>): Promise<number> {
  const { out, weights, mirror = [], probability } = values;
  if (operands.length === 0 || out === undefined)
    throw new UserError('Expected axunet predict FOLDER|FILE... --out DIR, and --run RUN for a network of your own');
  const runs = runsOr(values.run);
  const { threshold, postprocessing } = await settle(runs, values.threshold, values.postprocess);
  const inputs = shardOf(await findVolumes(operands, seriesOf(values)), values.shard);
  await startEngine();
  const networks = await loadNetworks(runs, weights);
  if (networks.length > 1) console.log(`Averaging the probabilities of ${networks.length} networks`);
  const what = inputs.every(({ isPicture }) => isPicture) ? 'picture' : 'volume';
  const progress = startProgress('predict', inputs.length, process.stdout, nthOf(what));
  const report = await predictFiles(networks, inputs, {
    out,
    formats: values.format,
    probability,
    threshold,
    mirror,
    postprocessing,
    windowHu: values.window,
    spacingMm: values.spacing,
    onChoice: (line) => console.log(line),
    onProgress: (done, _, note) => progress.update(done, note),
  });
  const { made, skipped, failed } = report;
  progress.finish(
    `${made.length} made, ${skipped.length} complete already, ${failed.length} failed; masks are in ${out}`,
  );
  if (postprocessing) tellPostprocessed(report, postprocessing);
  for (const line of warningLines(report)) console.error(`axunet predict: warning: ${line}`);
  for (const { file, reason } of failed) console.error(`axunet predict: ${cleanText(file)} failed: ${reason}`);
  return failed.length ? 1 : 0;
}
