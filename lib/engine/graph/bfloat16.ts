/** Operations in bfloat16 between casts. */
import { typeAttribute } from './attributes.ts';
import { dtypes, type NativeAttribute } from './native.ts';
import type { NodeAdder, NodeInputs, NodeOutput, Ref } from './nodes.ts';

const inBfloat16 = new Set(['Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter', 'MatMul']);

/** Whether an operation is worth its casts: the products, which are most of the work. */
export const isShortened = (type: string): boolean => inBfloat16.has(type);

/** The bfloat16 twins of the float32 nodes of a graph. */
export class Bfloat16Nodes {
  readonly #nodes: NodeAdder;
  readonly #twins = new Map<Ref, Ref>();

  constructor(nodes: NodeAdder) {
    this.#nodes = nodes;
  }

  /** Adds an operation in bfloat16 whose output is float32 again; `isFloat` says which inputs are to be cast. */
  add(
    type: string,
    inputs: NodeInputs,
    attributes: readonly NativeAttribute[],
    isFloat: readonly boolean[],
  ): NodeOutput[] {
    const cast = inputs.map((ref, i) => (isFloat[i] ? this.#twin(ref as Ref) : ref));
    const [{ ref }] = this.#nodes.add(
      type,
      cast,
      attributes.map((a) => (a.name === 'T' ? typeAttribute('T', dtypes.bfloat16) : a)),
    );
    const widened = this.#cast(ref, dtypes.bfloat16, dtypes.float32);
    this.#twins.set(widened[0].ref, ref);
    return widened;
  }

  #twin(ref: Ref): Ref {
    let twin = this.#twins.get(ref);
    if (!twin) {
      [{ ref: twin }] = this.#cast(ref, dtypes.float32, dtypes.bfloat16);
      this.#twins.set(ref, twin);
    }
    return twin;
  }

  #cast(ref: Ref, from: number, to: number): NodeOutput[] {
    return this.#nodes.add('Cast', [ref], [typeAttribute('SrcT', from), typeAttribute('DstT', to)]);
  }
}
