/** A whole run on the graphics card: trained by the command, stopped, gone on with, and predicting. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { loadCommand } from '../../lib/cli/commands.ts';
import { currentEngine } from '../../lib/engine/engine.ts';
import { readNifti } from '../../lib/io/nifti.ts';
import { EagerStep } from '../../lib/step/eagerStep.ts';
import { readHistory } from '../../lib/train/history.ts';
import { makeCohort } from '../cli/run/cohort.ts';
import { listen } from '../cli/run/listen.ts';
import { onCard } from './card.ts';

const [train, predict] = [await loadCommand('train'), await loadCommand('predict')];

onCard('a run', () => {
  let folder: string;
  const at = (...names: string[]): string => path.join(folder, ...names);
  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-webgpu-run-'));
    await makeCohort(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let said: string[];
  beforeEach(() => {
    said = listen();
  });
  afterEach(() => vi.restoreAllMocks());

  const small = ['--preset', 'tiny', '--set', 'width=2', '--set', 'gridSize=[16,16]', '--set', 'batchSize=3'];
  const options = [...small, '--set', 'loss=ce-dice-boundary', '--set', 'emaDecay=0.9', '--epochs', '1'];

  it('stops and saves when it is told to, goes on where it was, and segments volumes', async () => {
    const { run } = EagerStep.prototype;
    vi.spyOn(EagerStep.prototype, 'run').mockImplementationOnce(async function (this: EagerStep, ...batch) {
      const result = await run.apply(this, batch);
      process.emit('SIGTERM', 'SIGTERM');
      return result;
    });
    expect(await train.run(['--slices', at('slices'), '--out', at('run'), ...options])).toBe(75);
    const stopped = readHistory(at('run')).length;
    expect(await train.run(['--slices', at('slices'), '--out', at('run'), '--resume'])).toBe(0);
    expect(currentEngine().name).toBe('webgpu');
    const steps = readHistory(at('run')).filter(({ kind }) => kind === 'step');
    expect(steps.length).toBeGreaterThan(stopped);
    expect(steps.map(({ step }) => step)).toEqual(steps.map((_, i) => i + 1));
    expect(said.join('\n')).toMatch(/step: operation by operation \(the engine is not TensorFlow\)/);
    expect(JSON.parse(readFileSync(at('run', 'scores.json'), 'utf8')).volume).toHaveLength(1);

    expect(await predict.run([at('raw', 'imagesTr'), '--run', at('run'), '--out', at('masks'), '--shard', '1/4'])).toBe(
      0,
    );
    const mask = await readNifti(at('masks', 'case_1_0000.nii.gz'));
    expect(mask.shape).toEqual([24, 20, 4]);
  });
});
