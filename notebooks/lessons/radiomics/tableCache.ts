/** Feature tables kept as CSV under `data/radiomics`, by a hash of what they were made from. */
import { existsSync } from 'node:fs';
import { type Cell, type Table, toTable } from 'axunet/figures/table';
import { formatCsv, parseCsv } from 'axunet/io/csv';
import { readText, sha256, sha256File, writeFileAtomic } from 'axunet/io/files';
import { featureVersion } from 'axunet/radiomics/record';
import { projectPath } from 'axunet/settings';

/** A cell of a CSV back in its type: columns whose cells are all numbers or empty hold numbers. */
function typed(rows: readonly string[][], columns: number): Cell[][] {
  const isNumeric = Array.from({ length: columns }, (_, c) => {
    const filled = rows.map((row) => row[c]).filter((cell) => cell !== '');
    return filled.length > 0 && filled.every((cell) => Number.isFinite(Number(cell)));
  });
  const numberOf = (cell: string): number => (cell === '' ? NaN : Number(cell));
  return rows.map((row) => row.map((cell, c) => (isNumeric[c] ? numberOf(cell) : cell)));
}

/** A table as CSV; numbers keep all their digits, gaps are empty cells. */
export function tableToCsv({ columns, rows }: Table): string {
  const cellOf = (value: Cell): string | number => (typeof value === 'boolean' ? String(value) : value);
  return formatCsv([columns, ...rows.map((row) => columns.map((name) => cellOf(row[name]!)))]);
}

/** The table of a CSV with a heading. */
export function tableFromCsv(text: string, file?: string): Table {
  const [columns = [], ...rows] = parseCsv(text, file);
  const rowOf = (cells: readonly Cell[]) => Object.fromEntries(columns.map((name, c) => [name, cells[c]!]));
  return toTable(typed(rows, columns.length).map(rowOf));
}

/**
 * The table that `make` gives, or the CSV that an earlier run left for the same `from`: files (named
 * by their content, not their place) and settings. The features' version is part of the name, so a
 * change of their code makes the table anew.
 */
export async function cachedTable(
  name: string,
  from: { files?: readonly string[]; [key: string]: unknown },
  make: () => Promise<Table>,
): Promise<Table> {
  const { files = [], ...rest } = from;
  const contents = await Promise.all(files.map((file) => sha256File(file)));
  const hash = sha256(JSON.stringify({ featureVersion, contents, ...rest })).slice(0, 12);
  const file = projectPath('data/radiomics', `${name}-${hash}.csv`);
  if (existsSync(file)) return tableFromCsv(await readText(file, 'a table of features'), file);
  const table = await make();
  await writeFileAtomic(file, tableToCsv(table));
  return table;
}
