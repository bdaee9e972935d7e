/**
 * The trace under way: makes tfjs talk to it instead of TensorFlow, and lets operations ask about it. See trace.ts.
 */
import { tf } from '../engine.ts';
import { CannotCompile, expected } from '../errors.ts';
import { backend, type Id, type NodeBackend } from './backend.ts';
import { standIn } from './standIn.ts';
import { Trace, type TraceOptions } from './trace.ts';

/** The trace under way. */
let current: Trace | undefined;

/** Within a trace, makes every operation of `f` wait for `tensor`; elsewhere just runs `f`. */
export function after<T>(tensor: tf.Tensor, f: () => T): T {
  return current ? current.after(tensor, f) : f();
}

export const traceUnderWay = (): Trace | undefined => current;

/** Whether a trace is under way that wants products in bfloat16. */
export const isTracingBfloat16 = (): boolean => current?.bfloat16 === true;

/**
 * The trace under way, if it computes once what depends on weights alone: then much work with weights costs nothing.
 */
export const preparingTrace = (): Trace | undefined => (current?.preparation ? current : undefined);

/**
 * Runs `f` as a trace: everything that tfjs computes inside becomes nodes of its graph. Tensors made inside are gone
 * afterwards. Throws a `CannotCompile` naming the operation that cannot be in a graph.
 */
export function withTrace<T>(options: TraceOptions, f: (trace: Trace) => T): T {
  if (current) throw expected('one trace at a time', 'a trace inside another');
  const { random } = Math;
  const trace = new Trace(options);
  let release: (() => void) | undefined;
  try {
    release = divert(trace);
    current = trace;
    Math.random = refuseRandom;
    let result: T;
    tf.tidy(() => {
      result = f(trace);
    });
    return result!;
  } finally {
    Math.random = random;
    release?.();
    current = undefined;
  }
}

function refuseRandom(): never {
  const advice = 'draw them before, and leave dropout out of what is compiled';
  throw new CannotCompile('code that draws random numbers', `they would be frozen (${advice})`);
}

/** Makes the backend talk to a stand-in. Returns what gives it back to TensorFlow. */
function divert(trace: Trace): () => void {
  const diverted = backend();
  const { binding, getInputTensorIds, write } = diverted;
  const tensors = new Map<Id, tf.Tensor>();
  const written = new WeakSet<object>(); // values that JavaScript has given during the trace
  diverted.binding = standIn(trace, binding, tensors);
  diverted.write = function (...args) {
    const dataId = write.apply(this, args);
    written.add(dataId);
    return dataId;
  };
  diverted.getInputTensorIds = function (given) {
    for (const { dataId } of given) {
      const data = this.tensorMap.get(dataId as object);
      if (data.values === null || written.has(dataId as object)) continue;
      // from before the trace: to TensorFlow itself
      data.id = binding.createTensor(data.shape, data.dtype, data.values);
      data.values = null;
    }
    const ids = getInputTensorIds.call(this, given);
    ids.forEach((id, i) => tensors.set(id, given[i]));
    return ids;
  };
  return () => {
    delete (diverted as Partial<NodeBackend>).getInputTensorIds; // the prototype's again
    delete (diverted as Partial<NodeBackend>).write;
    diverted.binding = binding;
  };
}
