import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { tfjsFiles } from '../../lib/export/tfjs.ts';
import { type ModelConfig, variants } from '../../lib/model/axunet.ts';
import { farthest, logitTolerance, randomNetwork } from './randomNetwork.ts';

beforeAll(() => startEngine());
const tensors: { dispose(): void }[] = [];
afterAll(() => {
  for (const each of tensors) each.dispose();
});

interface ModelFile {
  readonly modelTopology: { readonly config: { readonly layers: { class_name: string }[] } };
  readonly weightsManifest: [{ paths: string[]; weights: tf.io.WeightsManifestEntry[] }];
}

async function reloaded(given: Partial<ModelConfig>) {
  const { model, network, image, logits } = await randomNetwork(given);
  const files = await tfjsFiles(network);
  const file = JSON.parse(JSON.stringify(files.model)) as ModelFile;
  const again = await tf.loadLayersModel(
    tf.io.fromMemory({
      modelTopology: file.modelTopology,
      weightSpecs: file.weightsManifest[0].weights,
      weightData: new Uint8Array(files.weights).buffer,
    }),
  );
  tensors.push(model, image, logits, again);
  return { file, again, image, logits };
}

describe('a network for TensorFlow.js', () => {
  it.each(variants)('reloads with the logits of the variant %s', async (variant) => {
    const { again, image, logits } = await reloaded({ variant });
    expect(farthest(again.predict(image) as tf.Tensor, logits)).toBeLessThan(logitTolerance);
  });

  it('takes the smallest image, where every window is the same pixel', async () => {
    const { again, image, logits } = await reloaded({ variant: 'residual', inputSize: [16, 16], classes: 2 });
    expect(farthest(again.predict(image) as tf.Tensor, logits)).toBeLessThan(logitTolerance);
  });

  it('is made of layers of TensorFlow.js alone', async () => {
    const { file } = await reloaded({ variant: 'grouped' });
    const ours = ['DoubleConvolution', 'ConvolutionNormRelu', 'Convolution', 'UpConvolution', 'Join', 'MaxPool'];
    const classes = new Set(file.modelTopology.config.layers.map(({ class_name: name }) => name));
    expect([...classes].filter((name) => ours.includes(name))).toEqual([]);
    expect(classes).toContain('Conv2D');
  });
});
