/**
 * Value and gradient of the losses by distance maps on [5, 512, 512, 2] logits, against
 * MONAI and the authors' method with SciPy.
 */
import { fileURLToPath } from 'node:url';
import { expected } from '../lib/errors.ts';
import { settings } from '../lib/settings.ts';
import { type Contender, contest, startContender, startOurs } from './contest.ts';
import { type BenchJob, benchJob } from './job.ts';

const repetitions = 9;
const beside = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/**
 * One loss of distance-loss-ours.ts and distance_loss_peers.py; both print value and
 * norm of the gradient, which must agree.
 */
async function runLoss(loss: string): Promise<BenchJob> {
  const contenders: Contender[] = [];
  try {
    contenders.push(await startOurs(beside('distance-loss-ours.ts'), loss));
    if (settings.peerPython)
      contenders.push(await startContender(settings.peerPython, [beside('distance_loss_peers.py'), loss]));
    const [ours, ...peers] = contenders.map(({ ready }) => ready.values as number[]);
    for (const peer of peers) {
      if (!peer.every((value, i) => Math.abs(value - ours[i]) <= 1e-5 * Math.abs(value)))
        throw expected(`equal results of ${loss} on both sides`, `${ours} and ${peer}`);
    }
    const [measured, ...others] = await contest(contenders, repetitions, 2);
    return benchJob(`loss-${loss}`, measured, others);
  } finally {
    for (const contender of contenders) contender.stop();
  }
}

export const run = async (): Promise<BenchJob[]> => [await runLoss('hausdorff'), await runLoss('boundary')];
