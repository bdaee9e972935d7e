/** The graph of a training step: its variables, and what is computed for one shape of batch. */
import { tf } from '../engine/engine.ts';
import { valueAndGradients } from '../engine/gradients.ts';
import { dtypes, newGraph, type NativeGraph } from '../engine/graph/native.ts';
import { typeAttribute } from '../engine/graph/attributes.ts';
import { assertEqualTraces } from '../engine/graph/equalTraces.ts';
import { withTrace, type Ref, type Trace, type TraceOptions } from '../engine/graph/trace.ts';
import { addVariable, assignVariable, readVariable, type GraphVariable } from '../engine/graph/variables.ts';
import { recomputing } from '../engine/recompute.ts';
import { addUpdate, stepNumbers } from './graphOptimizers.ts';
import { slotNames } from './optimizers.ts';
import { variableOf, weightName, type StepOptions } from './step.ts';

/** One weight, slot, average or sum: its name in a checkpoint, and its variable in the session. */
export interface Held { readonly key: string; readonly variable: GraphVariable }

/** What can be run for one shape of batch; names of nodes. */
export interface Program {
  readonly prefix: string;
  /** Operations that train; with micro-batches, that add to the sum of gradients. */
  readonly targets: readonly string[];
  /** `loss`, then `norm` (not with micro-batches), then the metrics. */
  readonly fetches: readonly string[];
  /** The gradient of each trainable weight; undefined where the loss does not depend on it. */
  readonly gradients: readonly (Ref | undefined)[];
  /** Tells this graph from others. */
  readonly digest: string;
}

export interface StepGraph {
  readonly weights: readonly Held[];
  readonly slots: readonly Held[];
  readonly averages: readonly Held[];
  readonly sums: readonly Held[];
  program(shape: readonly number[]): Program;
  /** With micro-batches: the update by the summed gradients. */
  readonly update?: Program;
}

const T = typeAttribute('T', dtypes.float32);
const scalar = (trace: Trace, value: number): Ref => trace.constant([], dtypes.float32, [value]);

export interface GraphOptions extends Pick<TraceOptions, 'bfloat16'> { readonly recompute: boolean }

/** Puts the step of `model` into `graph`. Throws a UserError naming the operation that cannot be compiled. */
export function buildStepGraph(graph: NativeGraph, model: tf.LayersModel, options: StepOptions, { recompute, bfloat16 }: GraphOptions): StepGraph {
  const { optimizer, loss, clipNorm, emaDecay, microBatch, metrics = {} } = options;
  const trainable = model.trainableWeights.map(variableOf);
  const all = [...trainable, ...model.nonTrainableWeights.map(variableOf)];
  const names = [...model.trainableWeights, ...model.nonTrainableWeights].map(weightName);
  const { weights, slots, averages, sums } = withTrace({ graph }, declare);
  const programs = new Map<string, Program>();

  /** Every variable, with nodes that read it (`get/`), set it (`set/` from `value/`) and clear it (`clear/`). */
  function declare(trace: Trace) {
    const hold = (kind: string, i: number): Held => {
      const key = `${kind}/${names[i]}`;
      const { shape } = all[i];
      const variable = addVariable(trace, `state/${key}`, shape);
      readVariable(trace, variable, { name: `get/${key}` });
      assignVariable(trace, 'Assign', variable, trace.placeholder(`value/${key}`, shape, 'float32').ref, { name: `set/${key}` });
      const size = trace.constant([shape.length], dtypes.int32, shape);
      const [{ ref: zeros }] = trace.add('Fill', [size, scalar(trace, 0)], [T, typeAttribute('index_type', dtypes.int32)]);
      assignVariable(trace, 'Assign', variable, zeros, { name: `clear/${key}` });
      return { key, variable };
    };
    return {
      weights: all.map((_, i) => hold('weight', i)),
      slots: slotNames[optimizer.name].flatMap((slot) => trainable.map((_, i) => hold(slot, i))),
      averages: emaDecay === undefined ? [] : all.map((_, i) => hold('average', i)),
      sums: microBatch === undefined ? [] : trainable.map((_, i) => hold('sum', i)),
    };
  }

  /** Forward and backward pass; the running statistics that they have set become operations of `targets`. */
  function differentiate(trace: Trace, shape: readonly number[]): Pick<Program, 'fetches' | 'gradients'> & { values: Ref[]; targets: string[] } {
    const x = trace.placeholder('images', shape, 'float32').tensor() as tf.Tensor4D;
    const y = trace.placeholder('labels', shape.slice(0, 3), 'int32').tensor() as tf.Tensor3D;
    const progress = trace.placeholder('progress', [], 'float32').tensor() as tf.Scalar;
    const values = weights.map(({ variable }) => readVariable(trace, variable).ref);
    all.forEach((v, i) => trace.bind(v, values[i]));
    const before = all.map((v) => v.clone());
    try {
      const measured: tf.Tensor[] = [];
      const forward = (): tf.Scalar => {
        const logits = model.apply(x, { training: true }) as tf.Tensor4D;
        measured.push(...Object.values(metrics).map((metric) => tf.keep(metric(logits, y))));
        return loss(logits, y, progress);
      };
      const run = () => valueAndGradients(forward, trainable);
      const { value, gradients } = recompute ? recomputing(run) : run();
      const output = (tensor: tf.Tensor, name: string): Ref => trace.add('Identity', [trace.refOf(tensor)], [T], { name })[0].ref;
      const fetches = [output(value, 'loss'), ...measured.map((tensor, i) => output(tensor, `metric_${i}`))];
      const targets = all.flatMap((v, i) => (v.dataId === before[i].dataId ? [] : [assignVariable(trace, 'Assign', weights[i].variable, trace.refOf(v))]));
      return { values, fetches, targets, gradients: gradients.map((g) => g && trace.refOf(g)) };
    } finally {
      all.forEach((v, i) => { if (v.dataId !== before[i].dataId) v.assign(before[i] as tf.Tensor); });
    }
  }

  /** The gradients' common norm, and the gradients, shortened where the run clips. */
  function clip(trace: Trace, gradients: readonly (Ref | undefined)[]): { norm: Ref; clipped: (Ref | undefined)[] } {
    const halves = gradients.filter((g) => g !== undefined).map((g) => trace.add('L2Loss', [g], [T])[0].ref); // Σ g² / 2
    const [{ ref: half }] = trace.add('AddN', [halves], [{ name: 'N', type: 1, value: halves.length }, T]);
    const [{ ref: norm }] = trace.add('Sqrt', [trace.add('Mul', [half, scalar(trace, 2)], [T])[0].ref], [T], { name: 'norm' });
    if (clipNorm === undefined) return { norm, clipped: [...gradients] };
    const [{ ref: share }] = trace.add('Div', [scalar(trace, clipNorm), norm], [T]);
    const [{ ref: factor }] = trace.add('Minimum', [share, scalar(trace, 1)], [T]);
    return { norm, clipped: gradients.map((g) => g && trace.add('Mul', [g, factor], [T])[0].ref) };
  }

  /** Everything from the gradients to the new weights and averages. */
  function update(trace: Trace, values: readonly Ref[], gradients: readonly (Ref | undefined)[], statistics: readonly string[]): { norm: Ref; targets: string[] } {
    const { norm, clipped } = clip(trace, gradients);
    const numbers = Object.fromEntries(Object.keys(stepNumbers(optimizer, 1, 1)).map((name) => [name, trace.placeholder(name, [], 'float32').ref]));
    const updates = trainable.flatMap((v, i) => {
      const decays = optimizer.name === 'adam' && optimizer.weightDecay > 0 && v.rank > 1;
      if (clipped[i] === undefined && !decays) return []; // a gradient of zero changes nothing
      const gradient = clipped[i] ?? trace.constant(v.shape, dtypes.float32, new Float32Array(v.size));
      const memories = slotNames[optimizer.name].map((_, k) => slots[k * trainable.length + i].variable);
      return [addUpdate(trace, optimizer, weights[i].variable, values[i], gradient, memories, numbers, decays)];
    });
    const targets = [...statistics, ...updates];
    return { norm, targets: emaDecay === undefined ? targets : [...targets, ...follow(trace, targets)] };
  }

  /** average ← decay · average + (1 − decay) · weight, with the weights as they are after `updates`. */
  function follow(trace: Trace, updates: readonly string[]): string[] {
    const decay = trace.placeholder('averageDecay', [], 'float32').ref;
    const [{ ref: share }] = trace.add('Sub', [scalar(trace, 1), decay], [T]);
    return averages.map(({ variable }, i) => {
      const [old, now] = [readVariable(trace, variable).ref, readVariable(trace, weights[i].variable, { controls: updates }).ref];
      const [kept, added] = [[old, decay], [now, share]].map((factors) => trace.add('Mul', factors, [T])[0].ref);
      return assignVariable(trace, 'Assign', variable, trace.add('AddV2', [kept, added], [T])[0].ref);
    });
  }

  /** A whole step, or with micro-batches the part that adds `share` times the gradients to the sums. */
  function traceStep(trace: Trace, prefix: string, shape: readonly number[]): Program {
    const { values, fetches, targets, gradients } = differentiate(trace, shape);
    if (microBatch === undefined) {
      const all = update(trace, values, gradients, targets);
      const [loss, ...rest] = fetches;
      return { prefix, targets: all.targets, fetches: [loss, all.norm, ...rest], gradients, digest: trace.digest() };
    }
    const share = trace.placeholder('share', [], 'float32').ref;
    const adding = gradients.flatMap((g, i) => (g ? [assignVariable(trace, 'AssignAdd', sums[i].variable, trace.add('Mul', [g, share], [T])[0].ref)] : []));
    return { prefix, targets: [...targets, ...adding], fetches, gradients, digest: trace.digest() };
  }

  /** The update by the sums of the parts. */
  function traceUpdate(trace: Trace, prefix: string): Program {
    const values = weights.map(({ variable }) => readVariable(trace, variable).ref);
    const gradients = sums.map(({ variable }) => readVariable(trace, variable).ref);
    const { norm, targets } = update(trace, values, gradients, []);
    return { prefix, targets, fetches: [norm], gradients, digest: trace.digest() };
  }

  /** Traces twice, once into a graph that is thrown away: what differs would be frozen. */
  function compile(shape: readonly number[]): Program {
    const prefix = `step_${shape.join('x')}/`;
    const trial = newGraph();
    withTrace({ graph: trial }, declare);
    const [first, second] = [trial, graph].map((into) => withTrace({ graph: into, prefix, bfloat16 }, (trace) => ({ trace, program: traceStep(trace, prefix, shape) })));
    assertEqualTraces(first.trace, second.trace);
    return second.program;
  }

  return {
    weights, slots, averages, sums,
    update: microBatch === undefined ? undefined : withTrace({ graph, prefix: 'update/' }, (trace) => traceUpdate(trace, 'update/')),
    program(shape) {
      const key = shape.join('x');
      if (!programs.has(key)) programs.set(key, compile(shape));
      return programs.get(key)!;
    },
  };
}
