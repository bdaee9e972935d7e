/** A SavedModel as TensorFlow itself reads it, through tfjs-node; where the engine is another one, its outline alone. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isNative, startEngine, type tf } from '../../lib/engine/engine.ts';
import { savedModelFile } from '../../lib/export/savedModel.ts';
import { type ModelConfig, variants } from '../../lib/model/axunet.ts';
import { farthest, logitTolerance, randomNetwork } from './randomNetwork.ts';
import { all, numberAt, textAt } from './readProtobuf.ts';

await startEngine();
const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-saved-model-'));
const tensors: { dispose(): void }[] = [];
afterAll(() => {
  for (const each of tensors) each.dispose();
  rmSync(folder, { recursive: true, force: true });
});

interface SavedModel {
  predict(image: tf.Tensor): tf.Tensor;
  dispose(): void;
}
interface TensorFlowNode {
  readonly node: { loadSavedModel(folder: string): Promise<SavedModel> };
}

async function made(given: Partial<ModelConfig>) {
  const { model, network, image, logits } = await randomNetwork(given);
  tensors.push(model, image, logits);
  const content = Buffer.concat(savedModelFile(network));
  writeFileSync(path.join(folder, 'saved_model.pb'), content);
  return { content, network, image, logits };
}

describe.skipIf(!isNative())('a SavedModel in TensorFlow (skipped where the engine is another one)', () => {
  const { node } = isNative()
    ? (createRequire(import.meta.url)('@tensorflow/tfjs-node-gpu') as TensorFlowNode)
    : ({} as TensorFlowNode);

  it.each(variants)('has the logits of the variant %s', async (variant) => {
    const { image, logits } = await made({ variant });
    const again = await node.loadSavedModel(folder);
    const answer = again.predict(image);
    tensors.push(answer);
    expect(farthest(answer, logits)).toBeLessThan(logitTolerance);
    again.dispose();
  });
});

describe('a SavedModel', () => {
  it('is one graph for serving, whose signature takes images and gives logits', async () => {
    const { content, network } = await made({ variant: 'residual' });
    expect(numberAt(content, 1)).toBe(1); // version of the format
    const [graph] = all(content, 2) as [Buffer];
    expect(textAt(all(graph, 1)[0]!, 4)).toBe('serve');
    const signature = all(graph, 5)[0]!;
    expect(textAt(signature, 1)).toBe('serving_default');
    const [input, output] = [1, 2].map((field) => textAt(all(all(signature, 2)[0]!, field)[0]!, 1));
    expect([input, output]).toEqual(['image', 'logits']);
    const names = all(all(graph, 2)[0]!, 1).map((node) => textAt(node, 1));
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(network.operations.map(({ name }) => name)));
  });
});
