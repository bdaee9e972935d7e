/** Ready-made configurations: by profile (how much time there is) and data set. */
import type { Profile } from '../settings.ts';
import { referenceConfig, type TrainChanges, type TrainConfig, trainConfig } from './config.ts';

/**
 * What makes a small network train well from few slices, found on real CT: AdamW, cosine, averaged weights,
 * augmentation.
 */
const recipe: TrainChanges = {
  optimizer: { name: 'adam', weightDecay: 0.05 },
  learningRate: 2e-3,
  schedule: { kind: 'cosine', warmUp: 0.02, floor: 0, power: 0.9 },
  batchSize: 4,
  clipNorm: 5,
  emaDecay: 0.995,
  augment: 'default',
  emptyShare: 0.2,
};

/** For data sets that the table below does not name. */
const byProfile: Readonly<Record<Profile, TrainChanges>> = {
  tiny: { ...recipe, width: 4, gridSize: [32, 32], gridMargin: 10, augment: 'none', emaDecay: null, epochs: 1 },
  demo: {
    ...recipe,
    width: 12,
    gridSize: [80, 80],
    gridMargin: 15,
    batchSize: 8,
    learningRate: 5e-3,
    augment: 'light',
    emptyShare: 0.15,
    emaDecay: 0.98,
    minutes: 1.5,
    validateEvery: 2,
  },
  study: { ...recipe, width: 16, gridSize: [160, 160], gridMargin: 15, minutes: 30, validateEvery: 5 },
  paper: {},
};

/** The 2-D slices have no empty ones and are few, so a fixed window and much augmentation decide. */
const slices2d: Partial<Record<Profile, TrainChanges>> = {
  demo: { ...recipe, width: 16, gridSize: [160, 160], gridMargin: 12, emptyShare: null, minutes: 3, validateEvery: 5 },
  study: {
    ...recipe,
    width: 16,
    gridSize: [160, 160],
    gridMargin: 12,
    emptyShare: null,
    minutes: 14,
    validateEvery: 4,
  },
};

/** The preset of a profile for a data set; `paper` is always the reference's run. */
export function presetConfig(profile: Profile, dataset: string): TrainConfig {
  const changes = (dataset === 'nih-2d' ? slices2d[profile] : undefined) ?? byProfile[profile];
  return trainConfig(changes, referenceConfig);
}
