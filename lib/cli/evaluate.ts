import path from 'node:path';
import { parseArgs } from 'node:util';
import { openMasks } from '../dataset/masks.ts';
import { expected, UserError } from '../errors.ts';
import { evaluateFiles, type FilePairs, type LabelOptions, pairAuthors, pairFiles } from '../evaluate/files.ts';
import { type EvaluationReport, formatEvaluation, makeReport, writeReport } from '../evaluate/report.ts';
import { casesByModel } from '../figures/casesByModel.ts';
import { saveFigure } from '../figures/saveFigure.ts';
import { startProgress } from '../progress.ts';
import type { Command } from './command.ts';
import { parseLabelMap } from './labelMap.ts';

const help = `Scores predicted masks against reference masks: overlap, surface distances, volumes (docs/metrics.md).

Usage: axunet evaluate --prediction P --reference R [options]
       axunet evaluate NAME [--data DIR] [options]

  --prediction P       a NIfTI mask, or a folder of masks that are paired with the references by id;
                       given several times, the models are compared case by case
  --reference R        a mask, or a folder of masks
  NAME                 a set that holds masks of several authors: segloss-odyssey-pancreas
  --data DIR           where that set lies (default data/NAME)
  --label-map MAP      stored value of the reference to class, such as 1:1,2:1 (the default) or 7:1,*:0
  --prediction-map MAP the same for the predictions
  --out DIR            for report.json, report.txt, cases.csv and summary.csv
  --figures            and for a figure of every case, for three metrics (<metric>.png, .svg, .json)
  --seed N             of the bootstrap intervals (default 0)
  --json               print the report as JSON

Masks on different grids are refused, naming both. Exit code 1 when a case failed or lacks its partner; the others are
scored all the same.

Example: axunet evaluate --prediction masks/ --reference labelsTr/ --out scores/`;

const options = {
  prediction: { type: 'string', multiple: true },
  reference: { type: 'string' },
  data: { type: 'string' },
  out: { type: 'string' },
  'label-map': { type: 'string' },
  'prediction-map': { type: 'string' },
  seed: { type: 'string', default: '0' },
  json: { type: 'boolean' },
  figures: { type: 'boolean' },
} as const;

/** Folders of one name, such as a/masks and b/masks, are told apart by their paths. */
function pairAll(predictions: readonly string[], reference: string): FilePairs[] {
  const all = predictions.map((prediction) => pairFiles(prediction, reference));
  const isUnique = new Set(all.map(({ name }) => name)).size === all.length;
  const named = isUnique ? all : all.map(({ pairs }, i) => ({ name: path.normalize(predictions[i]), pairs }));
  if (new Set(named.map(({ name }) => name)).size < named.length)
    throw expected('different predictions', `${predictions.join(', ')}`);
  return named;
}

async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
  const { prediction, reference } = values;
  const seed = Number(values.seed);
  if (!Number.isInteger(seed)) throw expected('--seed with a whole number', `"${values.seed}"`);
  if (values.figures && !values.out) throw expected('--out with a folder for the figures', 'none');
  const byName = positionals.length === 1 && !prediction && !reference;
  if (!byName && (positionals.length > 0 || !prediction || !reference)) {
    throw new UserError('Expected axunet evaluate --prediction P --reference R, or the name of a set of masks');
  }
  const list = byName ? openMasks(positionals[0], values.data) : undefined;
  const models = list ? pairAuthors(list) : pairAll(prediction!, reference!);
  const labels: LabelOptions = {
    ...(list && { reference: { labelMap: list.labelMap }, prediction: { labelMap: list.labelMap } }),
    ...(values['label-map'] !== undefined && { reference: parseLabelMap(values['label-map']) }),
    ...(values['prediction-map'] !== undefined && { prediction: parseLabelMap(values['prediction-map']) }),
  };
  const report = makeReport(await evaluateAll(models, labels), seed);
  if (values.out) await writeReport(values.out, report);
  if (values.out && values.figures) await saveFigures(values.out, report);
  console.log(values.json ? JSON.stringify(report, null, 2) : formatEvaluation(report));
  return report.models.some(({ failed }) => failed.length > 0) ? 1 : 0;
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

export const evaluate: Command = { name: 'evaluate', summary: 'score predicted masks against references', help, run };
