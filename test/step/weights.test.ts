import { describe, expect, it } from 'vitest';
import { startEngine } from '../../lib/engine/engine.ts';
import { readWeights, storedArray, writeWeights } from '../../lib/step/weights.ts';
import { smallNetwork } from './smallNetwork.ts';

await startEngine();

describe('the weights of a model', () => {
  it('go into arrays by name, and from there into another model of the same shape', async () => {
    const [one, other] = [smallNetwork(), smallNetwork()];
    const arrays = await readWeights(one);
    expect(Object.keys(arrays)).toHaveLength(one.weights.length);
    expect(arrays['c1/conv1/kernel'].shape).toEqual([3, 3, 3, 4]);
    for (const { data } of Object.values(arrays)) data.set(data.map((v) => v + 1));
    expect(await readWeights(one), 'the arrays are copies').not.toEqual(arrays);
    writeWeights(other, arrays);
    expect(await readWeights(other)).toEqual(arrays);
  });

  it('stay as they are where one is missing or has another shape, which is named', async () => {
    const model = smallNetwork();
    const before = await readWeights(model);
    const rest = { ...before, 'c1/conv1/kernel': before['c1/bn1/gamma'] };
    expect(() => writeWeights(model, rest)).toThrow(/^Expected c1\/conv1\/kernel of shape \[3,3,3,4\] .*, found shape/);
    expect(() => writeWeights(model, {})).toThrow(/^Expected .* of shape \[.*\] in the checkpoint, found none$/);
    expect(await readWeights(model)).toEqual(before);
  });

  it('are refused with another number of numbers than their shape says', () => {
    const arrays = { kernel: { shape: [2, 3], data: new Float32Array(5) } };
    expect(() => storedArray(arrays, 'kernel', [2, 3])).toThrow(
      'Expected 6 numbers of kernel in the checkpoint, found 5',
    );
  });
});
