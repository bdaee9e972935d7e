/** Tables of text: the cohort that goes in, the features that come out. Comma-separated as RFC 4180. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expected } from '../errors.ts';
import { explainReadError } from '../io/files.ts';

/** Cells of a text, row by row; quotes may hold commas, line ends and doubled quotes. Throws when a quote is not closed. */
export function parseCsv(text: string, file?: string): string[][] {
  const rows: string[][] = [[]];
  let cell = '';
  let quoted = false;
  const endCell = (): void => {
    rows.at(-1)!.push(cell);
    cell = '';
  };
  const source = text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
  for (let i = 0; i < source.length; i++) {
    const char = source[i]!;
    if (quoted) {
      if (char !== '"') cell += char;
      else if (source[i + 1] === '"') cell += source[i++];
      else quoted = false;
    } else if (char === '"' && cell === '') quoted = true;
    else if (char === ',') endCell();
    else if (char === '\n') {
      endCell();
      rows.push([]);
    } else cell += char;
  }
  if (quoted) throw expected('a closing quote', 'the end of the table', file);
  if (cell !== '' || rows.at(-1)!.length > 0) endCell();
  return rows.filter((row) => row.length > 1 || (row[0] ?? '') !== '');
}

const quote = (cell: string): string => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** Rows as CSV with a line end behind each. */
export const formatCsv = (rows: readonly (readonly (string | number | null)[])[]): string =>
  rows.map((row) => `${row.map((cell) => quote(cell === null ? '' : String(cell))).join(',')}\n`).join('');

/** One row of a cohort table. */
export interface CohortRow {
  readonly id: string;
  readonly image: string;
  readonly mask: string;
  /** Value of the ROI in this mask, instead of the settings'. */
  readonly label?: number;
  /** The other columns, as they are. */
  readonly others: Readonly<Record<string, string>>;
}

/** File names are made of ids. */
const goodId = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/**
 * Reads a cohort: CSV with a heading and the columns id, image, mask and, where wanted, label; any others are carried along.
 * Paths are meant from the table's folder. Throws a UserError for missing columns or cells, odd or repeated ids, and no rows.
 */
export async function readCohort(file: string): Promise<CohortRow[]> {
  const text = await readFile(file, 'utf8').catch((error) => {
    throw explainReadError(error, 'a cohort table', file);
  });
  const [heading = [], ...rows] = parseCsv(text, file);
  const isWhole = ['id', 'image', 'mask'].every((column) => heading.includes(column));
  if (!isWhole) throw expected('the columns id, image and mask', heading.join(', ') || 'an empty table', file);
  if (rows.length === 0) throw expected('at least one case', 'only a heading', file);
  const seen = new Set<string>();
  return rows.map((cells, at) => {
    if (cells.length !== heading.length) throw expected(`${heading.length} cells in row ${at + 1}`, String(cells.length), file);
    const { id, image, mask, label, ...others } = Object.fromEntries(heading.map((name, c) => [name, cells[c]!])) as Record<string, string>;
    if (!goodId.test(id!)) throw expected('ids of letters, digits, dot, dash and underscore', `"${id}"`, file);
    if (seen.has(id!)) throw expected('each id once', `${id} twice`, file);
    seen.add(id!);
    if (!image || !mask) throw expected(`an image and a mask for ${id}`, 'an empty cell', file);
    const wanted = label === undefined || label === '' ? undefined : Number(label);
    if (wanted !== undefined && !(Number.isFinite(wanted) && wanted !== 0)) throw expected(`a label other than 0 for ${id}`, `"${label}"`, file);
    const place = (name: string): string => path.resolve(path.dirname(file), name);
    return { id: id!, image: place(image), mask: place(mask), ...(wanted !== undefined && { label: wanted }), others };
  });
}
