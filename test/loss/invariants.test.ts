/** What every loss must keep to, whatever the images. */

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../lib/engine/engine.ts';
import type { LossFunction } from '../../lib/loss/loss.ts';
import { losses } from '../../lib/loss/losses.ts';
import { type Example, gradientOf, valueOf } from './measure.ts';

beforeAll(async () => void (await startEngine()));

const [height, width] = [4, 5];
const pixels = height * width;
/** Two images: labels, and how sure the network is of the truth of each pixel (below 0: of the other class). */
const images = fc.record({
  labels: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 2 * pixels, maxLength: 2 * pixels }),
  margins: fc.array(fc.double({ min: -30, max: 30, noNaN: true }), { minLength: 2 * pixels, maxLength: 2 * pixels }),
});
const exampleFrom = (labels: readonly number[], margins: readonly number[]): Example => ({
  logits: Float32Array.from(
    labels.flatMap((y, i) => [((y ? -1 : 1) * margins[i]) / 2, ((y ? 1 : -1) * margins[i]) / 2]),
  ),
  labels: Int32Array.from(labels),
  shape: [2, height, width, 2],
});
const reversed = <T>(values: readonly T[]): T[] => [...values.slice(pixels), ...values.slice(0, pixels)];

/**
 * Its distances are those of the prediction too, and jump where a probability crosses 1/2: one pixel can change the
 * price of all others.
 */
const jumps = (name: string): boolean => name === 'ce-dice-hausdorff';
/** A pixel deep inside the organ is worth something. */
const canBeNegative = (name: string): boolean => name === 'ce-dice-boundary';

describe.each(Object.entries(losses) as [string, LossFunction][])('%s', (name, loss) => {
  it(`is ${canBeNegative(name) ? '' : 'never below 0, and '}finite like its gradient`, () => {
    fc.assert(
      fc.property(images, ({ labels, margins }) => {
        const example = exampleFrom(labels, margins);
        const value = valueOf(loss, example);
        if (!canBeNegative(name)) expect(value).toBeGreaterThan(-1e-6);
        expect([value, ...gradientOf(loss, example)].every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it.skipIf(jumps(name))('never falls when one pixel gets worse', () => {
    fc.assert(
      fc.property(
        images,
        fc.nat(2 * pixels - 1),
        fc.double({ min: 0, max: 20, noNaN: true }),
        ({ labels, margins }, at, by) => {
          const [before, after] = [margins, margins.map((m, i) => (i === at ? m - by : m))].map((each) =>
            valueOf(loss, exampleFrom(labels, each)),
          );
          expect(after).toBeGreaterThanOrEqual(before - 2e-6 * (1 + Math.abs(before)));
        },
      ),
      { numRuns: 25 },
    );
  });

  it('does not depend on the order of the images, nor on what is added to all logits of a pixel', () => {
    fc.assert(
      fc.property(images, fc.integer({ min: -50, max: 50 }), ({ labels, margins }, shift) => {
        const example = exampleFrom(labels, margins);
        const value = valueOf(loss, example);
        const near = (other: Example): void =>
          expect(Math.abs(valueOf(loss, other) - value)).toBeLessThan(2e-5 * (1 + value));
        near(exampleFrom(reversed(labels), reversed(margins)));
        if (!jumps(name)) near({ ...example, logits: example.logits.map((z) => z + shift) });
      }),
      { numRuns: 15 },
    );
  });
});
