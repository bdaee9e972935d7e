import { describe, expect, it } from 'vitest';
import { startEngine, tf } from '../../../lib/engine/engine.ts';
import { dtypes, type HostTensor, newGraph, Session, whyNoGraphs } from '../../../lib/engine/graph/native.ts';
import { Preparation } from '../../../lib/engine/graph/preparation.ts';
import type { Trace } from '../../../lib/engine/graph/trace.ts';
import { after, withTrace } from '../../../lib/engine/graph/tracing.ts';
import { pointwiseConvolution } from '../../../lib/engine/ops/pointwise.ts';
import { upConvolution } from '../../../lib/engine/ops/upConvolution.ts';
import { Random } from '../../../lib/random.ts';

await startEngine();
const why = whyNoGraphs();

function normals(name: string, shape: readonly number[]): HostTensor & { data: Float32Array } {
  const random = Random.stream(13, name);
  return { shape, data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()) };
}

/** A graph with weights of these shapes, to which functions of images and weights are added. */
class Prepared {
  readonly graph = newGraph();
  readonly preparation = new Preparation();
  readonly refs: readonly string[];
  readonly #shapes: readonly (readonly number[])[];

  constructor(shapes: readonly (readonly number[])[]) {
    this.#shapes = shapes;
    this.refs = withTrace({ graph: this.graph }, (trace) =>
      shapes.map((shape, i) => {
        const { ref } = trace.placeholder(`weight/${i}`, shape, 'float32');
        this.preparation.weight(ref, { shape, dtype: dtypes.float32 });
        return ref;
      }),
    );
  }

  add(prefix: string, image: readonly number[], f: (x: tf.Tensor, weights: tf.Tensor[]) => tf.Tensor): Trace {
    return withTrace({ graph: this.graph, prefix, preparation: this.preparation }, (trace) => {
      const { ref, tensor } = trace.placeholder('image', image, 'float32');
      this.preparation.image(ref);
      const weights = this.refs.map((weight, i) =>
        trace.tensorOf(weight, { shape: this.#shapes[i], dtype: dtypes.float32 }),
      );
      trace.add('Identity', [trace.refOf(f(tensor(), weights))], [{ name: 'T', type: 4, value: dtypes.float32 }], {
        name: 'result',
      });
      return trace;
    });
  }
}

describe.skipIf(why)(`preparing what depends on weights alone${why ? ` (skipped: ${why})` : ''}`, () => {
  it('computes it once, and feeds predictions with images only', async () => {
    const prepared = new Prepared([[2], [2]]);
    // √(v + w) and w: two values
    prepared.add('a/', [3, 2], (x, [v, w]) => tf.add(tf.mul(x, tf.sqrt(tf.add(v, w))), w));
    expect(prepared.preparation.values.size).toBe(2);
    const session = new Session(prepared.graph);
    const feeds = {
      'weight/0': { shape: [2], data: Float32Array.of(3, 6) },
      'weight/1': { shape: [2], data: Float32Array.of(1, 3) },
    };
    await session.run(
      feeds,
      [],
      [...prepared.preparation.values.values()].map(({ target }) => target),
    );
    const [{ data }] = await session.run({ 'a/image': { shape: [3, 2], data: Float32Array.of(1, 1, 2, 2, 0, 0) } }, [
      'a/result',
    ]);
    expect(Array.from(data)).toEqual([3, 6, 5, 9, 1, 3]);
    session.close();
  });

  it('knows which weights each value needs', () => {
    const prepared = new Prepared([[2], [2]]);
    prepared.add('a/', [3, 2], (x, [v, w]) => tf.add(tf.mul(x, tf.sqrt(v)), tf.sub(v, w)));
    expect([...prepared.preparation.values.values()].map(({ weights }) => [...weights])).toEqual([
      ['weight/0'],
      ['weight/0', 'weight/1'],
    ]);
  });

  it('has one value for equal expressions, of several shapes of images too, and another for another expression', () => {
    const prepared = new Prepared([[2]]);
    prepared.add('a/', [3, 2], (x, [w]) => tf.add(tf.mul(x, tf.sqrt(w)), tf.sqrt(w)));
    expect(prepared.preparation.values.size).toBe(1);
    prepared.add('b/', [5, 2], (x, [w]) => tf.mul(x, tf.sqrt(w)));
    expect(prepared.preparation.values.size).toBe(1);
    prepared.add('c/', [5, 2], (x, [w]) => tf.mul(x, tf.sqrt(tf.mul(w, 2))));
    prepared.add('d/', [5, 2], (x, [w]) => tf.mul(x, tf.sqrt(tf.mul(w, 3))));
    expect(prepared.preparation.values.size).toBe(3);
  });

  it('does not make it wait for images, even where the code asks for that', async () => {
    const prepared = new Prepared([[2]]);
    prepared.add('a/', [1, 2], (x, [w]) =>
      tf.mul(
        x,
        after(x, () => tf.sqrt(w)),
      ),
    );
    const [{ target }] = prepared.preparation.values.values();
    const session = new Session(prepared.graph);
    await expect(
      session.run({ 'weight/0': { shape: [2], data: Float32Array.of(4, 9) } }, [], [target]),
    ).resolves.toEqual([]); // no image was fed
    session.close();
  });

  it('leaves constants where they are', () => {
    const prepared = new Prepared([[2]]);
    prepared.add('a/', [4, 2], (x) => tf.add(tf.reshape(x, [2, 4]), tf.range(0, 4)));
    expect(prepared.preparation.values.size).toBe(0);
  });
});

describe.skipIf(why)('an up-convolution before a 1×1 convolution', () => {
  const shapes = { image: [2, 3, 4, 5], up: [2, 2, 6, 5], upBias: [6], kernel: [1, 1, 9, 4], bias: [4] };
  const [image, ...weights] = Object.entries(shapes).map(([name, shape]) => normals(name, shape));
  const network = (x: tf.Tensor, [up, upBias, kernel, bias]: tf.Tensor[], parts = 2): tf.Tensor => {
    const large = upConvolution(x as tf.Tensor4D, up as tf.Tensor4D, upBias as tf.Tensor1D);
    const skip = tf.slice(tf.square(large), [0, 0, 0, 0], [-1, -1, -1, 3]) as tf.Tensor4D;
    const images = parts === 2 ? [large, skip] : [tf.concat([large, skip], 3)];
    return pointwiseConvolution(images, kernel as tf.Tensor4D, bias as tf.Tensor1D);
  };

  it('is merged with it, and gives the same', async () => {
    const prepared = new Prepared(Object.values(shapes).slice(1));
    const { operations } = prepared.add('a/', shapes.image, (x, all) => network(x, all));
    expect(operations.Conv2DBackpropInput).toBe(2); // the merged one; the other is still read by the skip
    const session = new Session(prepared.graph);
    const feeds = Object.fromEntries(weights.map((tensor, i) => [`weight/${i}`, tensor]));
    await session.run(
      feeds,
      [],
      [...prepared.preparation.values.values()].map(({ target }) => target),
    );
    const [{ data }] = await session.run({ 'a/image': image }, ['a/result']);
    const wanted = tf.tidy(() =>
      network(
        tf.tensor(image.data, shapes.image),
        weights.map((w) => tf.tensor(w.data as Float32Array, [...w.shape])),
        1,
      ).dataSync(),
    );
    expect(data.length).toBe(wanted.length);
    for (let i = 0; i < wanted.length; i++) expect(Math.abs(data[i] - wanted[i])).toBeLessThan(1e-3);
    expect(Math.max(...wanted)).toBeGreaterThan(5);
    session.close();
  });

  it('is left alone where that would be more work: more channels out than between', () => {
    const wide = { ...shapes, kernel: [1, 1, 9, 7], bias: [7] };
    const { operations } = new Prepared(Object.values(wide).slice(1)).add('a/', wide.image, (x, all) =>
      network(x, all),
    );
    expect(operations.Conv2DBackpropInput).toBe(1);
  });
});
