/** Losses, forward and backward on [5, 512, 512, 2], against MONAI's (cross-entropy against PyTorch's). */

import { fileURLToPath } from 'node:url';
import { expected } from '../lib/errors.ts';
import { losses } from '../lib/loss/losses.ts';
import { settings } from '../lib/settings.ts';
import { type Contender, contest, startContender, startOurs } from './contest.ts';
import { type BenchJob, benchJob } from './job.ts';

const beside = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

export interface LossTask {
  readonly loss: keyof typeof losses;
  readonly mode: 'compiled' | 'eager';
  readonly size: number;
  readonly batch: number;
}

/** The losses that MONAI or PyTorch has too, and ours alone. */
const compared = [
  'ce',
  'ce-dice',
  'dice',
  'dice-per-sample',
  'gdl',
  'gdl-per-sample',
  'focal',
  'tversky',
  'focal-gdl',
] as const;
const alone = ['focal-tversky', 'boundary-aware', 'focal-gdl-boundary'] as const;

/** One job of loss-ours.ts and loss_monai.py; both print their loss, which must agree. */
async function runTask(task: LossTask, hasPeer: boolean): Promise<BenchJob> {
  const contenders: Contender[] = [];
  try {
    contenders.push(await startOurs(beside('loss-ours.ts'), JSON.stringify(task)));
    if (settings.peerPython && hasPeer)
      contenders.push(await startContender(settings.peerPython, [beside('loss_monai.py'), JSON.stringify(task)]));
    const [ours, ...peers] = contenders.map(({ ready }) => ready.value as number);
    for (const peer of peers)
      if (!(Math.abs(peer - ours) <= 1e-4 * Math.abs(peer)))
        throw expected(`equal values of ${task.loss} on both sides`, `${ours} and ${peer}`);
    const [measured, ...others] = await contest(contenders, 15, 3);
    return benchJob(`loss-${task.loss}${task.mode === 'eager' ? '-eager' : ''}`, measured, others);
  } finally {
    for (const contender of contenders) contender.stop();
  }
}

/** As a part of a compiled training step, which is what training uses. */
export async function run(mode: LossTask['mode'] = 'compiled'): Promise<BenchJob[]> {
  const jobs: BenchJob[] = [];
  for (const loss of compared) jobs.push(await runTask({ loss, mode, size: 512, batch: 5 }, true));
  for (const loss of alone) jobs.push(await runTask({ loss, mode, size: 512, batch: 5 }, false));
  return jobs;
}
