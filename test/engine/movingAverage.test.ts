import { describe, expect, it } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { whyNoGraphs } from '../../lib/engine/graph/native.ts';
import { withTrace } from '../../lib/engine/graph/tracing.ts';
import { movingAverage, movingAverageOf } from '../../lib/engine/ops/movingAverage.ts';

await startEngine();

describe('a moving average', () => {
  it('goes a share of the way to the new value', () => {
    const next = tf.tidy(() => movingAverage(tf.tensor1d([0, 10, -4]), tf.tensor1d([1, 20, -4]), 0.75).dataSync());
    expect([...next]).toEqual([0.25, 12.5, -4]);
  });

  it.skipIf(whyNoGraphs())(
    'is known to a trace by the node that computes it, with what it is made of; other nodes are not',
    () => {
      withTrace({}, (trace) => {
        const [average, value] = ['average', 'value'].map((name) => trace.placeholder(name, [3], 'float32'));
        const [a, v] = [average.tensor(), value.tensor()];
        const next = movingAverage(a, v, 0.9);
        expect(movingAverageOf(trace, trace.refOf(next))).toEqual({ average: 'average', value: 'value', decay: 0.9 });
        expect(movingAverageOf(trace, trace.refOf(tf.add(a, v)))).toBeUndefined();
      });
    },
  );
});
