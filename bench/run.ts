/** `npm run bench`: measures named jobs and prints them as a table or as JSON, one line a job. */
import { parseArgs } from 'node:util';
import { expected, UserError } from '../lib/errors.ts';
import { settings } from '../lib/settings.ts';
import type { BenchJob } from './job.ts';
import { networkTasks, runNetwork } from './network.ts';
import { paperSizeArguments, paperSizeOptions } from './paper-size/options.ts';
import {
  type DiceArguments,
  diceArguments,
  nnunetOptions,
  timeToDiceOptions,
  wholeNumber,
} from './time-to-dice-options.ts';

const fileJobs: Record<string, () => Promise<BenchJob[]>> = {
  'nifti-read': async () => (await import('./nifti-read.ts')).run(),
  'dicom-read': async () => (await import('./dicom-read.ts')).run(),
  preprocess: async () => (await import('./preprocess.ts')).run(),
  metrics: async () => (await import('./imaging.ts')).runMetrics(),
  components: async () => (await import('./imaging.ts')).runComponents(),
  edt: async () => (await import('./imaging.ts')).runEdt(),
  radiomics: async () => (await import('./radiomics.ts')).run(),
  filters: async () => (await import('./filters.ts')).run(),
  loss: async () => (await import('./loss.ts')).run(),
  'loss-eager': async () => (await import('./loss.ts')).run('eager'),
  'loss-distance': async () => (await import('./distance-loss.ts')).run(),
};
const jobNames = [...Object.keys(networkTasks), ...Object.keys(fileJobs)];

const help = `npm run bench -- NAME [--json] [--n 7]

Measures one job, or all of them, and the peer's time beside it where AXUNET_PEER_PYTHON names a Python with
torch, nibabel and numpy; for dicom-read SimpleITK; for metrics, components and edt surface-distance-based-measures,
connected-components-3d and edt; for radiomics and filters pyradiomics; for loss and loss-eager monai; for
loss-distance monai and scipy.

  NAME     ${jobNames.join(', ')} or all;
           soak: 2,000 compiled steps, their memory, and how far compiled and eager steps drift apart (alone, no peer);
           time-to-dice: our trainer and PyTorch, the same recipe on the same folds, to the same DSC;
           paper-size: a cohort of the size of NIH Pancreas-CT through all commands, some of it through Python too;
           nnunet: nnU-Net on the folds of time-to-dice, as long as ours took
  --json   one line of JSON a job instead of a table
  --n N    repetitions of the train and infer jobs, 7 by default; steps that time-to-dice tries the peer's ways with

Of time-to-dice and nnunet, which go on where they were stopped (docs/benchmarks.md):
  --epochs N    epochs of each training; or
  --minutes M   for all folds and both programs together: the epochs are chosen so that they fit; of nnunet the
                minutes of each training, instead of as long as ours took
  --folds 0,1   the folds to measure, of five; all by default
  --every N     score the unseen patients after every so many epochs, 1 by default
  --threads N   of each program, 2 by default
  --patients N  at most so many on either side of a fold, to try the commands; all by default
  --memory GB   nnunet alone: the memory that its planning aims at, instead of its default
  --data DIR    where the pictures of nih-2d lie, if not in data/nih-2d
  --out DIR     where the record and its figure go, figures/recorded/time-to-dice by default

Of paper-size, which goes on after the last stage that ended:
  --volumes N   82 by default; each takes up to 0.5 GB of disk in runs/bench/paper-size
  --compared N  so many of them go through the Python script too, 3 by default
  --out DIR     where the record and its figure go, figures/recorded/paper-size by default
`;

const columns: [keyof BenchJob, string, number][] = [
  ['job', 'job', 22],
  ['ours_s', 'ours s', 9],
  ['ours_median_s', 'median', 9],
  ['peer_s', 'peer s', 9],
  ['peer_median_s', 'median', 9],
  ['ratio', 'ratio', 7],
  ['n', 'n', 4],
  ['ours_rss_mb', 'ours MiB', 9],
  ['peer_rss_mb', 'peer MiB', 9],
  ['ours', 'ours', 24],
  ['peer', 'peer', 30],
];

const leftAligned = new Set<keyof BenchJob>(['job', 'ours', 'peer']);
const cell = (value: unknown, key: keyof BenchJob, width: number): string =>
  leftAligned.has(key) ? String(value).padEnd(width) : String(value).padStart(width);
const row = (job: BenchJob): string =>
  columns
    .map(([key, , width]) => cell(job[key] ?? '–', key, width))
    .join(' ')
    .trimEnd();
const heading = (): string =>
  columns
    .map(([key, title, width]) => cell(title, key, width))
    .join(' ')
    .trimEnd();

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      n: { type: 'string', default: '7' },
      ...diceArguments,
      ...paperSizeArguments,
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help || positionals.length === 0) return void process.stdout.write(help);
  if (positionals[0] === 'soak') return (await import('./soak.ts')).runSoak();
  const n = wholeNumber('repetitions', values.n);
  const given = values as DiceArguments;
  if (positionals[0] === 'time-to-dice')
    return (await import('./time-to-dice.ts')).runTimeToDice(timeToDiceOptions(given, n));
  if (positionals[0] === 'nnunet') return (await import('./nnunet.ts')).runNnunet(nnunetOptions(given));
  if (positionals[0] === 'paper-size')
    return (await import('./paper-size/main.ts')).runPaperSize(paperSizeOptions(values));
  const names = positionals.flatMap((name) => (name === 'all' ? jobNames : [name]));
  for (const name of names) if (!jobNames.includes(name)) throw expected(`one of ${jobNames.join(', ')} or all`, name);
  if (!settings.peerPython) {
    console.error(
      'No peer is measured: AXUNET_PEER_PYTHON can name a Python interpreter that has the peers (docs/benchmarks.md).',
    );
  }
  if (!values.json) console.log(heading());
  for (const name of names) {
    try {
      const results = name in networkTasks ? [await runNetwork(name, n)] : await fileJobs[name]();
      for (const result of results) console.log(values.json ? JSON.stringify(result) : row(result));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      // A peer's Python may lack what one job needs; the others run all the same.
      console.error(`${name}: ${error.message}`);
      process.exitCode = 1;
    }
  }
}

main(process.argv.slice(2)).catch((error: NodeJS.ErrnoException) => {
  const forTheUser = error instanceof UserError || error.code?.startsWith('ERR_PARSE_ARGS');
  console.error(forTheUser ? error.message : error);
  process.exitCode = 1;
});
