/** The graph of a training step: its variables, and what is computed for each shape of batch. */
import type { tf } from 'axunet-engine/engine';
import { assertEqualTraces } from 'axunet-engine/graph/equalTraces';
import { joinParts } from 'axunet-engine/graph/joinedVariable';
import { type NativeGraph, newGraph } from 'axunet-engine/graph/native';
import type { Ref, Trace, TraceOptions } from 'axunet-engine/graph/trace';
import { withTrace } from 'axunet-engine/graph/tracing';
import { assignVariable, readVariable } from 'axunet-engine/graph/variables';
import { addFloat32 } from './float32.ts';
import type { StepOptions } from './step.ts';
import { tracePass } from './stepPass.ts';
import { traceUpdate } from './stepUpdate.ts';
import { declareVariables, type WeightGroup } from './stepVariables.ts';

/** What can be run for one shape of batch; names of nodes. */
export interface StepProgram {
  readonly prefix: string;
  /** Operations that train; with micro-batches, that add to the sum of gradients. */
  readonly targets: readonly string[];
  /** `loss`, then `norm`, which the parts of a batch do not have. */
  readonly fetches: readonly string[];
  /** The gradient of each trainable weight; undefined where the loss does not depend on it. */
  readonly gradients: readonly (Ref | undefined)[];
  /** Tells this graph from others. */
  readonly digest: string;
}

interface GraphOptions extends Pick<TraceOptions, 'bfloat16'> {
  /** Makes some images again in the backward pass. */
  readonly recompute: boolean;
}

/** Throws a CannotCompile, naming the operation, where the model or the loss cannot be in a graph. */
export class StepGraph {
  readonly graph: NativeGraph = newGraph();
  readonly groups: readonly WeightGroup[];
  /** With micro-batches: the update by the summed gradients. */
  readonly update?: StepProgram;
  readonly #model: tf.LayersModel;
  readonly #step: StepOptions;
  readonly #options: GraphOptions;
  readonly #trained: readonly WeightGroup[];
  readonly #programs = new Map<string, StepProgram>();

  constructor(model: tf.LayersModel, step: StepOptions, options: GraphOptions) {
    this.#model = model;
    this.#step = step;
    this.#options = options;
    const { graph } = this;
    this.groups = withTrace({ graph }, (trace) => declareVariables(trace, model, step));
    this.#trained = this.groups.filter(({ isTrainable }) => isTrainable);
    const prefix = 'update/';
    if (step.microBatch !== undefined)
      this.update = withTrace({ graph, prefix }, (trace) => this.#traceSumUpdate(trace, prefix));
  }

  /** Whether there is a program for [n, height, width, channels] already. To make one, the model needs its weights. */
  has(shape: readonly number[]): boolean {
    return this.#programs.has(shape.join('x'));
  }

  program(shape: readonly number[]): StepProgram {
    const key = shape.join('x');
    if (!this.#programs.has(key)) this.#programs.set(key, this.#compile(shape));
    return this.#programs.get(key)!;
  }

  /** Traces twice, once into a graph that is thrown away: what differs would be frozen. */
  #compile(shape: readonly number[]): StepProgram {
    const prefix = `step_${shape.join('x')}/`;
    const trial = newGraph();
    withTrace({ graph: trial }, (trace) => declareVariables(trace, this.#model, this.#step));
    const [first, second] = [trial, this.graph].map((graph) =>
      withTrace({ graph, prefix, bfloat16: this.#options.bfloat16 }, (trace) => ({
        trace,
        program: this.#traceStep(trace, prefix, shape),
      })),
    );
    assertEqualTraces(first.trace, second.trace);
    return second.program;
  }

  /** A whole step, or with micro-batches the part that adds `share` times the gradients to the sums. */
  #traceStep(trace: Trace, prefix: string, shape: readonly number[]): StepProgram {
    const options = { ...this.#step, recompute: this.#options.recompute, shape };
    const { values, loss, targets, gradients } = tracePass(trace, this.#model, this.groups, options);
    const joined = this.#joinGradients(trace, gradients);
    if (this.#step.microBatch !== undefined) {
      const adding = this.#addToSums(trace, joined);
      const all = [...targets, ...adding];
      return { prefix, targets: all, fetches: [loss], gradients, digest: trace.digest() };
    }
    const update = traceUpdate(trace, this.#step, this.groups, { values, gradients: joined, targets });
    return { prefix, targets: update.targets, fetches: [loss, update.norm], gradients, digest: trace.digest() };
  }

  /** The gradients of each trained group; undefined where the loss depends on none of its weights. */
  #joinGradients(trace: Trace, gradients: readonly (Ref | undefined)[]): (Ref | undefined)[] {
    return this.#trained.map(({ members, weight }) => {
      const own = members.map((i) => gradients[i]);
      return own.every((g) => g === undefined) ? undefined : joinParts(trace, weight, own);
    });
  }

  #addToSums(trace: Trace, gradients: readonly (Ref | undefined)[]): string[] {
    const share = trace.placeholder('share', [], 'float32').ref;
    return gradients.flatMap((g, k) => {
      if (!g) return [];
      const part = addFloat32(trace, 'Mul', [g, share]);
      return [assignVariable(trace, 'AssignAdd', this.#trained[k].sum!.variable, part)];
    });
  }

  /** The update by the sums of the parts. */
  #traceSumUpdate(trace: Trace, prefix: string): StepProgram {
    const values = this.groups.map(({ weight }) => readVariable(trace, weight.variable).ref);
    const gradients = this.#trained.map(({ sum }) => readVariable(trace, sum!.variable).ref);
    const { norm, targets } = traceUpdate(trace, this.#step, this.groups, { values, gradients, targets: [] });
    return { prefix, targets, fetches: [norm], gradients: [], digest: trace.digest() };
  }
}
