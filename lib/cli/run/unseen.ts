/** Which networks of a cross-validation have not seen a patient, so that they may be tested on him. */
import { runFolders } from '../../crossval/models.ts';
import { expected } from '../../errors.ts';
import type { VolumeInput } from '../../predict/inputs.ts';
import type { CheckpointSlot } from '../../train/checkpoint.ts';
import { readDescription } from '../../train/description.ts';

interface Patients {
  readonly run: string;
  /** Who had a part in its weights. */
  readonly seen: ReadonlySet<string>;
  readonly known: ReadonlySet<string>;
}

/** The validation patients choose the `best` weights, so they have a part in those. */
async function patientsOf(run: string, weights: CheckpointSlot): Promise<Patients> {
  const { training, validation } = (await readDescription(run)).patients;
  return {
    run,
    seen: new Set(weights === 'best' ? [...training, ...validation] : training),
    known: new Set([...training, ...validation]),
  };
}

/** The patient of an input: by its name, else by its name without nnU-Net's channel. */
const patientOf = ({ name }: VolumeInput, isKnown: (patient: string) => boolean): string =>
  isKnown(name) ? name : name.replace(/_0000$/, '');

/**
 * The inputs by which of the runs have not seen their patients; runs in the order given. Throws a UserError for an
 * input that all of them have seen, and for one that no run knows by name: whether he was seen could not be told.
 */
export async function byUnseenNetworks(
  inputs: readonly VolumeInput[],
  runs: readonly string[],
  weights: CheckpointSlot = 'best',
): Promise<{ runs: string[]; inputs: VolumeInput[] }[]> {
  const folders = (await Promise.all(runs.map(runFolders))).flat();
  const all = await Promise.all(folders.map((run) => patientsOf(run, weights)));
  const isKnown = (patient: string): boolean => all.some(({ known }) => known.has(patient));
  const groups = new Map<string, { runs: string[]; inputs: VolumeInput[] }>();
  for (const input of inputs) {
    const patient = patientOf(input, isKnown);
    if (!isKnown(patient))
      throw expected('volumes called as the patients of the runs, for --unseen', patient, input.file);
    const unseen = all.filter(({ seen }) => !seen.has(patient)).map(({ run }) => run);
    if (unseen.length === 0) {
      const advice = weights === 'best' ? ' (with --weights last, validation patients count as unseen)' : '';
      throw expected(`a network that has not seen ${patient}`, `none of ${folders.length}${advice}`);
    }
    const key = unseen.join('\n');
    if (!groups.has(key)) groups.set(key, { runs: unseen, inputs: [] });
    groups.get(key)!.inputs.push(input);
  }
  return [...groups.values()];
}
