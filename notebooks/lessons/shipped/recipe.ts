/** The networks that lie in `data/weights`: which there are and how each is trained. `npm run weights` reads this. */
import type { TrainChanges } from 'axunet/train/config';

/** One network of `data/weights`. */
export interface ShippedMember {
  /** Names the file, and the network on the command line. */
  readonly name: string;
  /** Put on the preset `study` of the data set. */
  readonly changes: TrainChanges;
}

/** All patients of one public set train; none is kept back, so that no score of these very networks exists. */
export const shippedRecipe = {
  dataset: 'nih-2d',
  /** The same for all, in epochs: minutes would make another network on another machine. */
  base: { epochs: 50 } satisfies TrainChanges,
  /** 3.8 MB a network of width 16, 12 MB for all. */
  members: [
    { name: 'member-1', changes: { seed: 1 } },
    { name: 'member-2', changes: { seed: 2 } },
    { name: 'member-3', changes: { seed: 3 } },
    { name: 'small', changes: { seed: 1, width: 6 } },
  ] as readonly ShippedMember[],
  /** Whose probabilities are averaged. */
  ensemble: ['member-1', 'member-2', 'member-3'],
  /** The one for browsers. */
  small: 'small',
  /** Probability from which a pixel is pancreas. */
  threshold: 0.5,
  /** Of the window: what the study of accuracy found to be better than one look. */
  scales: [0.9, 1, 1.1],
} as const;
