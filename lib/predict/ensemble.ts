/** One network or several that belong together, made ready to predict. */
import type { tf } from 'axunet-engine/engine';
import type { LabelClass } from '../dataset/caseList.ts';
import { areSameClasses, describeClasses } from '../dataset/classes.ts';
import { expected } from '../errors.ts';
import type { WindowHu } from '../preprocess/window.ts';
import { type MirrorAxis, mirrorNetwork } from './mirror.ts';
import type { SeenPictures } from './seenPictures.ts';
import { foregroundNetwork } from './slices.ts';
import type { TrainedOn } from './trainedOn.ts';
import type { Member, PredictVolumeOptions } from './volume.ts';

/** A trained network with what its input must look like. */
export interface Predictor extends Pick<PredictVolumeOptions, 'grid' | 'windowHu'> {
  readonly model: tf.LayersModel;
  /** Tells this network's weights from others'. */
  readonly sha256: string;
  /** The classes that it keeps apart; absent: pancreas alone, stored as 1. */
  readonly classes?: readonly LabelClass[];
  /** Whether it was trained on pictures, without HU and millimetres. */
  readonly isOfPictures?: boolean;
  /** What is known of these pictures; volumes can then be predicted without being told their window. */
  readonly seen?: SeenPictures;
  /** How much larger its window is made, once for each (`Member`). */
  readonly scales?: readonly number[];
  /** What its own files say of its training. */
  readonly trainedOn?: TrainedOn;
}

/** What is done with the networks. */
export interface EnsembleOptions extends Pick<PredictVolumeOptions, 'threshold'> {
  /** Averages over the versions that flips along these axes give (`mirrorNetwork`). */
  readonly mirror?: readonly MirrorAxis[];
  /**
   * HU that are black and white, for data of the other kind than the networks were trained on: of volumes what a
   * network of pictures sees, of pictures what their 0 and 255 stand for.
   */
  readonly windowHu?: WindowHu;
}

/** Networks made ready, and one text that tells them from others. */
export interface Ensemble extends Pick<Predictor, 'classes'> {
  readonly members: readonly Member[];
  readonly sha256: string;
  /** Of those that say it. */
  readonly trainedOn: readonly TrainedOn[];
}

/** Networks made ready. Throws a UserError for none, one that is given twice, and different windows or classes. */
export function openEnsemble(predictors: readonly Predictor[], { mirror = [], threshold }: EnsembleOptions): Ensemble {
  const [first, ...others] = predictors;
  if (!first) throw expected('a network to predict with', 'none');
  if (new Set(predictors.map(({ sha256 }) => sha256)).size < predictors.length)
    throw expected('different networks to average', 'one of them twice');
  const other = others.find(({ windowHu }) => windowHu.join() !== first.windowHu.join());
  if (other) {
    const windows = `${first.windowHu.join(' to ')} HU and ${other.windowHu.join(' to ')} HU`;
    throw expected('networks that were trained with one HU window, to average them', windows);
  }
  if ((first.classes?.length ?? 1) > 1 && threshold !== undefined && threshold !== 0.5)
    throw expected('no --threshold of a network with several classes, of which the likeliest is taken', `${threshold}`);
  const stranger = others.find(({ classes }) => !areSameClasses(classes, first.classes));
  if (stranger) {
    const [own, theirs] = [first, stranger].map(({ classes }) => (classes ? describeClasses(classes) : 'no named one'));
    throw expected('networks of the same classes, to average them', `${own} and ${theirs}`);
  }
  // The order on the command line must not matter.
  const ordered = predictors.toSorted((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
  const memberOf = ({ model, grid, windowHu, isOfPictures, seen, scales }: Predictor): Member => {
    const network = mirrorNetwork(foregroundNetwork(model), mirror);
    return { grid, windowHu, isOfPictures, seen, scales, network };
  };
  const sha256 = ordered.map((one) => `${one.sha256}${one.scales ? `@${one.scales.join()}` : ''}`).join('+');
  const trainedOn = ordered.flatMap((one) => one.trainedOn ?? []);
  return { members: ordered.map(memberOf), sha256, classes: first.classes, trainedOn };
}
