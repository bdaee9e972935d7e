/** In the graph of a training step: from the gradients to the new weights and averages. */
import { typeAttribute } from 'axunet-engine/graph/attributes';
import { joinParts } from 'axunet-engine/graph/joinedVariable';
import { dtypes } from 'axunet-engine/graph/native';
import type { Ref, Trace } from 'axunet-engine/graph/trace';
import { assignVariable, readVariable } from 'axunet-engine/graph/variables';
import { addUpdate, stepNumbers } from './optimizersCompiled.ts';
import type { StepOptions } from './step.ts';
import type { WeightGroup } from './stepVariables.ts';

const T = typeAttribute('T', dtypes.float32);
const scalar = (trace: Trace, value: number): Ref => trace.constant([], dtypes.float32, [value]);

/** decay · average + (1 − decay) · value */
export function movedBy(trace: Trace, average: Ref, value: Ref, decay: Ref | number): Ref {
  const [kept, added] =
    typeof decay === 'number'
      ? [scalar(trace, decay), scalar(trace, 1 - decay)]
      : [decay, trace.add('Sub', [scalar(trace, 1), decay], [T])[0].ref];
  const products = [trace.add('Mul', [average, kept], [T])[0].ref, trace.add('Mul', [value, added], [T])[0].ref];
  return trace.add('AddV2', products, [T])[0].ref;
}

/** The gradients' common norm, and the gradients, shortened where the run clips. */
function clip(
  trace: Trace,
  gradients: readonly (Ref | undefined)[],
  clipNorm?: number,
): { norm: Ref; clipped: readonly (Ref | undefined)[] } {
  const halves = gradients.filter((g) => g !== undefined).map((g) => trace.add('L2Loss', [g], [T])[0].ref); // Σ g² / 2
  const [{ ref: half }] = trace.add('AddN', [halves], [{ name: 'N', type: 1, value: halves.length }, T]);
  const [{ ref: square }] = trace.add('Mul', [half, scalar(trace, 2)], [T]);
  const [{ ref: norm }] = trace.add('Sqrt', [square], [T], { name: 'norm' });
  if (clipNorm === undefined) return { norm, clipped: gradients };
  const [{ ref: share }] = trace.add('Div', [scalar(trace, clipNorm), norm], [T]);
  const [{ ref: factor }] = trace.add('Minimum', [share, scalar(trace, 1)], [T]);
  return { norm, clipped: gradients.map((g) => g && trace.add('Mul', [g, factor], [T])[0].ref) };
}

/** Averages follow the weights as they are after `updates`. */
function follow(trace: Trace, groups: readonly WeightGroup[], updates: readonly string[]): string[] {
  const decay = trace.placeholder('averageDecay', [], 'float32').ref;
  return groups.map(({ weight, average }) => {
    const old = readVariable(trace, average!.variable).ref;
    const now = readVariable(trace, weight.variable, { controls: updates }).ref;
    return assignVariable(trace, 'Assign', average!.variable, movedBy(trace, old, now, decay));
  });
}

/** What an update starts from. */
interface Differentiated {
  /** Of the groups' weights. */
  readonly values: readonly Ref[];
  /** Of the trained groups' weights. */
  readonly gradients: readonly (Ref | undefined)[];
  /** Operations that set the running statistics. */
  readonly targets: readonly string[];
}

/** Adds the update of all groups; returns the norm of the gradients before clipping, and the operations to run. */
export function traceUpdate(
  trace: Trace,
  { optimizer, clipNorm, emaDecay }: StepOptions,
  groups: readonly WeightGroup[],
  { values, gradients, targets }: Differentiated,
): { norm: Ref; targets: string[] } {
  const { norm, clipped } = clip(trace, gradients, clipNorm);
  const numbers = Object.fromEntries(
    Object.keys(stepNumbers(optimizer, 1, 1)).map((name) => [name, trace.placeholder(name, [], 'float32').ref]),
  );
  const trained = groups.filter(({ isTrainable }) => isTrainable);
  const updates = trained.map((group, g) => {
    const { weight, slots, decays } = group;
    return addUpdate(trace, optimizer, numbers, {
      variable: weight.variable,
      value: values[groups.indexOf(group)],
      // zeros where there is none: slots that a checkpoint brings go on without a gradient too
      gradient: clipped[g] ?? joinParts(trace, weight, []),
      slots: slots.map(({ variable }) => variable),
      decays,
    });
  });
  const all = [...targets, ...updates];
  return { norm, targets: emaDecay === undefined ? all : [...all, ...follow(trace, groups, all)] };
}
