/**
 * Whether the engine of this machine computes what it should, as a table: against the cpu engine, the reference network
 * (test/model/reference-8.json) and itself compiled. For machines on which the whole of the tests is too slow or was
 * not run yet: scripts/arm64-check.mjs runs it under an emulator. Exits with 1 where a limit is passed.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { currentEngine, isOnGpu, startEngine, tf } from 'axunet-engine/engine';
import { valueAndGradients } from 'axunet-engine/gradients';
import { compileModel } from 'axunet-engine/graph/compileModel';
import { hasOwnKernels, withoutOwnKernels } from 'axunet-engine/ops/ownKernels';
import type { LossFunction } from '../lib/loss/loss.ts';
import { losses } from '../lib/loss/losses.ts';
import { createAxUnet, modelConfig } from '../lib/model/axunet.ts';
import { projectPath } from '../lib/settings.ts';
import { CompiledStep } from '../lib/step/compiledStep.ts';
import { batchTensors, differentiate } from '../lib/step/differentiate.ts';
import { EagerStep } from '../lib/step/eagerStep.ts';
import { exampleBatch } from '../lib/step/exampleBatch.ts';
import { referenceRmsprop } from '../lib/step/optimizers.ts';
import type { TrainStep } from '../lib/step/step.ts';
import {
  inReferenceLayout,
  namedWeights,
  ourName,
  type Reference,
  type Run,
  referenceInput,
  referenceLabels,
  referenceLoss,
  type Steps,
  setReferenceWeights,
  statsOf,
  variantOf,
} from '../test/model/reference.ts';

/** One line of the table: what was measured, and what it may be at most. */
interface Row {
  readonly what: string;
  readonly value: number;
  readonly limit: number;
}

const norm2 = (values: Float32Array): number => Math.sqrt(values.reduce((sum, v) => sum + v ** 2, 0));

/** 1 − cosine between two lists of numbers. */
function angle(ours: Float32Array, theirs: Float32Array): number {
  let [product, ourSquare, theirSquare] = [0, 0, 0];
  ours.forEach((a, i) => {
    product += a * theirs[i];
    ourSquare += a * a;
    theirSquare += theirs[i] ** 2;
  });
  return 1 - product / Math.sqrt(ourSquare * theirSquare);
}

const small = modelConfig({ width: 4, inputSize: [32, 32] });
const smallBatch = exampleBatch(1, small);
const smallLoss = { loss: losses['ce-dice'] };

/** All gradients of a small network, end to end, on the engine that runs. */
async function smallGradients(): Promise<Float32Array> {
  const model = createAxUnet(small, 1);
  const tensors = batchTensors(smallBatch, 0.25);
  const { loss, gradients } = differentiate(model, smallLoss, tensors);
  const values = await Promise.all(gradients.map(async (g) => (g ? [...(await g.data<'float32'>())] : [])));
  tf.dispose([loss, gradients.filter((g) => g !== undefined), Object.values(tensors)]);
  model.dispose();
  return Float32Array.from(values.flat());
}

/** Gradients against those of plain JavaScript, with our kernels and without. */
async function againstCpu(): Promise<Row[]> {
  const { name } = currentEngine();
  const ours = await smallGradients();
  const theirs = hasOwnKernels() ? withoutOwnKernels(smallGradients) : undefined;
  const stock = await theirs;
  await startEngine('cpu');
  const plain = await smallGradients();
  await startEngine(name);
  const rows = [{ what: 'all gradients against the cpu engine, 1 − cosine', value: angle(ours, plain), limit: 1e-6 }];
  if (!stock) return rows;
  return [...rows, { what: "… with TensorFlow's kernels alone", value: angle(stock, plain), limit: 1e-6 }];
}

function referenceModel({ variant, base, input }: Pick<Run, 'variant' | 'base' | 'input'>, run: Run): tf.LayersModel {
  const [, inputChannels, height, width] = input;
  const model = createAxUnet({ ...variantOf(variant)!, width: base, inputSize: [height, width], inputChannels });
  setReferenceWeights(model, run.params);
  return model;
}

/** Logits and gradients of the reference network: the largest difference over the sampled values. */
function againstReference(run: Run): Row[] {
  const model = referenceModel(run, run);
  const x = referenceInput(run.input);
  const { logits } = run.eval;
  const ours = statsOf(
    tf.tidy(() => model.apply(x, { training: false }) as tf.Tensor4D),
    logits.v.length,
  );
  const named = namedWeights(model);
  const names = [...named.keys()].filter((name) => named.get(name)!.trainable);
  const { gradients } = valueAndGradients(
    () => tf.mean(tf.square(model.apply(x, { training: true }) as tf.Tensor)) as tf.Scalar,
    names.map((name) => named.get(name)!.read() as tf.Variable),
  );
  const zero = new Set((run.grads_that_are_zero_in_exact_arithmetic ?? []).map(Number));
  const shares = Object.entries(run.train?.grads ?? {})
    .filter(([p]) => !zero.has(Number(p)))
    .map(([p, [norm]]) => {
      const [, name, , role] = run.params[Number(p)];
      const gradient = gradients[names.indexOf(ourName(name))];
      return gradient ? Math.abs(norm2(inReferenceLayout(gradient, role)) - norm) / norm : 1;
    });
  const title = `reference network (${run.variant}, width ${run.base})`;
  return [
    {
      what: `${title}: logits, largest difference`,
      value: Math.max(...logits.v.map((v, i) => Math.abs(v - ours.v[i]))),
      limit: 3e-5 * Math.max(1, Math.abs(logits.min), Math.abs(logits.max)),
    },
    { what: `${title}: gradient norms, largest relative difference`, value: Math.max(...shares), limit: 3e-2 },
  ];
}

/** The losses of the reference network's steps: the largest difference, of the first two and of all. */
async function followSteps(steps: Steps, run: Run, kind: 'eager' | 'compiled'): Promise<Row[]> {
  const [n, , height, width] = steps.input;
  const [x, y] = [referenceInput(steps.input), referenceLabels(steps.input)];
  const images = (await x.data<'float32'>()) as Float32Array;
  const batch = { images, labels: Uint8Array.from(await y.data()), n, height, width, ids: [] };
  const model = referenceModel(steps, run);
  const loss: LossFunction = (logits, truth) => referenceLoss(logits, truth).loss;
  const options = { optimizer: referenceRmsprop, loss };
  const step: TrainStep =
    kind === 'eager' ? new EagerStep(model, options) : await CompiledStep.compile(model, options, batch);
  const differences: number[] = [];
  for (const expectedLoss of steps.float64.loss)
    differences.push(Math.abs((await step.run(batch, 5e-4)).loss - expectedLoss));
  step.dispose();
  const title = `${kind} RMSProp steps of the reference: loss, largest difference`;
  return [
    { what: `${title}, first 2`, value: Math.max(...differences.slice(0, 2)), limit: 2e-5 },
    { what: `${title}, all ${differences.length}`, value: Math.max(...differences), limit: 4e-3 },
  ];
}

/** A compiled prediction against the same model operation by operation. */
async function prediction(): Promise<Row> {
  const model = createAxUnet(small, 1);
  const shape = [1, 32, 32, 3];
  const compiled = compileModel(model, { finish: (logits) => tf.softmax(logits) });
  const ours = await compiled.predict(smallBatch.images, shape);
  const plain = tf.tidy(() => tf.softmax(model.predict(tf.tensor(smallBatch.images, shape)) as tf.Tensor));
  const theirs = await plain.data();
  const how = compiled.reason ? `not compiled (${compiled.reason})` : 'compiled';
  const what = `prediction, ${how}, against the eager one`;
  compiled.close();
  const difference = Math.max(...ours.map((v, i) => Math.abs(v - theirs[i])));
  return { what, value: compiled.reason ? NaN : difference, limit: 1e-5 }; // NaN passes no limit
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
  const engine = await startEngine();
  const reference = JSON.parse(readFileSync(projectPath('test/model/reference-8.json'), 'utf8')) as Reference;
  const [run] = reference.runs;
  const steps = [reference.train_steps ?? []].flat()[0];
  const rows = [...(await againstCpu()), ...againstReference(run), ...(await followSteps(steps, run, 'eager'))];
  const canCompile = engine.name === 'tensorflow';
  if (canCompile) rows.push(...(await followSteps(steps, run, 'compiled')), await prediction());
  const failed = rows.filter(({ value, limit }) => !(value <= limit));
  const about = { engine: engine.description, system: `${process.platform} ${process.arch}`, node: process.version };
  const kernels = { ownKernels: hasOwnKernels(), gpu: isOnGpu(), compiled: canCompile };
  if (values.json) console.log(JSON.stringify({ ...about, ...kernels, rows }));
  else {
    console.log(
      `${about.engine}, ${about.system}, Node ${about.node}, our kernels: ${kernels.ownKernels ? 'yes' : 'no'}`,
    );
    for (const { what, value, limit } of rows)
      console.log(
        `${value <= limit ? 'ok    ' : 'FAILED'} ${value.toExponential(1)} (≤ ${limit.toExponential(0)})  ${what}`,
      );
  }
  process.exitCode = failed.length > 0 ? 1 : 0;
}

await main();
