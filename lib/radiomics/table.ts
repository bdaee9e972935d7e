/** The table of a cohort: which cases, and where their files are. */
import path from 'node:path';
import { expected, shownText } from '../errors.ts';
import { parseCsv } from '../io/csv.ts';
import { textKind } from '../io/fileKind.ts';
import { readText } from '../io/files.ts';
import { assertFileEach } from '../io/insideFolder.ts';
import { families } from './names.ts';

/** One row of a cohort table. */
export interface CohortRow {
  readonly id: string;
  readonly image: string;
  readonly mask: string;
  /** Value of the ROI in this mask, instead of the settings'. */
  readonly label?: number;
  /** Size of this picture's pixels; volumes have their own. */
  readonly spacingMm?: number;
  /** The other columns, as they are; that of the spacing is among them. */
  readonly others: Readonly<Record<string, string>>;
}

/**
 * What columns of `features.csv` are called: `voxels`, and features by image, family and name.
 * A cohort's own may not be called so.
 */
const takenColumn = new RegExp(`^voxels$|^[^_]+_(?:${families.join('|')})_`);

/** A million rows with long paths. */
const longestTable = 2 ** 27;

/** File names are made of ids; systems have them of 255 bytes at most. */
const goodId = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,199}$/;

/**
 * Reads a cohort: CSV with a heading and the columns id, image, mask and, where wanted, label and spacingMm (of
 * pictures); any others are carried along. Paths are meant from the table's folder. Throws a UserError for missing
 * columns or cells, columns called like those of features or twice, odd or repeated ids, and no rows.
 */
export async function readCohort(file: string): Promise<CohortRow[]> {
  const text = await readText(file, 'a cohort table', longestTable);
  const kind = textKind(text);
  if (kind !== undefined) throw expected('a table as CSV', kind, file);
  const [heading = [], ...rows] = parseCsv(text, file);
  const isWhole = ['id', 'image', 'mask'].every((column) => heading.includes(column));
  if (!isWhole) throw expected('the columns id, image and mask', heading.join(', ') || 'an empty table', file);
  const taken = heading.find((column) => takenColumn.test(column));
  if (taken !== undefined) throw expected('columns that are called otherwise than those of the features', taken, file);
  if (new Set(heading).size < heading.length) throw expected('each column once', heading.join(', '), file);
  if (rows.length === 0) throw expected('at least one case', 'only a heading', file);
  const seen = new Set<string>();
  const found = rows.map((cells, at) => {
    if (cells.length !== heading.length)
      throw expected(`${heading.length} cells in row ${at + 1}`, String(cells.length), file);
    const { id, image, mask, label, ...others } = Object.fromEntries(
      heading.map((name, c) => [name, cells[c]!]),
    ) as Record<string, string>;
    if (!goodId.test(id!))
      throw expected('ids of at most 200 letters, digits, dots, dashes and underscores', shownText(id!), file);
    if (seen.has(id!)) throw expected('each id once', `${id} twice`, file);
    seen.add(id!);
    if (!image || !mask) throw expected(`an image and a mask for ${id}`, 'an empty cell', file);
    const positive = (cell: string | undefined, what: string): number | undefined => {
      const number = cell === undefined || cell === '' ? undefined : Number(cell);
      if (number === undefined || (Number.isFinite(number) && number > 0)) return number;
      throw expected(`a positive ${what} for ${id}`, `"${cell}"`, file);
    };
    const [wanted, spacingMm] = [positive(label, 'label'), positive(others.spacingMm, 'spacingMm')];
    const place = (name: string): string => path.resolve(path.dirname(file), name);
    return {
      id: id!,
      image: place(image),
      mask: place(mask),
      ...(wanted !== undefined && { label: wanted }),
      ...(spacingMm !== undefined && { spacingMm }),
      others,
    };
  });
  assertFileEach([...seen], 'ids', file);
  return found;
}
