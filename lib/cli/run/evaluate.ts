import path from 'node:path';
import { openMasks } from '../../dataset/masks.ts';
import { expected, UserError } from '../../errors.ts';
import { evaluateFiles, type LabelOptions } from '../../evaluate/files.ts';
import { formatEvaluation } from '../../evaluate/formatReport.ts';
import { type FilePairs, pairAuthors, pairFiles } from '../../evaluate/pairs.ts';
import { type EvaluationReport, makeReport } from '../../evaluate/report.ts';
import { writeReport } from '../../evaluate/writeReport.ts';
import { casesByModel } from '../../figures/casesByModel.ts';
import { saveFigure } from '../../figures/saveFigure.ts';
import { startProgress } from '../../progress.ts';
import type { Call } from '../definition.ts';
import type { options } from '../definitions/evaluate.ts';
import { shardOf } from '../options/shard.ts';
import { asShardTask } from '../shardTask.ts';

type Values = Call<typeof options>['values'];

/** Folders of one name, such as a/masks and b/masks, are told apart by their paths. */
function pairAll(predictions: readonly string[], reference: string): FilePairs[] {
  const all = predictions.map((prediction) => pairFiles(prediction, reference));
  const isUnique = new Set(all.map(({ name }) => name)).size === all.length;
  const named = isUnique ? all : all.map(({ pairs }, i) => ({ name: path.normalize(predictions[i]), pairs }));
  if (new Set(named.map(({ name }) => name)).size < named.length)
    throw expected('different predictions', `${predictions.join(', ')}`);
  return named;
}

/** What is compared with what, and what the stored values stand for. */
function whatToEvaluate({ prediction, reference, ...values }: Values, operands: readonly string[]) {
  const byName = operands.length === 1 && prediction.length === 0 && !reference;
  if (!byName && (operands.length > 0 || prediction.length === 0 || !reference))
    throw new UserError('Expected axunet evaluate --prediction P --reference R, or the name of a set of masks');
  const list = byName ? openMasks(operands[0], values.data) : undefined;
  const ofList = list && { labelMap: list.labelMap };
  if (values.labels && (values.labelMap || values.predictionMap))
    throw expected('--labels for both sides, or --label-map and --prediction-map', 'both kinds');
  const ofClasses = values.labels && { reference: values.labels, prediction: values.labels };
  const labels: LabelOptions = {
    ...(ofList && { reference: ofList, prediction: ofList }),
    ...(values.labelMap && { reference: values.labelMap }),
    ...(values.predictionMap && { prediction: values.predictionMap }),
    ...(ofClasses && { ...ofClasses, classes: values.labels!.classes }),
  };
  return { models: list ? pairAuthors(list) : pairAll(prediction, reference!), labels };
}

async function saveFigures(folder: string, report: EvaluationReport): Promise<void> {
  for (const plot of report.plots)
    await saveFigure(folder, plot.metric, casesByModel(plot), {
      inputs: [path.join(folder, 'report.json')],
      seed: report.seed,
    });
}

/** One model after the other, with one progress line on stderr. */
async function evaluateAll(models: readonly FilePairs[], labels: LabelOptions) {
  const total = models.reduce((sum, { pairs }) => sum + pairs.length, 0);
  const progress = startProgress('evaluate', total, process.stderr);
  const evaluated = [];
  let before = 0;
  for (const model of models) {
    evaluated.push(await evaluateFiles(model, labels, (done, _, note) => progress.update(before + done, note)));
    before += model.pairs.length;
  }
  progress.finish();
  return evaluated;
}

/** The pairs of the cases with these ids. */
const ofCases = (models: readonly FilePairs[], ids: ReadonlySet<string>): FilePairs[] =>
  models.map(({ name, pairs }) => ({ name, pairs: pairs.filter(({ id }) => ids.has(id)) }));

/** Scores a shard; its report is written when all are merged. */
async function evaluateShard(models: readonly FilePairs[], labels: LabelOptions, out: string, values: Values) {
  const ids = [...new Set(models.flatMap(({ pairs }) => pairs.map(({ id }) => id)))].sort();
  const cases = shardOf(ids, values.shard);
  return asShardTask('evaluate', { ...values, out }, async () => {
    const evaluated = await evaluateAll(ofCases(models, new Set(cases)), labels);
    const failed = evaluated.flatMap((model) =>
      model.failed.map(({ id, reason }) => ({ id, reason: models.length > 1 ? `${model.name}: ${reason}` : reason })),
    );
    for (const { id, reason } of failed) console.error(`axunet evaluate: case ${id} failed: ${reason}`);
    console.log(`${cases.length} of ${ids.length} cases scored, ${failed.length} failed; scores are in ${out}`);
    return { total: ids.length, cases, failed, shared: { seed: values.seed, labels }, result: evaluated };
  });
}

export async function run({ values, operands }: Call<typeof options>): Promise<number> {
  const { out, shard } = values;
  if (values.figures && (!out || shard))
    throw expected('--out with a folder for the figures, and no --shard', out ? '--shard' : 'none');
  if (shard && (!out || values.json)) throw expected('--shard with --out and without --json', out ? '--json' : 'none');
  const { models, labels } = whatToEvaluate(values, operands);
  if (shard) return evaluateShard(models, labels, out!, values);
  const report = makeReport(await evaluateAll(models, labels), values.seed, labels);
  for (const { warnings = [] } of report.models)
    for (const { id, message } of warnings) console.error(`axunet evaluate: warning: case ${id}: ${message}`);
  for (const message of report.warnings ?? []) console.error(`axunet evaluate: warning: ${message}`);
  if (out) await writeReport(out, report);
  if (out && values.figures) await saveFigures(out, report);
  console.log(values.json ? JSON.stringify(report, null, 2) : formatEvaluation(report));
  return report.models.some(({ failed }) => failed.length > 0) ? 1 : 0;
}
