/** AX-Unet steps and predictions against PyTorch. */
import { fileURLToPath } from 'node:url';
import { expected } from '../lib/errors.ts';
import { settings } from '../lib/settings.ts';
import { type Contender, contest, startContender, startOurs } from './contest.ts';
import { type BenchJob, benchJob } from './job.ts';

export interface NetworkTask {
  mode: 'train' | 'infer';
  /** Channels of the first level. */
  width: number;
  /** Height and width of the images, in pixels. */
  size: number;
  batch: number;
  /** Convolutions and matrix products in bfloat16, on both sides. */
  bfloat16?: boolean;
}

export const networkTasks: Record<string, NetworkTask> = {
  'train-full': { mode: 'train', width: 64, size: 512, batch: 1 },
  'train-mid': { mode: 'train', width: 32, size: 256, batch: 1 },
  'train-small': { mode: 'train', width: 16, size: 128, batch: 4 },
  'train-bfloat16': { mode: 'train', width: 64, size: 512, batch: 1, bfloat16: true },
  'train-batch5': { mode: 'train', width: 64, size: 512, batch: 5 },
  'infer-full': { mode: 'infer', width: 64, size: 512, batch: 1 },
  'infer-small': { mode: 'infer', width: 16, size: 128, batch: 4 },
};

const beside = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/**
 * Runs one task: `n` training steps (forward, backward, RMSProp update) or predictions, in turns
 * with PyTorch in its two memory layouts, of which the faster counts. Throws when the two networks
 * do not have the same number of parameters.
 */
export async function runNetwork(job: string, n: number): Promise<BenchJob> {
  const task = JSON.stringify(networkTasks[job]);
  const contenders: Contender[] = [];
  try {
    contenders.push(await startOurs(beside('network-ours.ts'), task));
    for (const layout of settings.peerPython ? ['contiguous', 'channels_last'] : []) {
      contenders.push(await startContender(settings.peerPython!, [beside('network_torch.py'), task, layout]));
    }
    const [ours, ...peers] = contenders.map(({ ready }) => ready.parameters);
    for (const peer of peers)
      if (peer !== ours) throw expected(`${ours} trainable parameters on both sides`, `${peer} in PyTorch`);
    const [measured, ...others] = await contest(contenders, n);
    return benchJob(job, measured, others);
  } finally {
    for (const contender of contenders) contender.stop();
  }
}
