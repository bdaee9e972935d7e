import { existsSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type OpenOptions } from '../dataset/caseList.ts';
import { openDataset, openPair } from '../dataset/cases.ts';
import { readFolds } from '../dataset/folds.ts';
import { openMasks } from '../dataset/masks.ts';
import { findDataset } from '../dataset/registry.ts';
import { formatReport, type VerifyReport, verifyDataset, verifyMasks } from '../dataset/verify.ts';
import { expected } from '../errors.ts';
import { writeJson } from '../io/files.ts';
import { startProgress } from '../progress.ts';
import type { Command } from './command.ts';
import { parseLabelMap } from './labelMap.ts';

const help = `Usage: axunet verify NAME | FOLDER | IMAGE LABEL  [options]

Checks images and labels before they are used for training: pairs by id, readable files, shapes, spacing, affine,
NaN and infinite values, label values, empty labels, duplicates, HU, labels mirrored against their image.

  NAME           a data set, such as phantom, nih-2d, msd-task07, panorama (\`axunet data\` lists them)
  FOLDER         any folder: imagesTr + labelsTr (nnU-Net, Decathlon), images + labels, images + masks
  IMAGE LABEL    two files, or two folders whose files carry the same ids

  --data DIR          where the named set lies (default data/NAME)
  --label-map MAP     stored label to class (1 pancreas, 0 background), such as 1:1,2:1; 7:1,*:0 takes all but 7
                      for background
  --folds FILE        also check that these folds fit the set's patients and overlap nowhere
  --out FILE          write the report as JSON
  --json              print the report as JSON

Exit code 0: fit for training (warnings may want a look); 1: errors.

Example: axunet verify ct.nii.gz label.nii.gz --label-map 1:1,2:1`;

interface Options {
  data?: string;
  labels?: OpenOptions;
  folds?: string;
}

/** Verifies a set by name or folder, or a pair, with a progress line on stderr. */
export async function verifyNamed(
  target: string,
  partner: string | undefined,
  options: Options,
): Promise<VerifyReport> {
  let progress: ReturnType<typeof startProgress> | undefined;
  const onProgress = (done: number, total: number, note: string): void => {
    progress ??= startProgress('verify', total, process.stderr);
    progress.update(done, note);
    if (done === total) progress.finish();
  };
  if (findDataset(target)?.kind === 'masks') return verifyMasks(openMasks(target, options.data), { onProgress });
  const list =
    partner !== undefined
      ? await openPair(target, partner, options.labels)
      : await openDataset(target, options.data, options.labels);
  const folds = options.folds ? await readFolds(options.folds) : undefined;
  return verifyDataset(list, { onProgress, ...(folds && { folds }) });
}

async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      'label-map': { type: 'string' },
      folds: { type: 'string' },
      out: { type: 'string' },
      json: { type: 'boolean' },
    },
  });
  const [target, partner, ...rest] = positionals;
  if (!target || rest.length) throw expected('NAME, FOLDER or IMAGE LABEL', positionals.join(' ') || 'nothing');
  if (partner === undefined && existsSync(target) && statSync(target).isFile())
    throw expected('a label file behind the image', `only ${target}`);
  const labels = values['label-map'] === undefined ? undefined : parseLabelMap(values['label-map']);
  const report = await verifyNamed(target, partner, {
    ...(values.data && { data: values.data }),
    ...(values.folds && { folds: values.folds }),
    ...(labels && { labels }),
  });
  if (values.out) await writeJson(values.out, report);
  console.log(values.json ? JSON.stringify(report, null, 2) : formatReport(report));
  return report.totals.errors ? 1 : 0;
}

export const verify: Command = { name: 'verify', summary: 'check images and labels before training', help, run };
