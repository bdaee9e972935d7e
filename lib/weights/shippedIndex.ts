/** The index of `data/weights`: which networks lie there, how they were made, and what is known of their training. */
import { existsSync } from '#system/fs';
import path from '#system/path';
import { expected } from '../errors.ts';
import {
  aboveZero,
  anything,
  atLeastOne,
  list,
  object,
  optional,
  passing,
  readJsonAs,
  type Shape,
  text,
} from '../io/schema.ts';
import { seenPicturesSchema } from '../predict/seenPictures.ts';

const sha256Text = passing<string>((value) => /^[0-9a-f]{64}$/.test(String(value)), '64 hexadecimal digits');

/** One network: its file, and from where it came. */
export type ShippedEntry = Shape<typeof entrySchema>;
const entrySchema = object({
  name: text,
  file: text,
  sha256: sha256Text,
  bytes: atLeastOne,
  parameters: atLeastOne,
  /** What the recipe changes for this network. */
  changes: anything,
});

/** What `weights.json` holds. */
export type ShippedIndex = Shape<typeof indexSchema>;
const indexSchema = object({
  title: text,
  dataset: text,
  licence: text,
  attribution: text,
  members: list(entrySchema),
  /** Names of those whose probabilities are averaged. */
  ensemble: list(text),
  /** Name of the one for browsers. */
  small: text,
  threshold: aboveZero,
  /** Each slice is looked at through a window larger by these, and the mean counts; once where absent. */
  scales: optional(list(aboveZero)),
  seen: seenPicturesSchema,
  /** Ids of the slices that trained, with the patients in them. */
  slices: list(text),
  /** By what they were made, and on what machine: elsewhere the last bits differ. */
  made: object({ command: text, engine: text, node: text, cpu: text, commit: optional(text) }),
});

export const indexName = 'weights.json';

const howToGetThem = 'they come with the repository; `npm run weights` makes them, or give --run RUN with your own';

/** Reads the index of a folder. Throws a UserError that says what to do where there is none, or a damaged one. */
export async function readShippedIndex(folder: string): Promise<ShippedIndex> {
  const file = path.join(folder, indexName);
  if (!existsSync(file)) throw expected(`the networks of this project (${howToGetThem})`, `no ${indexName}`, folder);
  const index = await readJsonAs(file, indexSchema, 'an index of networks');
  const names = new Set(index.members.map(({ name }) => name));
  const missing = [...index.ensemble, index.small].find((name) => !names.has(name));
  if (missing !== undefined) throw expected(`a network called ${missing} among the members`, 'none', file);
  if (index.ensemble.length === 0) throw expected('an ensemble of one network or more', 'none', file);
  return index;
}
