/** In the graph of a training step: from the gradients to the new weights and averages. */
import { joinParts } from 'axunet-engine/graph/joinedVariable';
import type { Ref, Trace } from 'axunet-engine/graph/trace';
import { assignVariable, readVariable } from 'axunet-engine/graph/variables';
import { addFloat32, addNumber, float32 } from './float32.ts';
import { addUpdate, stepNumbers } from './optimizersCompiled.ts';
import type { StepOptions } from './step.ts';
import type { WeightGroup } from './stepVariables.ts';

/** decay · average + (1 − decay) · value */
export function movedBy(trace: Trace, average: Ref, value: Ref, decay: Ref | number): Ref {
  const [kept, added] =
    typeof decay === 'number'
      ? [addNumber(trace, decay), addNumber(trace, 1 - decay)]
      : [decay, addFloat32(trace, 'Sub', [addNumber(trace, 1), decay])];
  const products = [addFloat32(trace, 'Mul', [average, kept]), addFloat32(trace, 'Mul', [value, added])];
  return addFloat32(trace, 'AddV2', products);
}

/** The gradients' common norm, and the gradients, shortened where the run clips. */
function clip(
  trace: Trace,
  gradients: readonly (Ref | undefined)[],
  clipNorm?: number,
): { norm: Ref; clipped: readonly (Ref | undefined)[] } {
  const halves = gradients.filter((g) => g !== undefined).map((g) => addFloat32(trace, 'L2Loss', [g])); // Σ g² / 2
  const [{ ref: half }] = trace.add('AddN', [halves], [{ name: 'N', type: 1, value: halves.length }, float32]);
  const square = addFloat32(trace, 'Mul', [half, addNumber(trace, 2)]);
  const norm = addFloat32(trace, 'Sqrt', [square], { name: 'norm' });
  if (clipNorm === undefined) return { norm, clipped: gradients };
  const share = addFloat32(trace, 'Div', [addNumber(trace, clipNorm), norm]);
  const factor = addFloat32(trace, 'Minimum', [share, addNumber(trace, 1)]);
  return { norm, clipped: gradients.map((g) => g && addFloat32(trace, 'Mul', [g, factor])) };
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
interface UpdateSource {
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
  { values, gradients, targets }: UpdateSource,
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
