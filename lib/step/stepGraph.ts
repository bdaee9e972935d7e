/** The graph of a training step: its variables, and what is computed for one shape of batch. */
import { tf } from 'axunet-engine/engine';
import { valueAndGradients } from 'axunet-engine/gradients';
import { typeAttribute } from 'axunet-engine/graph/attributes';
import { assertEqualTraces } from 'axunet-engine/graph/equalTraces';
import { joinParts, splitParts } from 'axunet-engine/graph/joinedVariable';
import { dtypes, type NativeGraph, newGraph } from 'axunet-engine/graph/native';
import { nodeOf, type Ref, type Trace, type TraceOptions } from 'axunet-engine/graph/trace';
import { withTrace } from 'axunet-engine/graph/tracing';
import { assignVariable, readVariable } from 'axunet-engine/graph/variables';
import { movingAverageOf } from 'axunet-engine/ops/movingAverage';
import { recomputing } from 'axunet-engine/recompute';
import { addUpdate, stepNumbers } from './graphOptimizers.ts';
import { type StepOptions, variableOf } from './step.ts';
import { declareVariables, type WeightGroup, weightsOf } from './stepVariables.ts';

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
  readonly groups: readonly WeightGroup[];
  program(shape: readonly number[]): Program;
  /** With micro-batches: the update by the summed gradients. */
  readonly update?: Program;
}

const T = typeAttribute('T', dtypes.float32);
const scalar = (trace: Trace, value: number): Ref => trace.constant([], dtypes.float32, [value]);

/** decay · average + (1 − decay) · value */
function movedBy(trace: Trace, average: Ref, value: Ref, decay: Ref | number): Ref {
  const [kept, added] =
    typeof decay === 'number'
      ? [scalar(trace, decay), scalar(trace, 1 - decay)]
      : [decay, trace.add('Sub', [scalar(trace, 1), decay], [T])[0].ref];
  const products = [
    [average, kept],
    [value, added],
  ].map((factors) => trace.add('Mul', factors, [T])[0].ref);
  return trace.add('AddV2', products, [T])[0].ref;
}

export interface GraphOptions extends Pick<TraceOptions, 'bfloat16'> {
  readonly recompute: boolean;
}

/** Puts the step of `model` into `graph`. Throws a UserError naming the operation that cannot be compiled. */
export function buildStepGraph(
  graph: NativeGraph,
  model: tf.LayersModel,
  options: StepOptions,
  { recompute, bfloat16 }: GraphOptions,
): StepGraph {
  const { optimizer, loss, clipNorm, emaDecay, microBatch, metrics = {} } = options;
  const trainable = model.trainableWeights.map(variableOf);
  const all = weightsOf(model).map(variableOf);
  const declare = (trace: Trace): WeightGroup[] => declareVariables(trace, model, options);
  const groups = withTrace({ graph }, declare);
  const trained = groups.filter(({ isTrainable }) => isTrainable);
  const programs = new Map<string, Program>();

  /** Forward and backward pass; the running statistics that they have set become operations of `targets`. `values` are the groups' weights. */
  function differentiate(
    trace: Trace,
    shape: readonly number[],
  ): Pick<Program, 'fetches' | 'gradients'> & { values: Ref[]; targets: string[] } {
    const x = trace.placeholder('images', shape, 'float32').tensor() as tf.Tensor4D;
    const y = trace.placeholder('labels', shape.slice(0, 3), 'int32').tensor() as tf.Tensor3D;
    const progress = trace.placeholder('progress', [], 'float32').tensor() as tf.Scalar;
    const values = groups.map(({ weight }) => readVariable(trace, weight.variable).ref);
    const parts = groups.map(({ weight }, g) => splitParts(trace, weight, values[g]));
    groups.forEach(({ members }, g) => members.forEach((i, k) => trace.bind(all[i], parts[g][k])));
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
      const output = (tensor: tf.Tensor, name: string): Ref =>
        trace.add('Identity', [trace.refOf(tensor)], [T], { name })[0].ref;
      const fetches = [output(value, 'loss'), ...measured.map((tensor, i) => output(tensor, `metric_${i}`))];
      const targets = groups.flatMap((group, g) =>
        group.isTrainable ? [] : keepAssigned(trace, group, values[g], parts[g]),
      );
      return { values, fetches, targets, gradients: gradients.map((g) => g && trace.refOf(g)) };
    } finally {
      all.forEach((v, i) => {
        if (v.dataId !== before[i].dataId) v.assign(before[i] as tf.Tensor);
      });
    }
  }

  /** Sets a group as the forward pass has left its weights: at once where all of them have become moving averages, else one by one. */
  function keepAssigned(trace: Trace, { members, weight }: WeightGroup, value: Ref, parts: readonly Ref[]): string[] {
    const left = members.map((i) => trace.refOf(all[i]));
    if (left.every((ref, k) => ref === parts[k])) return [];
    const moved = left.map((ref) => movingAverageOf(trace, ref));
    const areAlike = moved.every((move, k) => move?.average === parts[k] && move.decay === moved[0]!.decay);
    const next = areAlike
      ? movedBy(
          trace,
          value,
          joinParts(
            trace,
            weight,
            moved.map((move) => move!.value),
          ),
          moved[0]!.decay,
        )
      : joinParts(trace, weight, left);
    return [assignVariable(trace, 'Assign', weight.variable, next, { controls: [nodeOf(value)] })];
  }

  /** The gradients' common norm, and the gradients, shortened where the run clips. */
  function clip(trace: Trace, gradients: readonly (Ref | undefined)[]): { norm: Ref; clipped: (Ref | undefined)[] } {
    const halves = gradients.filter((g) => g !== undefined).map((g) => trace.add('L2Loss', [g], [T])[0].ref); // Σ g² / 2
    const [{ ref: half }] = trace.add('AddN', [halves], [{ name: 'N', type: 1, value: halves.length }, T]);
    const [{ ref: norm }] = trace.add('Sqrt', [trace.add('Mul', [half, scalar(trace, 2)], [T])[0].ref], [T], {
      name: 'norm',
    });
    if (clipNorm === undefined) return { norm, clipped: [...gradients] };
    const [{ ref: share }] = trace.add('Div', [scalar(trace, clipNorm), norm], [T]);
    const [{ ref: factor }] = trace.add('Minimum', [share, scalar(trace, 1)], [T]);
    return { norm, clipped: gradients.map((g) => g && trace.add('Mul', [g, factor], [T])[0].ref) };
  }

  /** The gradients of each trained group; undefined where the loss depends on none of its weights. */
  const joinGradients = (trace: Trace, gradients: readonly (Ref | undefined)[]): (Ref | undefined)[] =>
    trained.map(({ members, weight }) =>
      members.every((i) => gradients[i] === undefined)
        ? undefined
        : joinParts(
            trace,
            weight,
            members.map((i) => gradients[i]),
          ),
    );

  /** Everything from the gradients of the trained groups to the new weights and averages. `values` are the groups' weights. */
  function update(
    trace: Trace,
    values: readonly Ref[],
    gradients: readonly (Ref | undefined)[],
    statistics: readonly string[],
  ): { norm: Ref; targets: string[] } {
    const { norm, clipped } = clip(trace, gradients);
    const numbers = Object.fromEntries(
      Object.keys(stepNumbers(optimizer, 1, 1)).map((name) => [name, trace.placeholder(name, [], 'float32').ref]),
    );
    const updates = trained.map(({ weight, slots, decays }, g) => {
      const gradient = clipped[g] ?? joinParts(trace, weight, []); // zeros: slots that a checkpoint brings go on without a gradient too
      return addUpdate(
        trace,
        optimizer,
        weight.variable,
        values[groups.indexOf(trained[g])],
        gradient,
        slots.map(({ variable }) => variable),
        numbers,
        decays,
      );
    });
    const targets = [...statistics, ...updates];
    return { norm, targets: emaDecay === undefined ? targets : [...targets, ...follow(trace, targets)] };
  }

  /** Averages follow the weights as they are after `updates`. */
  function follow(trace: Trace, updates: readonly string[]): string[] {
    const decay = trace.placeholder('averageDecay', [], 'float32').ref;
    return groups.map(({ weight, average }) => {
      const [old, now] = [
        readVariable(trace, average!.variable).ref,
        readVariable(trace, weight.variable, { controls: updates }).ref,
      ];
      return assignVariable(trace, 'Assign', average!.variable, movedBy(trace, old, now, decay));
    });
  }

  /** A whole step, or with micro-batches the part that adds `share` times the gradients to the sums. */
  function traceStep(trace: Trace, prefix: string, shape: readonly number[]): Program {
    const { values, fetches, targets, gradients } = differentiate(trace, shape);
    const joined = joinGradients(trace, gradients);
    if (microBatch === undefined) {
      const all = update(trace, values, joined, targets);
      const [loss, ...rest] = fetches;
      return { prefix, targets: all.targets, fetches: [loss, all.norm, ...rest], gradients, digest: trace.digest() };
    }
    const share = trace.placeholder('share', [], 'float32').ref;
    const adding = joined.flatMap((g, k) =>
      g ? [assignVariable(trace, 'AssignAdd', trained[k].sum!.variable, trace.add('Mul', [g, share], [T])[0].ref)] : [],
    );
    return { prefix, targets: [...targets, ...adding], fetches, gradients, digest: trace.digest() };
  }

  /** The update by the sums of the parts. */
  function traceUpdate(trace: Trace, prefix: string): Program {
    const values = groups.map(({ weight }) => readVariable(trace, weight.variable).ref);
    const sums = trained.map(({ sum }) => readVariable(trace, sum!.variable).ref);
    const { norm, targets } = update(trace, values, sums, []);
    return { prefix, targets, fetches: [norm], gradients: [], digest: trace.digest() };
  }

  /** Traces twice, once into a graph that is thrown away: what differs would be frozen. */
  function compile(shape: readonly number[]): Program {
    const prefix = `step_${shape.join('x')}/`;
    const trial = newGraph();
    withTrace({ graph: trial }, declare);
    const [first, second] = [trial, graph].map((into) =>
      withTrace({ graph: into, prefix, bfloat16 }, (trace) => ({ trace, program: traceStep(trace, prefix, shape) })),
    );
    assertEqualTraces(first.trace, second.trace);
    return second.program;
  }

  return {
    groups,
    update:
      microBatch === undefined
        ? undefined
        : withTrace({ graph, prefix: 'update/' }, (trace) => traceUpdate(trace, 'update/')),
    program(shape) {
      const key = shape.join('x');
      if (!programs.has(key)) programs.set(key, compile(shape));
      return programs.get(key)!;
    },
  };
}
