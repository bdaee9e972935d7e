/** The losses that a run can name (docs/losses.md). */
import { crossEntropyDiceBoundary } from './boundary.ts';
import { boundaryAware } from './boundaryAware.ts';
import { boundaryDou } from './boundaryDou.ts';
import { crossEntropy } from './crossEntropy.ts';
import { crossEntropyDice } from './crossEntropyDice.ts';
import { focal } from './focal.ts';
import { focalTversky } from './focalTversky.ts';
import { generalizedDice } from './generalizedDice.ts';
import { crossEntropyDiceHausdorff } from './hausdorff.ts';
import type { LossFunction } from './loss.ts';
import { focalGeneralizedDice, paperLoss, paperLossRising } from './paperLoss.ts';
import { softDice, softDicePerSample } from './softDice.ts';
import { tversky } from './tversky.ts';

/** The losses that a run can name (docs/losses.md). */
export const losses = {
  'ce-dice': crossEntropyDice,
  ce: crossEntropy,
  dice: softDice,
  'dice-per-sample': softDicePerSample,
  gdl: generalizedDice(),
  'gdl-per-sample': generalizedDice({ over: 'sample' }),
  focal: focal(),
  tversky: tversky(),
  'focal-tversky': focalTversky(),
  'boundary-aware': boundaryAware(),
  'focal-gdl': focalGeneralizedDice,
  'focal-gdl-boundary': paperLoss,
  'focal-gdl-boundary-rising': paperLossRising,
  'ce-dice-boundary': crossEntropyDiceBoundary,
  'ce-dice-hausdorff': crossEntropyDiceHausdorff,
  'boundary-dou': boundaryDou,
} as const satisfies Record<string, LossFunction>;

export type LossName = keyof typeof losses;
