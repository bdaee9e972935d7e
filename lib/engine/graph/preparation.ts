/**
 * What a trace computes from weights alone, taken apart from what depends on the images: a network
 * with fixed weights needs it once.
 *
 * Every node is of one of three kinds: made from images, from weights without images, or from neither. Where a
 * node made from images takes one made from weights, the value gets a variable of the session: set by the
 * preparation, read by every prediction. Equal expressions have equal keys, so that the traces of several shapes
 * of images share their variables.
 */
import { createHash } from '#system/hash';
import type { OutputInfo } from './native.ts';
import { type NodeAdder, type NodeInputs, outputOf, type Ref } from './nodes.ts';
import { addVariable, assignVariable, type GraphVariable, readVariable } from './variables.ts';

/** A value computed once. */
export interface Prepared {
  readonly variable: GraphVariable;
  /** The operation that sets the variable. */
  readonly target: string;
  /** The weights that it needs: names of placeholders. */
  readonly weights: ReadonlySet<Ref>;
}

/** What is known of a node that does not depend on images. */
interface Fixed {
  readonly key: string;
  readonly weights: ReadonlySet<Ref>;
}

export class Preparation {
  /** In the order in which the traces asked for them. */
  readonly values = new Map<string, Prepared>();
  readonly #images = new Set<Ref>();
  readonly #fixed = new Map<Ref, Fixed>();
  readonly #infos = new Map<Ref, OutputInfo>();

  /** Declares a fed weight. */
  weight(ref: Ref, info: OutputInfo): void {
    this.#fixed.set(ref, { key: ref, weights: new Set([ref]) });
    this.#infos.set(ref, info);
  }

  /** Declares a fed image. */
  image(ref: Ref): void {
    this.#images.add(ref);
  }

  /** Whether a node with these inputs is made from images. */
  dependsOnImages(inputs: readonly Ref[]): boolean {
    return inputs.some((ref) => this.#images.has(ref));
  }

  /**
   * The inputs of a node as it shall have them: prepared values in place of what is made from
   * weights, if it is made from images.
   */
  inputsOf(nodes: NodeAdder, inputs: NodeInputs): NodeInputs {
    if (!this.dependsOnImages(inputs.flat())) return inputs;
    const replace = (ref: Ref): Ref => (this.#weightsOf(ref).size > 0 ? this.#read(nodes, ref) : ref);
    return inputs.map((ref) => (typeof ref === 'string' ? replace(ref) : ref.map(replace)));
  }

  /** Notes what a new node is; `description` tells its operation and attributes. */
  follow(name: string, inputs: readonly Ref[], description: string, outputs: readonly OutputInfo[]): void {
    const refs = outputs.map((_, i) => outputOf(name, i));
    if (this.dependsOnImages(inputs)) {
      refs.forEach((ref) => this.#images.add(ref));
      return;
    }
    const weights = new Set(inputs.flatMap((ref) => [...this.#weightsOf(ref)]));
    const key = createHash('sha256')
      .update(JSON.stringify([description, inputs.map((ref) => this.#fixed.get(ref)?.key ?? ref)]))
      .digest('base64url');
    refs.forEach((ref, i) => {
      this.#fixed.set(ref, { key: `${key}:${i}`, weights });
      this.#infos.set(ref, outputs[i]);
    });
  }

  #weightsOf(ref: Ref): ReadonlySet<Ref> {
    return this.#fixed.get(ref)?.weights ?? new Set();
  }

  #read(nodes: NodeAdder, ref: Ref): Ref {
    const { key, weights } = this.#fixed.get(ref)!;
    let prepared = this.values.get(key);
    if (!prepared) {
      const { shape, dtype } = this.#infos.get(ref)!;
      const variable = addVariable(nodes, `prepared/${this.values.size}`, shape!, dtype);
      prepared = { variable, target: assignVariable(nodes, 'Assign', variable, ref), weights };
      this.values.set(key, prepared);
    }
    return readVariable(nodes, prepared.variable).ref;
  }
}
