/** A trained network in one file: its weights, and all that its checkpoint says, as a safetensors file. */
import { checkInFile, expected } from '../errors.ts';
import { writeFileAtomic } from '../io/files.ts';
import { checkShape, parseJson } from '../io/schema.ts';
import { readWeights } from '../step/weights.ts';
import { checkpointMetaSchema, type RunDescription } from '../train/description.ts';
import { type TrainedRun, trainedRun } from '../train/loadRun.ts';
import { encodeSafetensors, readSafetensors } from './safetensors.ts';

/** The file's text that holds a checkpoint's description and position. */
const checkpointKey = 'axunet.checkpoint';

/** Whether a place is named as such a file is. */
export const isPackedRun = (place: string): boolean => /\.safetensors$/i.test(place);

interface PackOptions {
  /** Half the size: kernels with 11 significant bits. */
  readonly isHalf?: boolean;
  /** For readers of the file. */
  readonly texts?: Readonly<Record<string, string>>;
  /** Write the ids of patients, which may be names, and not only how many there were. */
  readonly keepsPatients?: boolean;
}

/** The same number of patients under names that none has. */
function withoutNames({ patients, ...description }: RunDescription): RunDescription {
  const { training, validation } = patients;
  const ids = [...training, ...validation].map((_, i) => `unnamed-${i + 1}`);
  return {
    ...description,
    patients: { training: ids.slice(0, training.length), validation: ids.slice(training.length) },
  };
}

/** Writes a network to `file`. Equal networks give equal bytes. */
export async function packRun(
  { model, description, position }: Pick<TrainedRun, 'model' | 'description' | 'position'>,
  file: string,
  { isHalf = false, texts = {}, keepsPatients = false }: PackOptions = {},
): Promise<void> {
  const told = keepsPatients ? description : withoutNames(description);
  const metadata = { ...texts, [checkpointKey]: JSON.stringify({ description: told, position }) };
  await writeFileAtomic(file, encodeSafetensors({ arrays: await readWeights(model), metadata }, { isHalf }));
}

/**
 * Rebuilds the network of a file. The engine must have been started. Throws a UserError for a file that is damaged or
 * that no `packRun` wrote.
 */
export async function loadPackedRun(file: string): Promise<TrainedRun> {
  const { arrays, metadata, sha256 } = await readSafetensors(file);
  const text = metadata[checkpointKey];
  if (text === undefined) throw expected(`a network with the text ${checkpointKey}`, 'none', file);
  const meta = checkShape(parseJson(text, file), checkpointMetaSchema, file, checkpointKey);
  return checkInFile(file, () => trainedRun(file, meta, arrays, sha256));
}
