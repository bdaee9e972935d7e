import { parseArgs } from 'node:util';
import { startEngine } from '../engine/engine.ts';
import { expected, UserError } from '../errors.ts';
import { findVolumes, predictFiles } from '../predict/files.ts';
import { startProgress } from '../progress.ts';
import { loadRun } from '../train/loadRun.ts';
import type { Command } from './command.ts';
import { shardOf } from './shard.ts';

const help = `Segments CT volumes with a trained network.

Usage: axunet predict FOLDER|FILE... --run RUN --out DIR [options]

  FOLDER|FILE     NIfTI volumes in HU, in any orientation; labels are not needed
  --run RUN       the folder that \`axunet train\` made
  --out DIR       for each volume <name>.nii.gz (0 and 1, on the voxels of the source) and <name>.json
  --probability   also <name>_probability.nii.gz
  --threshold P   the probability from which a voxel is pancreas (default 0.5)
  --weights W     best (highest validation Dice, the default) or last
  --shard I/N     only every N-th volume from the I-th (1 to N), for several machines on one folder

What is complete is skipped (same input, network and options), so an interrupted run is simply started again.
Exit code 1 when a volume failed; the others are made all the same.

Example: axunet predict scans/ --run runs/nih --out masks/`;

async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args, allowPositionals: true,
    options: {
      run: { type: 'string' }, out: { type: 'string' }, probability: { type: 'boolean', default: false }, threshold: { type: 'string', default: '0.5' },
      weights: { type: 'string', default: 'best' }, shard: { type: 'string' },
    },
  });
  const { run: folder, out, weights, probability } = values;
  if (positionals.length === 0 || folder === undefined || out === undefined) throw new UserError('Expected axunet predict FOLDER|FILE... --run RUN --out DIR');
  if (weights !== 'best' && weights !== 'last') throw expected('--weights best or last', `"${weights}"`);
  const threshold = Number(values.threshold);
  if (!(threshold > 0 && threshold <= 1)) throw expected('--threshold above 0 and at most 1', `"${values.threshold}"`);
  const inputs = shardOf(await findVolumes(positionals), values.shard);
  await startEngine();
  const trained = await loadRun(folder, weights);
  const { data } = trained.description;
  if (data.unit === 'px') throw expected('a network trained on CT volumes', `one trained on pictures without CT numbers and spacing (${data.dataset})`, folder);
  const progress = startProgress('predict', inputs.length);
  const report = await predictFiles(trained, inputs, {
    out, probability, threshold, onProgress: (done, _, note) => progress.update(Math.round(100 * done) / 100, note),
  });
  progress.finish(`${report.made.length} made, ${report.skipped.length} complete already, ${report.failed.length} failed; masks are in ${out}`);
  for (const { file, reason } of report.failed) console.error(`axunet predict: ${file} failed: ${reason}`);
  return report.failed.length ? 1 : 0;
}

export const predict: Command = { name: 'predict', summary: 'segment CT volumes with a trained network', help, run };
