import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { sha256File } from '../../lib/io/files.ts';
import { createAxUnet, modelConfig } from '../../lib/model/axunet.ts';
import { nativeGrid } from '../../lib/preprocess/grid.ts';
import { readWeights } from '../../lib/step/weights.ts';
import { trainConfig } from '../../lib/train/config.ts';
import { startPosition } from '../../lib/train/position.ts';
import { loadNetwork } from '../../lib/weights/loadNetwork.ts';
import { loadPackedRun, packRun } from '../../lib/weights/packedRun.ts';
import { encodeSafetensors } from '../../lib/weights/safetensors.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-packed-'));
const at = (name: string): string => path.join(folder, name);
const shape = modelConfig({ variant: 'residual', width: 2, inputSize: [16, 16] });
const description = {
  axunet: '1.2.3',
  config: trainConfig({ width: 2 }),
  model: shape,
  grid: nativeGrid(16, 16),
  data: { dataset: 'nih-2d', mode: 'default' as const, unit: 'px' as const, slices: 7, sha256: '' },
  patients: { training: ['0001', '0002'], validation: ['0003'] },
};
const position = { ...startPosition(), epochs: 3, step: 30, best: { dice: 0.5, epoch: 2, step: 20 }, dice: 0.4 };
let model: tf.LayersModel;
beforeAll(async () => {
  await startEngine();
  model = createAxUnet(shape, 3);
});
afterAll(() => {
  model.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe('a network in one file', () => {
  it('comes back with the same weights and all that its checkpoint says', async () => {
    await packRun({ model, description, position }, at('a.safetensors'), {
      texts: { licence: 'mine' },
      keepsPatients: true,
    });
    const sum = await sha256File(at('a.safetensors'));
    const again = await loadNetwork(at('a.safetensors'));
    expect(await readWeights(again.model)).toEqual(await readWeights(model));
    expect(again).toMatchObject({
      description,
      position,
      sha256: sum,
      isOfPictures: true,
      folder: at('a.safetensors'),
    });
    again.model.dispose();
  });

  it('has one set of weights, and refuses to be asked for the last ones', async () => {
    await packRun({ model, description, position }, at('a.safetensors'));
    await expect(loadNetwork(at('a.safetensors'), 'last')).rejects.toThrow(
      /^Expected a run's folder for the weights of its last step, found one file in .*a\.safetensors$/,
    );
  });

  it('tells how many patients there were, and who only where that is asked for', async () => {
    await packRun({ model, description, position }, at('d.safetensors'));
    expect(readFileSync(at('d.safetensors'), 'latin1')).not.toContain('0001');
    const again = await loadPackedRun(at('d.safetensors'));
    expect(again.description).toEqual({
      ...description,
      patients: { training: ['unnamed-1', 'unnamed-2'], validation: ['unnamed-3'] },
    });
    again.model.dispose();
  });

  it('has the same bytes each time', async () => {
    await packRun({ model, description, position }, at('b.safetensors'));
    await packRun({ model, description, position }, at('c.safetensors'));
    expect(readFileSync(at('b.safetensors')).equals(readFileSync(at('c.safetensors')))).toBe(true);
  });

  it('at half the size answers nearly the same', async () => {
    await packRun({ model, description, position }, at('whole.safetensors'));
    await packRun({ model, description, position }, at('half.safetensors'), { isHalf: true });
    const half = await loadPackedRun(at('half.safetensors'));
    const images = tf.randomUniform([2, 16, 16, 3], 0, 1, 'float32', 5);
    const [ours, theirs] = [model, half.model].map((one) => (one.predict(images) as tf.Tensor).dataSync<'float32'>());
    const largest = ours!.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    const off = ours!.reduce((most, v, i) => Math.max(most, Math.abs(v - theirs![i]!)), 0);
    // Kernels are off by up to 2^-12 of themselves; some tens of layers later that is still well below a hundredth.
    expect(off).toBeGreaterThan(0);
    expect(off).toBeLessThan(0.01 * largest);
    images.dispose();
    half.model.dispose();
    const [bytes, few] = ['whole', 'half'].map((name) => readFileSync(at(`${name}.safetensors`)).length);
    expect(few!).toBeLessThan(0.65 * bytes!);
  });

  it('is refused where no network is in it, or one that does not fit its description', async () => {
    writeFileSync(at('other.safetensors'), Buffer.concat(encodeSafetensors({ arrays: {}, metadata: {} })));
    await expect(loadPackedRun(at('other.safetensors'))).rejects.toThrow(
      /^Expected a network with the text axunet\.checkpoint, found none in .*other\.safetensors$/,
    );
    const metadata = { 'axunet.checkpoint': JSON.stringify({ description, position }) };
    writeFileSync(at('bare.safetensors'), Buffer.concat(encodeSafetensors({ arrays: {}, metadata })));
    await expect(loadPackedRun(at('bare.safetensors'))).rejects.toThrow(
      /^Expected c1\/conv1\/kernel of shape \[3,3,3,2\] in the checkpoint, found none in .*bare\.safetensors$/,
    );
    const wide = { description: { ...description, model: { ...shape, width: 1e6 } }, position };
    const tooWide = { arrays: await readWeights(model), metadata: { 'axunet.checkpoint': JSON.stringify(wide) } };
    writeFileSync(at('wide.safetensors'), Buffer.concat(encodeSafetensors(tooWide)));
    await expect(loadPackedRun(at('wide.safetensors'))).rejects.toThrow(/1000000\] .*found shape \[3,3,3,2\]/);
    const odd = { 'axunet.checkpoint': '{"description": null}' };
    writeFileSync(at('odd.safetensors'), Buffer.concat(encodeSafetensors({ arrays: {}, metadata: odd })));
    await expect(loadPackedRun(at('odd.safetensors'))).rejects.toThrow(/description.* in .*odd\.safetensors$/);
  });
});
