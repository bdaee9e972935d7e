/**
 * The trace under way: makes tfjs talk to it instead of TensorFlow, and lets operations ask about it. See trace.ts.
 */

import { tf } from '../engine.ts';
import { UserError } from '../errors.ts';
import { backend, type Id, type NodeBackend } from './backend.ts';
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

/** The trace under way, if it computes once what depends on weights alone: then much work with weights costs nothing. */
export const preparingTrace = (): Trace | undefined => (current?.preparation ? current : undefined);

/** Runs `f` as a trace: everything that tfjs computes inside becomes nodes of its graph. Tensors made inside are gone afterwards. */
export function withTrace<T>(options: TraceOptions, f: (trace: Trace) => T): T {
  if (current) throw new UserError('Expected one trace at a time, found a trace inside another');
  const [{ random }, { binding, getInputTensorIds, write }] = [Math, backend()];
  const trace = new Trace(options);
  const tensors = new Map<Id, tf.Tensor>();
  const written = new WeakSet<object>(); // values that JavaScript has given during the trace
  let result: T;
  try {
    current = trace;
    backend().binding = trace.standIn(binding, tensors);
    backend().write = function (...args) {
      const dataId = write.apply(this, args);
      written.add(dataId);
      return dataId;
    };
    backend().getInputTensorIds = function (given) {
      for (const { dataId } of given) {
        const data = this.tensorMap.get(dataId as object);
        if (data.values === null || written.has(dataId as object)) continue;
        data.id = binding.createTensor(data.shape, data.dtype, data.values); // from before the trace: to TensorFlow itself
        data.values = null;
      }
      const ids = getInputTensorIds.call(this, given);
      ids.forEach((id, i) => tensors.set(id, given[i]));
      return ids;
    };
    Math.random = () => {
      throw new UserError(
        'Cannot compile code that draws random numbers: they would be frozen (augment before, and leave dropout out of, the compiled step)',
      );
    };
    tf.tidy(() => {
      result = f(trace);
    });
    return result!;
  } finally {
    Math.random = random;
    delete (backend() as Partial<NodeBackend>).getInputTensorIds; // the prototype's again
    delete (backend() as Partial<NodeBackend>).write;
    backend().binding = binding;
    current = undefined;
  }
}
