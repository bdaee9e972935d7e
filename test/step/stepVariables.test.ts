import { describe, expect, it } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { newGraph, whyNoGraphs } from '../../lib/engine/graph/native.ts';
import { withTrace } from '../../lib/engine/graph/tracing.ts';
import { crossEntropyDice } from '../../lib/loss/crossEntropyDice.ts';
import { defaultAdam, referenceRmsprop } from '../../lib/step/optimizers.ts';
import { type StepOptions } from '../../lib/step/step.ts';
import { declareVariables, mostJoined, type WeightGroup } from '../../lib/step/stepVariables.ts';
import { variableOf, weightName } from '../../lib/step/weights.ts';
import { smallNetwork } from './smallNetwork.ts';

await startEngine();

const groupsOf = (model: tf.LayersModel, options: Partial<StepOptions> = {}): WeightGroup[] =>
  withTrace({ graph: newGraph() }, (trace) =>
    declareVariables(trace, model, { optimizer: referenceRmsprop, loss: crossEntropyDice, ...options }),
  );

describe.skipIf(whyNoGraphs())('the variables of a compiled step', () => {
  const model = smallNetwork(8); // c2/conv2/kernel is [3, 3, 32, 32]: 9,216 numbers
  const { weights } = model;

  it('hold every weight once, large ones alone, small ones with others that are treated alike', () => {
    const groups = groupsOf(model);
    expect(groups.flatMap(({ members }) => members).sort((a, b) => a - b)).toEqual(weights.map((_, i) => i));
    const large = weights.flatMap((w, i) => (variableOf(w).size > mostJoined ? [i] : []));
    expect(large.map((i) => weightName(weights[i]))).toContain('c2/conv2/kernel');
    for (const i of large) expect(groups.find(({ members }) => members.includes(i))!.members).toEqual([i]);
    expect(groups.length).toBe(large.length + 2); // small trained weights, running statistics
    for (const { members, isTrainable } of groups)
      expect(members.every((i) => i < model.trainableWeights.length)).toBe(isTrainable);
  });

  it('keep apart what weight decay shrinks', () => {
    for (const { members, decays, isTrainable } of groupsOf(model, {
      optimizer: { ...defaultAdam, weightDecay: 0.1 } as StepOptions['optimizer'],
    })) {
      for (const i of members) expect(decays).toBe(isTrainable && weights[i].shape.length > 1);
    }
  });

  it('have slots where they are trained, averages and sums where the run asks for them', () => {
    for (const { isTrainable, slots, average, sum } of groupsOf(model)) {
      expect([slots.length, average, sum]).toEqual([isTrainable ? 2 : 0, undefined, undefined]);
    }
    for (const { isTrainable, average, sum, weight } of groupsOf(model, { emaDecay: 0.9, microBatch: 1 })) {
      expect(average!.variable.shape).toEqual(weight.variable.shape);
      expect(sum?.variable.shape).toEqual(isTrainable ? weight.variable.shape : undefined);
    }
  });
});
