/** What a trace makes of tfjs code, and what it refuses. */
import { afterEach, describe, expect, it } from 'vitest';
import { currentEngine, startEngine, tf } from '../../../lib/engine/engine.ts';
import { CannotCompile, UserError } from '../../../lib/engine/errors.ts';
import { typeAttribute } from '../../../lib/engine/graph/attributes.ts';
import { assertEqualTraces } from '../../../lib/engine/graph/equalTraces.ts';
import { type HostTensor, newGraph, Session, whyNoGraphs } from '../../../lib/engine/graph/native.ts';
import type { Trace } from '../../../lib/engine/graph/trace.ts';
import { withTrace } from '../../../lib/engine/graph/tracing.ts';
import { addVariable, assignVariable, readVariable } from '../../../lib/engine/graph/variables.ts';

await startEngine();
const why = whyNoGraphs() ? ` (skipped: ${whyNoGraphs()})` : '';
const floats = (...data: number[]): HostTensor => ({ shape: [data.length], data: Float32Array.from(data) });

/** Names the node of a tensor. */
const output = (trace: Trace, tensor: tf.Tensor, name: string): string =>
  trace.add('Identity', [trace.refOf(tensor)], [typeAttribute('T', 1)], { name })[0].ref;

/** The numbers that `f` makes of a fed vector, computed by a graph. */
async function throughGraph(f: (x: tf.Tensor1D) => tf.Tensor, ...fed: number[]): Promise<number[]> {
  const graph = newGraph();
  withTrace({ graph }, (trace) =>
    output(trace, f(trace.placeholder('x', [fed.length], 'float32').tensor() as tf.Tensor1D), 'y'),
  );
  const session = new Session(graph);
  const [{ data }] = await session.run({ x: floats(...fed) }, ['y']);
  session.close();
  return Array.from(data);
}
/** Traces `f` of a vector of four. */
const trace = (f: (x: tf.Tensor1D) => unknown): unknown =>
  withTrace({}, (each) => f(each.placeholder('x', [4], 'float32').tensor() as tf.Tensor1D));

describe.skipIf(whyNoGraphs())(`a trace on ${currentEngine().name}${why}`, () => {
  const { random } = Math;
  const { binding } = tf.backend() as unknown as { binding: unknown };
  afterEach(() => {
    expect(Math.random).toBe(random);
    expect((tf.backend() as unknown as { binding: unknown }).binding).toBe(binding);
    expect(Object.keys(tf.backend()).filter((key) => key === 'getInputTensorIds' || key === 'write')).toEqual([]);
    expect(
      Array.from(tf.tidy(() => tf.add(tf.tensor1d([1, 2]), 1).dataSync())),
      'the engine computes as before',
    ).toEqual([2, 3]);
  });

  it('computes what tfjs computes', async () => {
    const f = (x: tf.Tensor1D): tf.Tensor =>
      tf.concat([
        tf.softmax(x),
        tf.mul(tf.reverse(x), [1, 2, 3, 4]),
        tf.stack([x, tf.relu(tf.neg(x))]).reshape([8]),
        tf.cumsum(x),
      ]);
    const numbers = [0.5, -1, 2, 3];
    const wanted = Array.from(tf.tidy(() => f(tf.tensor1d(numbers)).dataSync()));
    (await throughGraph(f, ...numbers)).forEach((v, i) => expect(v).toBeCloseTo(wanted[i], 6));
  });

  it('knows every shape without computing, and puts the prefix before every name but not before the type', () => {
    const notes = withTrace({ prefix: 'step/' }, (each) => {
      const x = each.placeholder('images', [2, 6, 6, 3], 'float32').tensor() as tf.Tensor4D;
      expect(tf.maxPool(tf.conv2d(x, tf.zeros([3, 3, 3, 7]) as tf.Tensor4D, 1, 'same'), 2, 2, 'valid').shape).toEqual([
        2, 3, 3, 7,
      ]);
      return each.notes.map((note) => JSON.parse(note) as [string, string]);
    });
    expect(notes[0].slice(0, 2)).toEqual(['Placeholder', 'step/images']);
    expect(notes.every(([type, name]) => name.startsWith('step/') && !type.includes('/'))).toBe(true);
    expect(notes.map(([type]) => type)).toEqual(expect.arrayContaining(['Conv2D', 'MaxPool']));
  });

  it('freezes tensors from before as constants of their values', async () => {
    const weights = tf.tensor1d([10, 20]);
    expect(await throughGraph((x) => tf.mul(x, weights), 1, 2)).toEqual([10, 40]);
    weights.dispose();
  });

  it('differentiates as tfjs does', async () => {
    expect(await throughGraph((x) => tf.grad((t: tf.Tensor) => tf.sum(tf.mul(tf.square(t), t)))(x), 1, 2, -3)).toEqual([
      3, 12, 27,
    ]);
  });

  it('keeps variables in the session, shared by name between traces', async () => {
    const graph = newGraph();
    withTrace({ graph }, (each) => {
      const variable = addVariable(each, 'v', [2]);
      assignVariable(each, 'Assign', variable, each.placeholder('new', [2], 'float32').ref, { name: 'set' });
      readVariable(each, variable, { name: 'get' });
    });
    withTrace({ graph, prefix: 'other/' }, (each) => {
      assignVariable(
        each,
        'AssignAdd',
        { name: 'v', shape: [2], dtype: 1, handle: 'v' },
        each.placeholder('more', [2], 'float32').ref,
        { name: 'add' },
      );
    });
    const session = new Session(graph);
    await expect(session.run({}, ['get'])).rejects.toThrow(/v/);
    await session.run({ new: floats(1, 2) }, [], ['set']);
    await session.run({ 'other/more': floats(10, 10) }, [], ['other/add']);
    expect(Array.from((await session.run({}, ['get']))[0].data)).toEqual([11, 12]);
    await expect(session.run({ new: { shape: [3], data: Float32Array.of(1, 2) } }, [], ['set'])).rejects.toThrow(
      'Expected 12 bytes for a tensor, found 8',
    );
    await expect(session.run({}, ['nowhere'])).rejects.toThrow('Expected an operation of the graph, found "nowhere"');
    session.close();
    await expect(session.run({}, ['get'])).rejects.toThrow('Expected an open session, found a closed one');
  });

  it('ends a call under way when the session is closed meanwhile', async () => {
    const graph = newGraph();
    withTrace({ graph }, (each) => {
      const x = each.placeholder('x', [600, 600], 'float32').tensor() as tf.Tensor2D;
      output(each, tf.matMul(tf.matMul(tf.matMul(x, x), x), x), 'y');
    });
    const session = new Session(graph);
    const running = session.run({ x: { shape: [600, 600], data: new Float32Array(360_000).fill(0.01) } }, ['y']);
    await new Promise((resolve) => {
      setTimeout(resolve, 2);
    });
    session.close();
    expect((await running)[0].data).toHaveLength(360_000);
  });

  it('has the same digest for the same code, another for other constants or operations', () => {
    const digest = (f: (x: tf.Tensor) => tf.Tensor): string =>
      withTrace({}, (each) => {
        f(each.placeholder('x', [4], 'float32').tensor());
        return each.digest();
      });
    expect(digest((x) => tf.mul(x, 2))).toBe(digest((x) => tf.mul(x, 2)));
    expect(digest((x) => tf.mul(x, 2))).not.toBe(digest((x) => tf.mul(x, 3)));
    expect(digest((x) => tf.mul(x, 2))).not.toBe(digest((x) => tf.add(x, 2)));
  });

  it('leaves no tensors behind, accepted or refused', () => {
    const before = tf.memory().numTensors;
    trace((x) => tf.relu(tf.add(x, tf.tensor1d([1, 2, 3, 4]))));
    expect(() => trace((x) => tf.relu(x).dataSync())).toThrow();
    expect(tf.memory().numTensors).toBe(before);
  });

  const unregistered = tf.tensor1d([1, 2, 3, 4]);
  const counted = tf.variable(tf.tensor1d([1, 2, 3, 4]), true, 'counted');
  const dropout = tf.layers.dropout({ rate: 0.5 });
  const refusals: [what: string, f: (x: tf.Tensor1D) => unknown, message: RegExp][] = [
    ['random normal numbers', (x) => tf.add(x, tf.randomNormal([4])), /Cannot compile code that draws random numbers/],
    [
      'random uniform numbers',
      (x) => tf.add(x, tf.randomUniform([4])),
      /Cannot compile code that draws random numbers/,
    ],
    ['dropout', (x) => tf.dropout(x, 0.5), /Cannot compile code that draws random numbers/],
    [
      'a dropout layer in training',
      (x) => dropout.apply(x.reshape([1, 4]), { training: true }),
      /Cannot compile code that draws random numbers/,
    ],
    [
      "TensorFlow's own random numbers",
      (x) => tf.multinomial(x, 3, 1),
      /Cannot compile Multinomial: its random numbers would be frozen/,
    ],
    ['Math.random', (x) => tf.mul(x, Math.random()), /Cannot compile code that draws random numbers/],
    [
      'reading values',
      (x) => tf.mul(x, tf.sum(x).dataSync()[0]),
      /Cannot compile code that reads the values of Sum\w* in JavaScript/,
    ],
    [
      'reading an array',
      (x) => tf.mul(x, x.arraySync()[0]),
      /Cannot compile code that reads the values of x in JavaScript/,
    ],
    [
      'a variable that was not declared',
      (x) => tf.mul(x, counted),
      /Cannot compile Mul: it reads the variable counted, whose present value would be frozen; declare it/,
    ],
    [
      'a clone of such a variable',
      (x) => tf.mul(x, counted.clone()),
      /Cannot compile Mul: it reads the variable counted/,
    ],
    [
      'shapes that depend on data',
      (x) => tf.unique(x),
      /Cannot compile Unique\w*: the shape of its result depends on the data/,
    ],
    [
      'boxes whose number depends on data',
      (x) => tf.image.nonMaxSuppression(tf.ones([4, 4]), x, 3),
      /Cannot compile .*(shape of its result depends on the data|reads the values)/,
    ],
    ['text', () => tf.concat([tf.tensor1d(['a']), tf.tensor1d(['b'])]), /Cannot compile .*TensorFlow type 7/],
  ];
  const thrownBy = (f: () => unknown): unknown => {
    try {
      f();
    } catch (error) {
      return error;
    }
    return undefined;
  };
  it.each(refusals)('refuses %s as a reason not to compile, and the engine works on', (_, f, message) => {
    const error = thrownBy(() => trace(f)) as Error;
    expect(error).toBeInstanceOf(CannotCompile);
    expect(error.message).toMatch(message);
    expect(Array.from(unregistered.dataSync())).toEqual([1, 2, 3, 4]);
  });

  it('lets errors of the code itself through as they are, and refuses a trace inside a trace as a mistake', () => {
    const own = new Error('of its own');
    const throwOwn = (): never => {
      throw own;
    };
    expect(thrownBy(() => trace(throwOwn))).toBe(own);
    const inside = thrownBy(() => trace(() => trace((x) => x))) as Error;
    expect(inside.message).toBe('Expected one trace at a time, found a trace inside another');
    expect(inside).toBeInstanceOf(UserError);
    expect(inside).not.toBeInstanceOf(CannotCompile);
  });

  it('refuses a tensor that an earlier trace has made', () => {
    let kept: tf.Tensor | undefined;
    trace((x) => {
      kept = tf.keep(tf.relu(x));
    });
    expect(() => trace((x) => tf.add(x, kept!))).toThrow(
      /Cannot compile Add: it uses a tensor that was made in an earlier trace; make it before compiling/,
    );
    kept!.dispose();
  });

  it('names the operation that reads a value which JavaScript computes anew in each call', () => {
    let calls = 0;
    const traced = (f: (x: tf.Tensor1D) => tf.Tensor): Trace =>
      withTrace({}, (each) => {
        f(each.placeholder('x', [4], 'float32').tensor() as tf.Tensor1D);
        return each;
      });
    const counter = (): Trace => traced((x) => tf.sub(x, calls++));
    expect(() => assertEqualTraces(counter(), counter())).toThrow(
      'Cannot compile Sub: it uses a value that JavaScript computes anew in each call, which would be frozen',
    );
    const more = (): Trace => traced((x) => (calls++ % 2 ? tf.relu(x) : x));
    expect(() => assertEqualTraces(more(), more())).toThrow('Cannot compile Relu');
    expect(() =>
      assertEqualTraces(
        more(),
        traced((x) => x),
      ),
    ).not.toThrow(calls % 2 ? undefined : 'Cannot');
    const steady = (): Trace => traced((x) => tf.sub(x, 1));
    expect(() => assertEqualTraces(steady(), steady())).not.toThrow();
  });

  /** A graph of one operation that TensorFlow knows, with shapes, but cannot compute in bfloat16, or in float32 can. */
  const digamma = (dtype: number): ReturnType<typeof newGraph> => {
    const graph = newGraph();
    withTrace({ graph }, (each) => {
      const { ref } = each.placeholder('x', [2], 'float32');
      const [cast] = each.add('Cast', [ref], [typeAttribute('SrcT', 1), typeAttribute('DstT', dtype)]);
      const [result] = each.add('Digamma', [cast.ref], [typeAttribute('T', dtype)]);
      each.add('Cast', [result.ref], [typeAttribute('SrcT', dtype), typeAttribute('DstT', 1)], { name: 'y' });
    });
    return graph;
  };

  it("turns TensorFlow's refusal of a whole graph into a reason, when it is run for the first time", async () => {
    const session = new Session(digamma(14));
    const error = (await session.run({ x: floats(1, 2) }, ['y']).catch((thrown: unknown) => thrown)) as Error;
    expect(error).toBeInstanceOf(CannotCompile);
    expect(error.message).toMatch(/^Cannot compile the graph: No OpKernel was registered to support Op 'Digamma'/);
    expect(error.cause).toBeInstanceOf(Error);
    session.close();
    const unreadable = { interOpThreads: 200 };
    expect(() => new Session(digamma(1), unreadable)).toThrow(CannotCompile);
  });

  it('does not take mistakes of the caller or later failures for refusals', async () => {
    const graph = newGraph();
    withTrace({ graph }, (each) => {
      const { ref } = each.placeholder('i', [1], 'int32');
      const table = each.constant([2], 1, [10, 20]);
      each.add('Gather', [table, ref], [typeAttribute('Tparams', 1), typeAttribute('Tindices', 3)], { name: 'y' });
    });
    const session = new Session(graph);
    const run = async (feeds: Record<string, HostTensor>, name = 'y'): Promise<unknown> =>
      session.run(feeds, [name]).then(
        ([{ data }]) => [...data],
        (error: unknown) => error,
      );
    const at = (i: number): Record<string, HostTensor> => ({ i: { shape: [1], data: Int32Array.of(i) } });
    for (const mistake of [await run(at(1), 'nowhere'), await run({ nowhere: floats(1) })]) {
      expect(mistake).toBeInstanceOf(Error);
      expect(mistake).not.toBeInstanceOf(CannotCompile);
    }
    expect(await run(at(1))).toEqual([20]);
    const failure = await run(at(7));
    expect(String(failure)).toMatch(/7 is not in \[0, 2\)/);
    expect(failure).not.toBeInstanceOf(CannotCompile);
    session.close();
    expect(await run(at(1))).not.toBeInstanceOf(CannotCompile);
  });

  it("turns TensorFlow's refusal of an operation into a reason in words", () => {
    const wrong = (): unknown =>
      withTrace({}, (each) => each.add('Relu', [each.constant([1], 10, [1])], [typeAttribute('T', 10)]));
    expect(wrong).toThrow(/^Cannot compile Relu: .*bool/);
    expect(() => withTrace({}, (each) => each.add('NoSuchOperation', []))).toThrow(
      /^Cannot compile NoSuchOperation: Op type not registered/,
    );
  });

  it.each<[string, (x: tf.Tensor1D) => tf.Tensor]>([
    ['einsum', (x) => tf.einsum('i,i->', x, x)],
    ['addN', (x) => tf.addN([x, x])],
    ['unstack', (x) => tf.stack(tf.unstack(x).toReversed())],
    ['gather', (x) => tf.gather(x, [3, 0])],
    ['oneHot', (x) => tf.oneHot(tf.cast(x, 'int32'), 5)],
    ['resizeBilinear', (x) => tf.image.resizeBilinear(x.reshape([1, 2, 2, 1]), [3, 3])],
    ['where', (x) => tf.where(tf.greater(x, 1), x, tf.zerosLike(x))],
    ['topk', (x) => tf.topk(x, 2).values],
    ['pad', (x) => tf.pad(x, [[1, 2]])],
    ['stridedSlice', (x) => tf.stridedSlice(x, [0], [4], [2])],
    ['logSumExp', (x) => tf.logSumExp(x)],
    ['moments', (x) => tf.moments(x).variance],
    ['elu', (x) => tf.elu(tf.sub(x, 2))],
    ['leakyRelu', (x) => tf.leakyRelu(tf.sub(x, 2), 0.1)],
    ['prelu', (x) => tf.prelu(tf.sub(x, 2), tf.tensor1d([0.1, 0.2, 0.3, 0.4]))],
    ['selu', (x) => tf.selu(tf.sub(x, 2))],
    [
      'batchToSpaceND',
      (x) =>
        tf.batchToSpaceND(
          x.reshape([4, 1, 1, 1]),
          [2, 2],
          [
            [0, 0],
            [0, 0],
          ],
        ),
    ],
    ['range', (x) => tf.add(x, tf.range(0, 4))],
    ['a complex product', (x) => tf.real(tf.mul(tf.complex(x, x), tf.complex(x, x)))],
    ['fft', (x) => tf.real(tf.spectral.fft(tf.complex(x, tf.zerosLike(x))))],
  ])('traces %s as tfjs computes it, or refuses it in words', async (_, f) => {
    const numbers = [1, 2, 3, 4];
    const wanted = Array.from(tf.tidy(() => tf.cast(f(tf.tensor1d(numbers)), 'float32').dataSync()));
    let found: number[];
    try {
      found = await throughGraph((x) => tf.cast(f(x), 'float32'), ...numbers);
    } catch (error) {
      expect(String(error)).toContain('Cannot compile');
      return;
    }
    expect(found).toHaveLength(wanted.length);
    found.forEach((v, i) => expect(v).toBeCloseTo(wanted[i], 5));
  });
});
