/** Tables of text: comma-separated values as RFC 4180. */
import Papa from 'papaparse';
import { cleanLines, expected } from '../errors.ts';

/**
 * Cells of a text, row by row, without empty lines; quotes may hold commas, line ends and doubled quotes.
 * Throws when a quote is not closed.
 */
export function parseCsv(text: string, file?: string): string[][] {
  const lines = text.replace(/\r\n?/g, '\n');
  const { data, errors } = Papa.parse<string[]>(lines, { delimiter: ',', newline: '\n', skipEmptyLines: true });
  if (errors.some(({ code }) => code === 'MissingQuotes'))
    throw expected('a closing quote', 'the end of the table', file);
  return data;
}

type Cell = string | number | null;

/** What a spreadsheet would take for a formula, unless it is a number. */
const isFormula = (text: string): boolean => /^[=+\-@\t\r]/.test(text) && !Number.isFinite(Number(text));

const quote = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Line ends of any kind stay, as they are quoted. */
const withoutControls = (text: string): string => text.split('\r').map(cleanLines).join('\r');

function formatCell(cell: Cell): string {
  if (typeof cell === 'string') return quote(withoutControls(isFormula(cell) ? `'${cell}` : cell));
  return Number.isFinite(cell) ? String(cell) : '';
}

/**
 * Rows as CSV with a line end behind each; null and numbers that are not finite are empty cells. A text that a
 * spreadsheet would run as a formula (from = + - @ on) gets an apostrophe in front, and control characters are shown as
 * codes.
 */
export const formatCsv = (rows: readonly (readonly Cell[])[]): string =>
  rows.map((row) => `${row.map(formatCell).join(',')}\n`).join('');
