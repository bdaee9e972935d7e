/**
 * The paper's loss:
 *
 *     L = L_focal + L_generalizedDice + L_boundaryAware
 *
 * with the formulas of focal.ts, generalizedDice.ts and boundaryAware.ts. Source: Yang et al. 2022 (AX-Unet),
 * doi 10.3389/fonc.2022.894970, which says "weighted sum"; weights are not given in what we could read, so all
 * are 1.
 */
import { boundaryAware } from './boundaryAware.ts';
import { focal } from './focal.ts';
import { generalizedDice } from './generalizedDice.ts';
import type { LossFunction } from './loss.ts';
import { weightedSum } from './weightedSum.ts';

/** Focal + generalized Dice, equal weights. */
export const focalGeneralizedDice: LossFunction = weightedSum([
  { loss: focal(), weight: 1 },
  { loss: generalizedDice(), weight: 1 },
]);

/** The paper's loss: focal + generalized Dice + boundary-aware. */
export const paperLoss: LossFunction = weightedSum([
  { loss: focalGeneralizedDice, weight: 1 },
  { loss: boundaryAware(), weight: 1 },
]);

/**
 * The same with a boundary term that comes in over the first half of the run: the organ has to be found before its
 * contour.
 */
export const paperLossRising: LossFunction = weightedSum([
  { loss: focalGeneralizedDice, weight: 1 },
  { loss: boundaryAware(), weight: { from: 0, to: 1, end: 0.5 } },
]);
