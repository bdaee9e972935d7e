/** Our losses of three classes, and their gradients, against MONAI's (classLosses.py made the values). */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { focal } from '../../lib/loss/focal.ts';
import { generalizedDice } from '../../lib/loss/generalizedDice.ts';
import { hausdorffLoss, logHausdorff } from '../../lib/loss/hausdorff.ts';
import type { LossFunction } from '../../lib/loss/loss.ts';
import { losses } from '../../lib/loss/losses.ts';
import { diceLoss } from '../../lib/loss/softDice.ts';
import { type Example, gradientOf, type Shape, valueOf } from './measure.ts';
import { onEveryKernelSet } from './onEveryKernelSet.ts';

interface Peers {
  readonly shape: Shape;
  readonly logits: readonly number[];
  readonly labels: readonly number[];
  readonly values: Readonly<Record<string, { readonly value: number; readonly gradient: readonly number[] }>>;
}

const { shape, logits, labels, values } = JSON.parse(
  readFileSync(new URL('./classLosses.json', import.meta.url), 'utf8'),
) as Peers;
const example: Example = { shape, logits: Float32Array.from(logits), labels: Int32Array.from(labels) };

/** Ours, by the name of MONAI's; the others are those that a run can name. */
const others: Readonly<Record<string, LossFunction>> = {
  'dice squared': diceLoss({ squared: true }),
  'dice jaccard': diceLoss({ jaccard: true, smoothing: 0.5 }), // MONAI doubles the quotient's parts first
  'gdl simple': generalizedDice({ weights: 'simple' }),
  hausdorff: hausdorffLoss(),
  'log-hausdorff': logHausdorff(),
  'focal without alpha': focal({ alpha: null }),
  'focal gamma 1/2': focal({ gamma: 0.5, alpha: 0.25 }),
};

onEveryKernelSet('losses of three classes', (test) => {
  for (const [name, wanted] of Object.entries(values)) {
    const loss = others[name] ?? losses[name as keyof typeof losses];
    test(`${name} has MONAI's value and gradient to 1e-6`, () => {
      const scale = Math.max(1, Math.abs(wanted.value));
      expect(Math.abs(valueOf(loss, example) - wanted.value)).toBeLessThan(1e-6 * scale);
      gradientOf(loss, example).forEach((found, i) => {
        expect(Math.abs(found - wanted.gradient[i]), `logit ${i}`).toBeLessThan(1e-6 * scale);
      });
    });
  }
});
