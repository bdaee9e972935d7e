/**
 * Equality with the reference network, run in Paddle in float64: values of a network of width 8 (reference-8.json, its
 * `how` says how they were made). In their place `axunet_forward.json` of the optional shared folder (also width 64), or
 * the file named by AXUNET_REFERENCE (same format, any of the six variants, widths and shapes).
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { valueAndGradients } from '../../lib/engine/gradients.ts';
import { whyNoGraphs } from '../../lib/engine/graph/native.ts';
import { addBias } from '../../lib/engine/ops/bias.ts';
import { convolution } from '../../lib/engine/ops/convolution.ts';
import { depthwiseConvolution } from '../../lib/engine/ops/depthwise.ts';
import { expected } from '../../lib/errors.ts';
import type { LossFunction } from '../../lib/loss/loss.ts';
import { createAxUnet } from '../../lib/model/axunet.ts';
import type { Batch } from '../../lib/preprocess/batches.ts';
import { projectPath, settings } from '../../lib/settings.ts';
import { CompiledStep } from '../../lib/step/compiledStep.ts';
import { referenceRmsprop, updateOf } from '../../lib/step/optimizers.ts';
import {
  hashUniform,
  inReferenceLayout,
  namedWeights,
  ourName,
  type Pass,
  type Reference,
  type Run,
  referenceInput,
  referenceLabels,
  referenceLoss,
  type Stats,
  type Steps,
  setReferenceWeights,
  statsOf,
  type TrainPass,
  variantOf,
} from './reference.ts';

const sharedFile = settings.sharedFolder && path.join(settings.sharedFolder, 'data/reference/axunet_forward.json');
const file =
  process.env.AXUNET_REFERENCE ??
  (sharedFile && existsSync(sharedFile) ? sharedFile : projectPath('test/model/reference-8.json'));
if (!existsSync(file)) throw expected('a file of reference values in AXUNET_REFERENCE', 'no such file', file);
await startEngine();
const reference = JSON.parse(readFileSync(file, 'utf8')) as Reference;

/** Largest difference between two summaries of a tensor, over statistics and sampled values. */
function difference(ours: Stats, theirs: Stats): number {
  expect(ours.shape).toEqual(theirs.shape);
  const pairs = [
    ...theirs.v.map((v, i) => [v, ours.v[i]!] as const),
    ...(['mean', 'std', 'min', 'max'] as const).map((k) => [theirs[k], ours[k]] as const),
  ];
  return Math.max(...pairs.map(([a, b]) => Math.abs(a - b)));
}
/** The largest absolute value that a layer holds: float32 differences grow with it. */
const magnitude = (stats: Stats): number => Math.max(1, Math.abs(stats.min), Math.abs(stats.max));

const norm2 = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  return Math.sqrt(sum);
};

/**
 * Networks in which a ReLU or a maximum flips somewhere differ by up to this share of a gradient's
 * norm (see the notes of the file).
 */
const gradientLimit = 3e-2;
const zeroGradient = 1e-6;

function buildFor(run: { variant: string; base: number; input: number[] }): tf.LayersModel {
  const [, inputChannels, height, width] = run.input as [number, number, number, number];
  return createAxUnet({ ...variantOf(run.variant)!, width: run.base, inputSize: [height, width], inputChannels });
}

/** Every layer's output by the reference's name, with the steps inside the first two blocks computed beside them. */
function layerOutputs(model: tf.LayersModel, x: tf.Tensor4D, training: boolean): Map<string, tf.Tensor4D> {
  const layers = model.layers.filter((l) => l.name !== 'image');
  const inner = tf.model({ inputs: model.inputs, outputs: layers.map((l) => l.output as tf.SymbolicTensor) });
  const outputs = inner.apply(x, { training }) as tf.Tensor4D[];
  const all = new Map(layers.map((l, i) => [l.name, outputs[i]!]));
  const weights = namedWeights(model);
  const w = <T extends tf.Tensor>(name: string): T => weights.get(name)!.read() as T;
  all.set('c1_conv1', convolution(x, w('c1/conv1/kernel'), w('c1/conv1/bias')));
  if (weights.has('c2/pointwise/kernel')) {
    all.set('c2_pointwise', convolution(all.get('p1')!, w('c2/pointwise/kernel'), w('c2/pointwise/bias')));
    all.set(
      'c2_depthwise',
      addBias(depthwiseConvolution(all.get('c2_pointwise')!, w('c2/depthwise/kernel')), w('c2/depthwise/bias')),
    );
  }
  all.set('log_sigmoid', tf.logSigmoid(all.get('c10')!));
  return all;
}

/** Layers of the file that exist inside our fused operations only; what follows them is checked. */
const fused = new Set(['c1_bn1', 'c2_bn1', 'c2_conv1']);

function checkForward(run: Run, pass: Pass, outputs: Map<string, tf.Tensor4D>): void {
  const logits = outputs.get('c10')!;
  expect(difference(statsOf(logits, pass.logits.v.length), pass.logits), 'logits').toBeLessThan(
    3e-5 * magnitude(pass.logits),
  );
  for (const [name, stats] of Object.entries(pass.layers ?? {})) {
    if (fused.has(name)) continue;
    const ours = outputs.get(name);
    expect(ours, `${run.variant} has a layer ${name}`).toBeDefined();
    expect(difference(statsOf(ours!, stats.v.length), stats), name).toBeLessThan(3e-5 * magnitude(stats));
  }
}

function checkRunningStatistics(run: Run, train: TrainPass, model: tf.LayersModel): void {
  const weights = namedWeights(model);
  for (const [p, [norm, ...first]] of Object.entries(train.bn_after ?? {})) {
    const values = weights
      .get(ourName(run.params[Number(p)]![1]))!
      .read()
      .dataSync();
    expect(Math.abs(norm2(values) - norm!) / norm!, `norm of ${run.params[Number(p)]![1]}`).toBeLessThan(1e-5);
    first.forEach((v, i) =>
      expect(Math.abs(values[i]! - v), run.params[Number(p)]![1]).toBeLessThan(1e-5 * Math.max(1, norm!)),
    );
  }
}

function checkGradients(run: Run, train: TrainPass, model: tf.LayersModel, x: tf.Tensor4D): void {
  const named = namedWeights(model);
  const variables = new Map(
    [...named].filter(([, w]) => w.trainable).map(([name, w]) => [name, w.read() as tf.Variable]),
  );
  const names = [...variables.keys()];
  const { value, gradients } = valueAndGradients(
    () => tf.mean(tf.square(model.apply(x, { training: true }) as tf.Tensor)) as tf.Scalar,
    [...variables.values()],
  );
  const loss = train.loss_mean_sq;
  if (loss !== undefined) expect(Math.abs(value.dataSync()[0]! - loss) / loss).toBeLessThan(1e-4);
  const zero = new Set((run.grads_that_are_zero_in_exact_arithmetic ?? []).map(Number));
  for (const [p, [norm, ...first]] of Object.entries(train.grads ?? {})) {
    const [, name, , role] = run.params[Number(p)]!;
    const gradient = gradients[names.indexOf(ourName(name))];
    const values = gradient ? inReferenceLayout(gradient, role) : new Float32Array(first.length);
    const ours = norm2(values);
    if (zero.has(Number(p))) expect(ours, `${name} has a zero gradient`).toBeLessThan(zeroGradient);
    else {
      expect(Math.abs(ours - norm!) / norm!, `gradient norm of ${name}`).toBeLessThan(gradientLimit);
      first.forEach((v, i) =>
        expect(Math.abs(values[i]! - v), `gradient of ${name}`).toBeLessThan(gradientLimit * norm!),
      );
    }
  }
  tf.dispose([value, gradients.filter((g) => g !== undefined)]);
}

describe('the integer hash of the reference values', () => {
  it('gives the check values of the file', () => {
    const check: [number, number, number][] = [
      [0, 0, 0.715516039523],
      [1, 0, 0.483444240709],
      [12345, 7, 0.642225857179],
      [9437183, 60, 0.0128883146444],
    ];
    for (const [j, p, u] of check) expect(hashUniform(j, p)).toBeCloseTo(u, 11);
  });
});

describe('names of the reference', () => {
  it.each([
    ['c1.layers.2.weight', 'c1/conv2/kernel'],
    ['c7.layers.1._variance', 'c7/bn1/variance'],
    ['c4.layers.0.depthwise_conv.bias', 'c4/depthwise/bias'],
    ['deeplabhead.head.0.features.0.1.weight', 'aspp0/bn/gamma'],
    ['deeplabhead.head.0.features.3.asppconv.0.weight', 'aspp3/conv/kernel'],
    ['deeplabhead.head.0.features.4.features.1._mean', 'aspp4_3x3/bn/mean'],
    ['deeplabhead.head.0.project.0.bias', 'aspp_project/conv/bias'],
    ['deeplabhead.head.1.weight', 'head_conv/conv/kernel'],
    ['deeplabhead.head.2.bias', 'head_conv/bn/beta'],
    ['deeplabhead.head.3.weight', 'head_out/conv/kernel'],
    ['up6.bias', 'up6/conv/bias'],
    ['c10.weight', 'c10/conv/kernel'],
    ['short3.bias', 's3/conv/bias'],
    ['merge6_conv.weight', 'merge6/conv/kernel'],
  ])('%s is our %s', (theirs, ours) => expect(ourName(theirs)).toBe(ours));
});

describe('AX-Unet equals the reference network', () => {
  beforeAll(async () => void (await startEngine()));
  afterAll(() => tf.disposeVariables());

  const runs = reference.runs.map((run) => ({ title: `${run.variant}, width ${run.base}, [${run.input}]`, run }));
  it.for(runs)(
    '$title: parameters, layers, gradients and running statistics',
    { timeout: 300_000 },
    ({ run }, { skip }) => {
      skip(!variantOf(run.variant), `${run.variant} is not one of the six variants`);
      const model = buildFor(run);
      setReferenceWeights(model, run.params);
      expect(model.countParams()).toBe(run.counts.live);
      const x = referenceInput(run.input);
      tf.tidy(() => checkForward(run, run.eval, layerOutputs(model, x, false)));
      if (run.train) {
        tf.tidy(() => checkForward(run, run.train!, layerOutputs(model, x, true)));
        checkRunningStatistics(run, run.train, model);
        checkGradients(run, run.train, model, x);
      }
      model.dispose();
    },
  );

  const steps = [reference.train_steps ?? []].flat().map((s) => ({
    title: `${s.steps} RMSProp steps of ${s.variant}, width ${s.base}`,
    s,
    run: reference.runs.find((r) => r.variant === s.variant && r.base === s.base),
  }));
  it.for(steps)('$title follow the reference', ({ s, run }, { skip }) => {
    skip(!variantOf(s.variant) || !run, 'no run of the file lists the parameters of such a network');
    const model = buildFor(s);
    setReferenceWeights(model, run!.params);
    followSteps(s, run!, model);
  });

  const whyEager = whyNoGraphs();
  it.skipIf(whyEager !== undefined).for(steps)(
    `$title follow the reference when compiled${whyEager ? ` (skipped: ${whyEager})` : ''}`,
    { timeout: 300_000 },
    async ({ s, run }, { skip }) => {
      skip(!variantOf(s.variant) || !run, 'no run of the file lists the parameters of such a network');
      const model = buildFor(s);
      setReferenceWeights(model, run!.params);
      await followCompiledSteps(s, run!, model);
    },
  );
});

/**
 * Differences of the loss before each step. Dividing by √(r + ε) turns small gradients into steps of full
 * size, so float32 rounding grows from step to step: TensorFlow, wasm and Paddle's own float32 differ from
 * float64 by up to 2.3e-3 after four.
 */
const stepTolerances = [1e-5, 2e-5, 1e-3, 4e-3];

function followSteps(s: Steps, run: Run, model: tf.LayersModel): void {
  const [x, labels] = [referenceInput(s.input), referenceLabels(s.input)];
  const trainable = [...namedWeights(model).values()].filter((w) => w.trainable).map((w) => w.read() as tf.Variable);
  const slots = trainable.map((v) => [tf.zeros(v.shape), tf.zeros(v.shape)]);
  for (let step = 0; step <= s.steps; step++) {
    const parts = { ce: 0, dice: 0 };
    const { value, gradients } = valueAndGradients(() => {
      const { loss, ce, dice } = referenceLoss(model.apply(x, { training: true }) as tf.Tensor4D, labels);
      Object.assign(parts, { ce: ce.dataSync()[0], dice: dice.dataSync()[0] });
      return loss;
    }, trainable);
    const tolerance = stepTolerances[Math.min(step, stepTolerances.length - 1)]!;
    expect(Math.abs(value.dataSync()[0]! - s.float64.loss[step]!), `loss before step ${step + 1}`).toBeLessThan(
      tolerance,
    );
    expect(Math.abs(parts.ce - s.float64.ce[step]!)).toBeLessThan(tolerance);
    expect(Math.abs(parts.dice - s.float64.dice_term[step]!)).toBeLessThan(tolerance);
    if (step === s.steps) break; // the last forward only updates the running statistics
    gradients.forEach((g, i) => {
      if (!g) return;
      const [w, ...next] = updateOf(
        referenceRmsprop,
        { weight: trainable[i]!, gradient: g, slots: slots[i]! },
        5e-4,
        step + 1,
      );
      trainable[i]!.assign(w!);
      slots[i] = next;
    });
  }
  checkAfterSteps(s, run, model, x, labels);
}

/** The same with the step compiled to one graph. */
async function followCompiledSteps(s: Steps, run: Run, model: tf.LayersModel): Promise<void> {
  const [n, channels, height, width] = s.input as [number, number, number, number];
  const [x, labels] = [referenceInput([n, channels, height, width]), referenceLabels([n, channels, height, width])];
  const batch: Batch = {
    images: x.dataSync<'float32'>() as Float32Array,
    labels: Uint8Array.from(labels.dataSync()),
    n,
    height,
    width,
    ids: [],
  };
  const loss: LossFunction = (logits, truth) => referenceLoss(logits, truth).loss;
  const step = await CompiledStep.compile(model, { optimizer: referenceRmsprop, loss }, batch);
  for (let k = 0; k <= s.steps; k++) {
    // Of the last step only the forward pass counts, which moves the running statistics: everything else is put back.
    const before = k === s.steps ? await step.state() : undefined;
    const { loss } = await step.run(batch, 5e-4);
    const tolerance = stepTolerances[Math.min(k, stepTolerances.length - 1)]!;
    expect(Math.abs(loss - s.float64.loss[k]!), `loss before step ${k + 1}`).toBeLessThan(tolerance);
    if (before)
      await step.restore({
        ...(await step.state()),
        ...Object.fromEntries(Object.entries(before).filter(([key]) => !/\/(mean|variance)$/.test(key))),
      });
  }
  await step.withAveragedWeights(async () => checkAfterSteps(s, run, model, x, labels));
  step.dispose();
}

/** Loss in inference and norms of the parameters after all steps. */
function checkAfterSteps(s: Steps, run: Run, model: tf.LayersModel, x: tf.Tensor4D, labels: tf.Tensor3D): void {
  const { loss } = referenceLoss(model.apply(x, { training: false }) as tf.Tensor4D, labels);
  expect(Math.abs(loss.dataSync()[0]! - s.float64.eval_loss_after)).toBeLessThan(5e-3);
  const weights = namedWeights(model);
  for (const [p, [norm]] of Object.entries(s.float64.param_norms_after)) {
    const [, name, , role] = run.params[Number(p)]!;
    const values = inReferenceLayout(weights.get(ourName(name))!.read(), role);
    const limit = role.startsWith('bn_') ? 1e-2 : 1e-3;
    expect(Math.abs(norm2(values) - norm!) / norm!, `norm of ${name} after the steps`).toBeLessThan(limit);
  }
}
