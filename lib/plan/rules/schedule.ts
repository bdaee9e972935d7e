/** What follows from how many steps a run has time for: learning rate, averaged weights, augmentation, validations. */
import type { TrainChanges } from '../../train/config.ts';
import { clamp, counted, type Reasoned, shortNumber } from '../choice.ts';

/** How much training there will be. */
export interface Training {
  readonly steps: number;
  /** How often each slice will be seen. */
  readonly epochs: number;
}

/** Runs of fewer steps learn with the larger rate; both rates are those of the presets, found on phantoms and on CT. */
const shortRun = 2000;

/** AdamW by a cosine that ends at 0: 5e-3 for short runs, 2e-3 for longer ones. */
export function chooseLearningRate({ steps }: Training): Reasoned<number> {
  const value = steps < shortRun ? 5e-3 : 2e-3;
  const reason =
    steps < shortRun
      ? `About ${shortNumber(steps, 2)} steps: fewer than ${shortRun} get as far as they can with the larger rate.`
      : `About ${shortNumber(steps, 2)} steps: time enough for the rate that ends better.`;
  return { value, shown: `${value}, cosine`, reason };
}

/** The average reaches over a twentieth of the run, so that it has forgotten the first weights when the run ends. */
export function chooseAveraging({ steps }: Training): Reasoned<number> {
  const value = Number(clamp(1 - 20 / Math.max(steps, 1), 0.9, 0.995).toFixed(3));
  const reach = counted(Math.round(1 / (1 - value)), 'step');
  return {
    value,
    shown: `decay ${value}`,
    reason: `Weights are averaged over about ${reach} of ${shortNumber(steps, 2)}; a twentieth, between 10 and 200.`,
  };
}

/** Fewer epochs than these end before anything is learnt by heart, and need no, or light changes of the slices. */
const [epochsForLight, epochsForAll] = [4, 30];

/** The more often a slice comes back, the more it is changed (our rule, from the presets). */
export function chooseAugmentation({ epochs }: Training): Reasoned<NonNullable<TrainChanges['augment']>> {
  const seen = `Each slice is seen about ${shortNumber(epochs, 2)} times`;
  if (epochs < epochsForLight)
    return { value: 'none', shown: 'none', reason: `${seen}: too few to be learnt by heart.` };
  if (epochs < epochsForAll)
    return { value: 'light', shown: 'light', reason: `${seen}: turns, sizes and shifts are what it can use.` };
  return { value: 'default', shown: 'default', reason: `${seen}: without changes it would be learnt by heart.` };
}

/** About ten validations in a run, one an epoch where there are fewer. */
export function chooseValidation({ epochs }: Training): Reasoned<number> {
  const value = Math.max(1, Math.round(epochs / 10));
  return {
    value,
    shown: value === 1 ? 'every epoch' : `every ${value} epochs`,
    reason: `About ${Math.max(1, Math.round(epochs / value))} in the whole run; ten are enough and cost little of it.`,
  };
}
