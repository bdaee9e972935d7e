/**
 * What the tests of the losses by distances share: the peers' values on a formula's logits, values and gradients of a
 * loss, finite differences.
 */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { tf } from '../../lib/engine/engine.ts';
import { valueAndGradients } from '../../lib/engine/gradients.ts';
import type { LossFunction } from '../../lib/loss/loss.ts';

interface PeerValues {
  readonly value: number;
  readonly gradientNorm: number;
  readonly gradient: readonly number[];
}
const fixture = JSON.parse(readFileSync(new URL('distanceLosses.json', import.meta.url), 'utf8')) as {
  shape: [number, number, number, number];
  values: Record<string, PeerValues>;
};

type Place = (n: number, i: number, j: number) => number;
const fill = (n: number, height: number, width: number, at: Place): number[] =>
  Array.from({ length: n * height * width }, (_, k) =>
    at(Math.floor(k / (height * width)), Math.floor(k / width) % height, k % width),
  );

/** Logits and masks of distanceLosses.json, by the formulas of its `how`. */
export function peerCase(): { logits: Float32Array; labels: Int32Array; shape: [number, number, number, number] } {
  const [n, height, width] = fixture.shape;
  const logit =
    (c: number): Place =>
    (k, i, j) =>
      2.5 * Math.sin(0.7 * i + 1.9 * c + 0.4 * k) * Math.cos(0.45 * j - 0.8 * c) + 0.5 * c - 0.2 * k;
  const [background, foreground] = [0, 1].map((c) => fill(n, height, width, logit(c)));
  const masks: ((i: number, j: number) => boolean)[] = [
    (i, j) => (i - 8) ** 2 + (j - 10) ** 2 <= 36,
    (i, j) => i >= 2 && i < 9 && j < 12,
    () => false,
    () => true,
  ];
  const labels = fill(n, height, width, (k, i, j) => Number(masks[k](i, j)));
  return {
    logits: Float32Array.from(background.flatMap((z, i) => [z, foreground[i]])),
    labels: Int32Array.from(labels),
    shape: fixture.shape,
  };
}

/** A loss and its gradient with respect to the logits. */
export function evaluate(
  loss: LossFunction,
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  shape: number[],
): { value: number; gradient: Float32Array } {
  const x = tf.variable(tf.tensor(Float32Array.from(logits), shape));
  const y = tf.tensor(Int32Array.from(labels), shape.slice(0, -1), 'int32');
  const { value, gradients } = valueAndGradients(() => loss(x as tf.Tensor4D, y as tf.Tensor3D), [x]);
  const result = { value: value.dataSync()[0], gradient: gradients[0]!.dataSync<'float32'>() as Float32Array };
  tf.dispose([x, y, value, gradients[0]!]);
  return result;
}

/** Value and gradient on the peers' case must be the peers'. */
export function expectPeer(name: string, loss: LossFunction): void {
  const { logits, labels, shape } = peerCase();
  const wanted = fixture.values[name];
  const { value, gradient } = evaluate(loss, logits, labels, shape);
  expect(Math.abs(value / wanted.value - 1), 'value').toBeLessThan(2e-6);
  expect(
    Math.abs(Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0)) / wanted.gradientNorm - 1),
    'norm of the gradient',
  ).toBeLessThan(2e-6);
  wanted.gradient.forEach((g, k) =>
    expect(Math.abs(gradient[7 + 211 * k] - g), `gradient ${k}`).toBeLessThan(1e-6 * wanted.gradientNorm),
  );
}

/** The gradient must be the slope between two near points, so near that the distance maps stay what they are. */
export function expectFiniteDifferences(loss: LossFunction, step: number, tolerance: number): void {
  const { logits, labels, shape } = peerCase();
  const { gradient } = evaluate(loss, logits, labels, shape);
  const largest = gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
  const margin = (k: number): number => Math.abs(logits[2 * (k >> 1) + 1] - logits[2 * (k >> 1)]);
  // From the largest gradients on, where the step keeps the prediction on its side of 1/2.
  const order = [...gradient.keys()]
    .filter((k) => margin(k) > 2 * step)
    .sort((a, b) => Math.abs(gradient[b]) - Math.abs(gradient[a]));
  for (let rank = 0; rank < 40; rank += 4) {
    const k = order[rank];
    const at = (d: number): number =>
      evaluate(
        loss,
        logits.map((v, i) => (i === k ? v + d : v)),
        labels,
        shape,
      ).value;
    expect(Math.abs((at(step) - at(-step)) / (2 * step) - gradient[k]) / largest, `logit ${k}`).toBeLessThan(tolerance);
  }
}

/** Two logits whose softmax probability of the foreground is `p`. */
export const logitsOf = (probabilities: readonly number[]): number[] =>
  probabilities.flatMap((p) => [0, Math.log(p / (1 - p))]);
