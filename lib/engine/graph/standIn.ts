/** What the tfjs-node backend talks to during a trace instead of TensorFlow: it makes nodes of operations. */
import { tf } from '../engine.ts';
import { CannotCompile } from '../errors.ts';
import { type Binding, backend, type Id } from './backend.ts';
import { Bfloat16Nodes, isShortened } from './bfloat16.ts';
import type { NodeInputs, Ref } from './nodes.ts';
import type { Trace } from './trace.ts';

/** Operations that take a list, by how many of their inputs follow it. */
const listOperations: Readonly<Record<string, number>> = { ConcatV2: 1, Pack: 0, AddN: 0, Einsum: 0 };
/** Outputs that only go from a kernel to its gradient and whose shape nobody needs to know. */
const opaque = new Set(['FusedBatchNormV3:5']);
const isRandom = (type: string): boolean => /Random|Multinomial|Shuffle|TruncatedNormal/.test(type);

/** `real` is TensorFlow; `tensors` are those that operations have been given so far, by number. */
export function standIn(trace: Trace, real: Binding, tensors: ReadonlyMap<Id, tf.Tensor>): Binding {
  const short = new Bfloat16Nodes(trace);
  const executeOp: Binding['executeOp'] = (type, attributes, ids) => {
    if (isRandom(type)) throw new CannotCompile(type, 'its random numbers would be frozen');
    const refs = ids.map((id) => trace.refOfId(id) ?? freeze(trace, id, tensors.get(id)!, type, real));
    const inputs = withList(type, refs);
    const isFloat = (): boolean[] => ids.map((id) => tensors.get(id)!.dtype === 'float32');
    const outputs =
      trace.bfloat16 && isShortened(type)
        ? short.add(type, inputs, attributes, isFloat())
        : trace.add(type, inputs, attributes);
    return outputs.map(({ ref, info }, i) =>
      trace.register(ref, opaque.has(`${type}:${i}`) ? { ...info, shape: [0] } : info, type),
    );
  };
  return {
    ...membersOf(real),
    createTensor: (shape, dtype, values) =>
      trace.register(trace.constant(shape, dtype, values), { shape, dtype }, 'a constant').id,
    deleteTensor: (id) => {
      if (id >= 0) real.deleteTensor(id);
    },
    tensorDataSync: (id) => {
      const ref = trace.refOfId(id);
      if (ref === undefined) return real.tensorDataSync(id);
      throw new CannotCompile(`code that reads the values of ${ref} in JavaScript`, 'they would be frozen');
    },
    executeOp,
  };
}

/** The binding's constants and functions, which an object made by native code does not give to `...`. */
const membersOf = (real: Binding): Binding =>
  Object.fromEntries(
    Object.getOwnPropertyNames(real).map((key) => [key, (real as unknown as Record<string, unknown>)[key]]),
  ) as unknown as Binding;

/** Inputs as a graph takes them: with a list where the operation has one. */
function withList(type: string, refs: readonly Ref[]): NodeInputs {
  const follow = listOperations[type];
  if (follow === undefined) return refs;
  const length = refs.length - follow;
  return [refs.slice(0, length), ...refs.slice(length)];
}

/** The node of a tensor from before the trace: its values become a constant, except where they may change. */
function freeze(trace: Trace, id: Id, tensor: tf.Tensor, type: string, real: Binding): Ref {
  if (id < 0)
    throw new CannotCompile(type, 'it uses a tensor that was made in an earlier trace; make it before compiling');
  const variable = Object.values(tf.engine().registeredVariables).find((v) => v.dataId === tensor.dataId);
  if (variable) {
    const reason = `it reads the variable ${variable.name}, whose present value would be frozen; declare it`;
    throw new CannotCompile(type, reason);
  }
  const ref = trace.constant(tensor.shape, backend().getDTypeInteger(tensor.dtype), real.tensorDataSync(id));
  trace.bindId(id, ref);
  return ref;
}
