import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type tf } from '../../lib/engine/engine.ts';
import { paddleName, variantOfNames } from '../../lib/export/paddleNames.ts';
import { createAxUnet, type Variant, variants } from '../../lib/model/axunet.ts';
import { namedWeights, ourName } from '../model/reference.ts';

beforeAll(() => startEngine());
const models: tf.LayersModel[] = [];
afterAll(() => {
  for (const model of models) model.dispose();
});
function namesOf(variant: Variant): string[] {
  const model = createAxUnet({ variant, width: 1, inputSize: [16, 16] });
  models.push(model);
  return [...namedWeights(model).keys()];
}

describe("the reference's names of our weights", () => {
  it('are attributes one after the other', () => {
    expect(paddleName('c1/conv1/kernel')).toBe('c1.layers.0.weight');
    expect(paddleName('c2/pointwise/bias')).toBe('c2.layers.0.pointwise_conv.bias');
    expect(paddleName('c9/bn2/variance')).toBe('c9.layers.3._variance');
    expect(paddleName('aspp2/conv/kernel')).toBe('deeplabhead.head.0.features.2.asppconv.0.weight');
    expect(paddleName('aspp4_3x3/bn/gamma')).toBe('deeplabhead.head.0.features.4.features.1.weight');
    expect(paddleName('head_conv/bn/beta')).toBe('deeplabhead.head.2.bias');
    expect(paddleName('s3/conv/kernel')).toBe('short3.weight');
    expect(paddleName('merge6/conv/kernel')).toBe('merge6_conv.weight');
  });

  it.each(variants)('lead back to ours, each to one, in the variant %s', (variant) => {
    const ours = namesOf(variant);
    const theirs = ours.map(paddleName);
    expect(new Set(theirs).size).toBe(ours.length);
    expect(theirs.map(ourName)).toEqual(ours); // test/model reads the reference's names the other way round
  });

  it.each(variants)('tell the variant %s', (variant) => {
    expect(variantOfNames(new Set(namesOf(variant).map(paddleName)))).toBe(variant);
  });
});
