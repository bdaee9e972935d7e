/** The commands that take a cohort from files to scores and features, and where each of them writes. */
import path from 'node:path';
import { writeFileAtomic, writeJson } from '../../lib/io/files.ts';
import { makeFolder } from '../../lib/io/writable.ts';

/** One command of `axunet`. */
export interface Stage {
  readonly name: StageName;
  readonly args: readonly string[];
  /** Where it writes, of which the disk is counted. */
  readonly out?: string;
}

export type StageName = (typeof stageNames)[number];
export const stageNames = ['verify', 'preprocess', 'train', 'predict', 'evaluate', 'radiomics'] as const;

/** The network's recipe for one epoch: `study`, whose windows are 160 × 160 pixels; every slice shows pancreas. */
export const width = 16;
export const windowPixels = 160;
const training = ['--preset', 'study', '--epochs', '1', '--set', 'emptyShare=null'];

/** Validates on every fourth patient. */
const foldsOf = (ids: readonly string[]): string[][] => [
  ids.filter((_, i) => i % 4 === 2),
  ids.filter((_, i) => i % 4 !== 2),
];

/**
 * The stages of the cohort in `folder`, in order; `judged` are the masks that are scored, where not its own. Writes the
 * two tables that they read.
 */
export async function stagesOf(
  folder: string,
  cohort: string,
  ids: readonly string[],
  judged = path.join(folder, 'masks'),
): Promise<Stage[]> {
  const to = (...names: string[]): string => path.join(folder, ...names);
  const [slices, run, masks, labels] = [to('slices'), to('run'), to('masks'), path.join(cohort, 'labelsTr')];
  await makeFolder(folder);
  await writeJson(to('folds.json'), { folds: foldsOf(ids) });
  const rows = ids.map((id) => [
    id,
    ...['imagesTr', 'labelsTr'].map((part) => path.join(cohort, part, `${id}.nii.gz`)),
  ]);
  await writeFileAtomic(to('cohort.csv'), ['id,image,mask', ...rows.map((row) => row.join(','))].join('\n') + '\n');
  return [
    { name: 'verify', args: ['verify', cohort, '--out', to('verify.json')] },
    { name: 'preprocess', args: ['preprocess', cohort, '--mode', 'paper', '--out', slices], out: slices },
    {
      name: 'train',
      args: ['train', '--slices', slices, '--folds-file', to('folds.json'), ...training, '--out', run],
      out: run,
    },
    { name: 'predict', args: ['predict', path.join(cohort, 'imagesTr'), '--run', run, '--out', masks], out: masks },
    {
      name: 'evaluate',
      args: ['evaluate', '--prediction', judged, '--reference', labels, '--out', to('scores')],
      out: to('scores'),
    },
    {
      name: 'radiomics',
      args: ['radiomics', '--cohort', to('cohort.csv'), '--out', to('features')],
      out: to('features'),
    },
  ];
}
