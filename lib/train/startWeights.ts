/** Training that begins with the weights of another network instead of random ones. */
import { expected } from '../errors.ts';
import { readWeights, weightName, writeFittingWeights } from '../step/weights.ts';
import type { TrainChanges } from './config.ts';
import type { RunDescription } from './description.ts';
import type { TrainedRun } from './loadRun.ts';
import type { TrainingRun } from './run.ts';

/** What a configuration must say for its network to take all weights of another; nothing where there is none. */
export function networkChanges(from?: TrainedRun): TrainChanges {
  if (!from) return {};
  const { variant, width, asppRates } = from.description.model;
  return { variant, width, asppRates };
}

/** The layers of some weights: `c10/conv` of `c10/conv/kernel`, each once. */
const layersOf = (weights: readonly string[]): string[] => [
  ...new Set(weights.map((name) => name.slice(0, name.lastIndexOf('/')))),
];

/**
 * Puts the weights of a network into a run that has not begun. Layers of another shape (other classes, other width)
 * keep their random weights and are named in the sentence that is returned. Throws a UserError where none fits.
 */
export async function beginWith({ model, description }: TrainingRun, from: TrainedRun): Promise<string> {
  const left = layersOf(writeFittingWeights(model, await readWeights(from.model)));
  const all = layersOf(model.weights.map(weightName));
  if (left.length === all.length) {
    const [wanted, found] = [description, from.description].map(({ model: m }) => `${m.variant} of width ${m.width}`);
    throw expected(`a network of the kind that is trained (${wanted}), to begin with its weights`, found, from.folder);
  }
  const rest = left.length > 0 ? `; these do not fit and begin at random: ${left.join(', ')}` : '';
  return `begins with the weights of ${all.length - left.length} of ${all.length} layers of ${from.folder}${rest}`;
}

/** Patients that the run validates on and the network was trained on: their scores would flatter it. */
export function patientsSeenBefore(
  { data, patients }: RunDescription,
  { description }: Pick<TrainedRun, 'description'>,
): string[] {
  if (data.dataset !== description.data.dataset) return [];
  const seen = new Set([...description.patients.training, ...description.patients.validation]);
  return patients.validation.filter((patient) => seen.has(patient));
}
