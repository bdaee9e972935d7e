/** Tables of text: comma-separated values as RFC 4180. */
import { expected } from '../errors.ts';

/**
 * Cells of a text, row by row; quotes may hold commas, line ends and doubled quotes. Throws when a quote is not closed.
 */
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

/** Rows as CSV with a line end behind each; null and numbers that are not finite are empty cells. */
export const formatCsv = (rows: readonly (readonly (string | number | null)[])[]): string =>
  rows
    .map(
      (row) =>
        `${row.map((cell) => quote(typeof cell === 'string' ? cell : Number.isFinite(cell) ? String(cell) : '')).join(',')}\n`,
    )
    .join('');
