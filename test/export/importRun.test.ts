/** Weights and logits of PaddlePaddle 2.6.2 (pdparams.py): a residual network of width 1. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { type ImportOptions, importPdparams } from '../../lib/export/importRun.ts';
import { projectPath } from '../../lib/settings.ts';
import { loadRun } from '../../lib/train/loadRun.ts';

const file = projectPath('test/export/residual-1.pdparams');
const theirs = JSON.parse(readFileSync(projectPath('test/export/residual-1.json'), 'utf8')) as {
  side: number;
  values: number[];
};
const size = [theirs.side, theirs.side] as const;
const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-import-'));
const at = (name: string): string => path.join(folder, name);
beforeAll(() => startEngine());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every fifth logit, [class][row][column], for the image of the file. */
async function logitsOf(run: string): Promise<number[]> {
  const { model } = await loadRun(run);
  const [side] = size;
  const values = Float32Array.from({ length: side * side * 3 }, (_, p) => {
    const [row, column, c] = [Math.floor(p / (3 * side)), Math.floor(p / 3) % side, p % 3];
    return 0.5 + 0.5 * Math.sin(0.9 * row + 1.7 * column + 2.3 * c);
  });
  const logits = tf.tidy(() => {
    const answer = model.predict(tf.tensor4d(values, [1, side, side, 3])) as tf.Tensor4D;
    return [...tf.transpose(answer, [0, 3, 1, 2]).dataSync()];
  });
  model.dispose();
  return logits.filter((_, i) => i % 5 === 0);
}
const farthestOf = (ours: readonly number[]): number =>
  Math.max(...theirs.values.map((value, i) => Math.abs(value - ours[i]!)));

describe('importPdparams', () => {
  it('makes a run that has the logits of PaddlePaddle, and names what has no place', async () => {
    const { description, unused } = await importPdparams(file, at('run'), { size });
    expect(unused).toEqual(['short4.weight', 'short4.bias']); // built and never called
    expect(description.model).toMatchObject({ variant: 'residual', width: 1, classes: 2, asppRates: [2, 4, 6] });
    const ours = await logitsOf(at('run'));
    expect(ours).toHaveLength(theirs.values.length);
    expect(Math.max(...theirs.values) - Math.min(...theirs.values)).toBeGreaterThan(1);
    expect(farthestOf(ours)).toBeLessThan(1e-4);
  });

  it('gives other logits with other rates or without the shortcuts: both are told, not guessed', async () => {
    const { unused } = await importPdparams(file, at('plain'), { size, variant: 'plain' });
    expect(unused).toHaveLength(8);
    expect(farthestOf(await logitsOf(at('plain')))).toBeGreaterThan(1e-3);
  });

  it('predicts as the reference does: slices as they are, ±1024 HU; or as it is told', async () => {
    const paper = (await importPdparams(file, at('paper'))).description;
    expect(paper.grid).toEqual({ size: [512, 512], unit: 'px', centre: [0, 0], extent: [512, 512] });
    expect(paper.data).toMatchObject({ mode: 'paper', windowHu: [-1024, 1024], unit: 'mm', dataset: 'unknown' });
    const options: ImportOptions = { size: [100, 200], windowHu: [-100, 240], dataset: 'nih', asppRates: [1, 2, 3] };
    const { description } = await importPdparams(file, at('other'), options);
    expect(description.grid.size).toEqual([112, 208]);
    expect(description.model.asppRates).toEqual([1, 2, 3]);
    expect(description.data).toMatchObject({ mode: 'default', windowHu: [-100, 240], dataset: 'nih' });
    const { windowHu, model } = await loadRun(at('other'));
    expect(windowHu).toEqual([-100, 240]);
    model.dispose();
  });

  it('names the weights that a network would need and the file does not have', async () => {
    await expect(importPdparams(file, at('none'), { size, variant: 'grouped' })).rejects.toThrow(
      /^Expected the weights of a network "grouped" of width 1, found no c2\.layers\.0\.weight, .* and \d+ more in /,
    );
    expect(existsSync(at('none'))).toBe(false);
  });

  it('replaces an earlier import when told to, and never anything else', async () => {
    await importPdparams(file, at('again'), { size });
    await expect(importPdparams(file, at('again'), { size })).rejects.toThrow(
      /^Expected a folder that is not there yet, or --force to replace the import, found one in /,
    );
    await importPdparams(file, at('again'), { size, variant: 'plain', force: true });
    expect(existsSync(at('again/best-previous'))).toBe(false);
    mkdirSync(at('mine'));
    writeFileSync(at('mine/notes.txt'), '');
    await expect(importPdparams(file, at('mine'), { size, force: true })).rejects.toThrow(
      /^Expected a folder that is empty or not there yet, found one with other things in it in /,
    );
  });

  it('does not replace an import that was trained on', async () => {
    await importPdparams(file, at('trained'), { size });
    mkdirSync(at('trained/last'));
    copyFileSync(at('trained/best/checkpoint.json'), at('trained/last/checkpoint.json'));
    await expect(importPdparams(file, at('trained'), { size, force: true })).rejects.toThrow(
      /found one with other things in it/,
    );
  });
});
