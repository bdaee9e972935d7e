import { parseArgs } from 'node:util';
import { openDataset } from '../dataset/cases.ts';
import { expected, UserError } from '../errors.ts';
import { type Manifest, preprocessDataset } from '../preprocess/slices.ts';
import type { PreprocessMode, WindowHu } from '../preprocess/window.ts';
import { startProgress } from '../progress.ts';
import type { Command } from './command.ts';
import { parseLabelMap } from './labelMap.ts';
import { parseShard } from './shard.ts';

const help = `Makes the slices that the network is trained on.

Usage: axunet preprocess DATASET|FOLDER --out DIR [options]

  DATASET         a name that \`axunet data\` lists; FOLDER any folder of images and labels
  --data DIR      where the data set lies, if not in data/<name>
  --out DIR       where the slices go: data/, label/ (.npy) and manifest.json
  --mode MODE     default: soft-tissue window, every slice
                  paper: ±1024 HU, without the end slices, at least 32 foreground pixels
  --window LO,HI  the HU shown as 0 and as 1 in default mode (default -160,240)
  --label-map MAP stored label to class (1 pancreas, 0 background), such as 1:1,2:1; 7:1,*:0 takes all but 7 for background
  --shard I/N     only every N-th case from the I-th (1 to N), for several machines on one folder
  --json          print a summary as JSON

Complete cases are kept, so an interrupted run is simply started again.
Exit code 1 when a case could not be made; the others are made all the same.

Example: axunet preprocess phantom --out data/slices`;

function parseMode(text: string): PreprocessMode {
  if (text === 'default' || text === 'paper') return text;
  throw expected('--mode default or paper', `"${text}"`);
}

function parseWindow(text: string | undefined): WindowHu | undefined {
  if (text === undefined) return undefined;
  const [low, high, ...rest] = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  if (Number.isFinite(low) && Number.isFinite(high) && !rest.length) return [low, high];
  throw expected('--window as two numbers, such as --window=-160,240', `"${text}"`);
}

function summaryOf({ dataset, mode, windowHu, slices, cases, failed, pending }: Manifest, out: string): object {
  return {
    out,
    dataset,
    mode,
    windowHu,
    cases: cases.length,
    failed,
    pending: pending.length,
    slices: slices.length,
    slicesWithForeground: slices.filter(({ foreground }) => foreground > 0).length,
    foregroundPixels: slices.reduce((sum, { foreground }) => sum + foreground, 0),
  };
}

const counted = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;

function printSummary({ slices, cases, failed, pending }: Manifest, out: string): void {
  for (const { id, reason } of failed) console.error(`axunet preprocess: case ${id} failed: ${reason}`);
  const withForeground = slices.filter(({ foreground }) => foreground > 0).length;
  console.log(
    `${counted(slices.length, 'slice')} (${withForeground} with foreground) of ${counted(cases.length, 'case')} in ${out}` +
      `${failed.length ? `; ${counted(failed.length, 'case')} failed` : ''}${pending.length ? `; ${counted(pending.length, 'case')} left to other shards` : ''}`,
  );
}

/** `--window -160,240` reads as an option to parseArgs, so the two words become one. */
const joinWindow = (args: string[]): string[] => {
  const at = args.indexOf('--window');
  return at < 0 || args[at + 1] === undefined
    ? args
    : [...args.slice(0, at), `--window=${args[at + 1]}`, ...args.slice(at + 2)];
};

async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: joinWindow(args),
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      out: { type: 'string' },
      mode: { type: 'string', default: 'default' },
      window: { type: 'string' },
      'label-map': { type: 'string' },
      shard: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  if (positionals.length !== 1)
    throw new UserError('Expected one data set or folder: axunet preprocess DATASET|FOLDER --out DIR');
  if (!values.out) throw new UserError('Expected --out DIR, the folder for the slices, found none');
  const { out } = values;
  const options = {
    out,
    mode: parseMode(values.mode),
    windowHu: parseWindow(values.window),
    shard: parseShard(values.shard),
  };
  const labels = values['label-map'] === undefined ? undefined : parseLabelMap(values['label-map']);
  const list = await openDataset(positionals[0], values.data, labels);
  const total = Math.ceil((list.cases.length - (options.shard?.index ?? 0)) / (options.shard?.count ?? 1));
  const progress = values.json ? undefined : startProgress('preprocess', total);
  const manifest = await preprocessDataset(list, {
    ...options,
    onProgress: (done, _, note) => progress?.update(done, note),
  });
  progress?.finish();
  if (values.json) console.log(JSON.stringify(summaryOf(manifest, out)));
  else printSummary(manifest, out);
  return manifest.failed.length ? 1 : 0;
}

export const preprocess: Command = {
  name: 'preprocess',
  summary: 'make the slices that the network is trained on',
  help,
  run,
};
