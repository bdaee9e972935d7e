/** File names → ids, and images ↔ labels by id. */
import { readdirSync } from '#system/fs';
import path from '#system/path';
import { aName, expected, isName, shownText } from '../errors.ts';
import { pictureEndings } from '../io/image.ts';
import { isDicomScan, volumeEndings } from '../scan/volumeNames.ts';

export interface NamedFile {
  readonly id: string;
  readonly file: string;
}

interface Pair {
  readonly id: string;
  readonly image: string;
  readonly label?: string;
  /** Where there is no label, one whose name differs in capital letters alone. */
  readonly almostLabel?: string;
}

/** Every file below `folder` (three levels deep at most), sorted, without hidden files such as macOS' `._name`. */
export function listFiles(folder: string, depth = 3): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    if (entry.name.startsWith('.')) return [];
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return depth > 1 ? listFiles(file, depth - 1) : [];
    return [file];
  });
}

/**
 * The name without a known ending; undefined for files of another kind. Letters with marks become one character each
 * (NFC): macOS and others write them as several, and names that look the same are the same.
 */
export function stemOf(file: string, endings: readonly string[]): string | undefined {
  const name = path.basename(file);
  const ending = endings.find((e) => name.toLowerCase().endsWith(e));
  return ending && name.slice(0, -ending.length).normalize('NFC');
}

function named(files: string[], endings: readonly string[]): NamedFile[] {
  return files.flatMap((file) => {
    const id = stemOf(file, endings);
    if (id !== undefined && !isName(id))
      throw expected(`the name of a file (${aName})`, shownText(id), path.dirname(file));
    return id === undefined ? [] : [{ id, file }];
  });
}

/** Volumes among `files`; `.hdr` stands for its `.hdr`/`.img` pair. */
export const volumesIn = (files: string[], ending?: string): NamedFile[] =>
  named(files, ending ? [ending] : volumeEndings);

/** The folders directly in `folder` that are one DICOM volume each, by name. */
export const dicomFoldersIn = (folder: string): NamedFile[] =>
  readdirSync(folder)
    .filter((name) => !name.startsWith('.') && isDicomScan(path.join(folder, name)))
    .sort()
    .map((name) => ({ id: name.normalize('NFC'), file: path.join(folder, name) }));

/** JPEG, PNG and TIFF files among `files`. */
export const picturesIn = (files: string[]): NamedFile[] => named(files, pictureEndings);

/** A slice of the 2-D NIH set by its name: `PANCREAS_0005-1157` is patient 0005, slice 1157. */
export const nihSlice = (id: string): { patient: string; z: number } | undefined => {
  const match = /^PANCREAS_(\d{4})-(\d+)$/.exec(id);
  return match ? { patient: match[1]!, z: Number(match[2]) } : undefined;
};

/** Whether a picture is one of that set, which are stored with the spine at the top. */
export const isSpineUp = (file: string): boolean => nihSlice(stemOf(file, pictureEndings) ?? '') !== undefined;

/** Refuses two files with one id, such as `a.nii` beside `a.nii.gz`: which of them is meant is not ours to guess. */
function byId(files: NamedFile[]): Map<string, string> {
  const map = new Map<string, string>();
  for (const { id, file } of files) {
    const other = map.get(id);
    if (other) {
      const [first, second] = [path.basename(other), path.basename(file)];
      const looksSame = first.normalize('NFC') === second.normalize('NFC');
      const how = looksSame ? ', whose letters with marks are written in two ways (NFC and NFD),' : '';
      throw expected(`one file with the id ${id}`, `${first} and ${second}${how}`, path.dirname(file));
    }
    map.set(id, file);
  }
  return map;
}

/** nnU-Net writes the channel number behind the id, `case_0000.nii.gz`; the label has no number. */
function withoutChannel(images: NamedFile[], labels: Map<string, string>): NamedFile[] {
  const names = new Set(images.map((image) => image.id));
  // Where labels of the same stem have numbers too, ct_0000 is a case beside ct_0001 and no channel.
  const numbered = new Set([...labels.keys()].flatMap((id) => /^(.+)_\d{4}$/.exec(id)?.[1] ?? []));
  return images.map(({ id, file }) => {
    const match = /^(.+)_(\d{4})$/.exec(id);
    if (labels.has(id) || !match || numbered.has(match[1]!)) return { id, file };
    if (match[2] === '0000') return { id: match[1]!, file };
    if (names.has(`${match[1]}_0000`))
      throw expected('one image channel per case (CT)', `a second channel, ${path.basename(file)}`, path.dirname(file));
    return { id, file };
  });
}

/** What is found where a partner is missing: nothing, or a file whose name differs in capital letters alone. */
export const nothingBut = (almost: string | undefined): string =>
  almost === undefined ? 'none' : `only ${path.basename(almost)}, whose name differs in capital letters,`;

/**
 * Pairs images and labels whose ids are equal. Images without a label come without `label`;
 * labels without an image are returned by file. Order: by id. Throws a UserError for two files of one id.
 */
export function pairById(images: NamedFile[], labels: NamedFile[]): { pairs: Pair[]; unmatchedLabels: string[] } {
  const labelOf = byId(labels);
  const imageOf = byId(withoutChannel(images, labelOf));
  const lonely = [...labelOf].filter(([id]) => !imageOf.has(id));
  const inSmallLetters = new Map(lonely.map(([id, file]) => [id.toLowerCase(), file]));
  const pairOf = ([id, image]: [string, string]): Pair => {
    const [label, almostLabel] = [labelOf.get(id), inSmallLetters.get(id.toLowerCase())];
    if (label !== undefined) return { id, image, label };
    return { id, image, ...(almostLabel !== undefined && { almostLabel }) };
  };
  return {
    pairs: [...imageOf].sort(([a], [b]) => (a < b ? -1 : 1)).map(pairOf),
    unmatchedLabels: [...labelOf.keys()]
      .sort()
      .filter((id) => !imageOf.has(id))
      .map((id) => labelOf.get(id)!),
  };
}
