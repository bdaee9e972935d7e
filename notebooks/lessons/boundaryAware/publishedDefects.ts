/** The defects of the published losses and scores, each with a number that shows its effect on one slice. */

import { messageOf } from 'axunet/errors';
import { dice, jaccard, overlapCounts } from 'axunet/evaluate/overlap';
import type { Row } from 'axunet/figures/table';
import { crossEntropyDice } from 'axunet/loss/crossEntropyDice';
import { focal } from 'axunet/loss/focal';
import type { LossFunction } from 'axunet/loss/loss';
import { tf } from 'axunet-engine/engine';
import { publishedFocal } from '../published/argmaxFocal.ts';
import { publishedLoss } from '../published/createLoss.ts';
import { intendedEdge, publishedBoundaryLoss, publishedEdge } from '../published/edgeInLabel.ts';
import { publishedDiceScore, publishedMeanIou } from '../published/metrics.ts';
import { publishedOutput } from '../published/sigmoids.ts';
import { gradientSharesOf, type Size, withImage } from './lossMaps.ts';

const percent = (share: number): string => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;

/** A published loss, which takes the published output of the network. */
const ofOutput =
  (loss: LossFunction): LossFunction =>
  (logits, labels) =>
    loss(publishedOutput(logits), labels);

/** Why the published boundary loss stops; `no error` where the mask has no edge across x. */
function boundaryError(label: ArrayLike<number>, probability: ArrayLike<number>, size: Size): string {
  try {
    withImage(label, probability, size, (logits, labels) =>
      publishedBoundaryLoss(publishedOutput(logits), labels).dispose(),
    );
    return 'no error';
  } catch (error) {
    return messageOf(error);
  }
}

/** Share of the contour that gets no weight because only the derivative along x is taken. */
function forgottenContour(label: ArrayLike<number>, size: Size): number {
  const unsure = Float32Array.from(label, () => 0.5);
  return withImage(label, unsure, size, (_, labels) => {
    const [meant, published] = [intendedEdge(labels), publishedEdge(labels)].map((edge) => edge.dataSync<'float32'>());
    const contour = meant.reduce((sum, value) => sum + Number(value > 0), 0);
    const forgotten = meant.reduce((sum, value, i) => sum + Number(value > 0 && published[i] === 0), 0);
    return contour ? forgotten / contour : 0;
  });
}

const valueOf = (loss: LossFunction, label: ArrayLike<number>, probability: ArrayLike<number>, size: Size): number =>
  withImage(label, probability, size, (logits, labels) => tf.tidy(() => loss(logits, labels).dataSync()[0]!));

/** What the published code computes beside what was meant, on one slice and a guess; one row a defect. */
export function publishedDefects(label: ArrayLike<number>, probability: ArrayLike<number>, size: Size): Row[] {
  const [nothing, perfect] = [
    Float32Array.from(label, () => 0.01),
    Float32Array.from(label, (v) => (v ? 0.9999 : 0.0001)),
  ];
  const mask = Uint8Array.from(probability, (p) => (p >= 0.5 ? 1 : 0));
  const counts = overlapCounts(mask, label);
  const [theirs, ours] = gradientSharesOf(label, probability, size, [
    { name: 'published', loss: ofOutput(publishedLoss) },
    { name: 'meant', loss: crossEntropyDice },
  ]);
  const meanIou = withImage(label, probability, size, (logits, labels) =>
    publishedMeanIou(publishedOutput(logits), labels),
  );
  const emptyScore = valueOf(ofOutput(publishedDiceScore), label, nothing, size);
  const perfectFocal = valueOf(ofOutput(publishedFocal), label, perfect, size);
  return [
    {
      defect: '“Dice” over both classes',
      'what it says': `${emptyScore.toFixed(3)} for a network that finds nothing`,
      'what is meant': `DSC ${dice(overlapCounts(new Uint8Array(label.length), label)).toFixed(3)}`,
    },
    {
      defect: 'the same in the loss',
      'what it says': `${percent(theirs!.foreground)} of the gradient lies in the pancreas`,
      'what is meant': `${percent(ours!.foreground)} with a Dice of the foreground`,
    },
    {
      defect: 'mean IoU counts the background',
      'what it says': `${meanIou.toFixed(3)} for the guess above`,
      'what is meant': `IoU ${jaccard(counts).toFixed(3)}, DSC ${dice(counts).toFixed(3)}`,
    },
    {
      defect: 'focal loss of the predicted class',
      'what it says': `${perfectFocal.toFixed(3)} for a perfect mask, and no gradient`,
      'what is meant': valueOf(focal(), label, perfect, size).toExponential(0),
    },
    {
      defect: 'Sobel along x taken twice',
      'what it says': `${percent(forgottenContour(label, size))} of the contour has no weight`,
      'what is meant': '0 %',
    },
    {
      defect: 'weight added to the label',
      'what it says': boundaryError(label, probability, size),
      'what is meant': 'a weight of the pixel’s cross-entropy',
    },
  ];
}
