/** How the half-trained network is made: a small one, stopped early, from patients that the course does not have. */
import { type TrainChanges, type TrainConfig, trainConfig } from 'axunet/train/config';
import { presetConfig } from 'axunet/train/presets';

/** A narrow network, ten epochs at a constant rate. */
export const halfTrainedConfig = (changes: TrainChanges = {}): TrainConfig =>
  trainConfig(
    {
      width: 5,
      epochs: 10,
      minutes: null,
      validateEvery: 1,
      emaDecay: null,
      learningRate: 2e-3,
      schedule: { kind: 'constant', warmUp: 0 },
      ...changes,
    },
    presetConfig('demo', 'phantom'),
  );

/** The first patients of `npm start`'s cohort are those of the course; the others train and choose. */
export const halfTrainedSplit = {
  training: Array.from({ length: 14 }, (_, i) => `phantom_${String(i + 7).padStart(3, '0')}`),
  validation: Array.from({ length: 4 }, (_, i) => `phantom_${String(i + 21).padStart(3, '0')}`),
};

/** Two patients, no augmentation, sixty epochs: learned by heart. */
export const overfittedConfig = (): TrainConfig => halfTrainedConfig({ epochs: 60, augment: 'none', validateEvery: 2 });
export const overfittedSplit = { ...halfTrainedSplit, training: halfTrainedSplit.training.slice(0, 2) };
