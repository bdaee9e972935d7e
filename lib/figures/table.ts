/**
 * Small tables on top of danfojs-node, with types of our own (its package points to type files that do not resolve).
 * danfojs is loaded with the first table, because that takes more than a second and brings TensorFlow.js with it.
 */
import { createRequire } from 'node:module';
import { cleanText, expected } from '../errors.ts';
import { markdownCell } from '../io/markdown.ts';
import { showBundle } from './show.ts';

/** What stands in a cell of a table. */
export type Cell = string | number | boolean;
/** A row of a table by column; null and undefined are gaps. */
export type Row = Readonly<Record<string, Cell | null | undefined>>;

/** The parts of danfojs that are used here. */
interface Series {
  readonly values: Cell[];
  mean(): number;
  std(): number;
}
interface DataFrame {
  readonly columns: string[];
  readonly shape: [number, number];
  readonly values: Cell[][];
  column(name: string): Series;
  sortValues(column: string, options: { ascending: boolean }): DataFrame;
  query(keep: boolean[]): DataFrame;
  loc(wanted: { columns: string[] }): DataFrame;
}
interface Danfo {
  DataFrame: new (values: Cell[][], options: { columns: string[] }) => DataFrame;
}

let danfo: Danfo | undefined;

/** What danfojs asks for, and which files it gets: mathjs as one file instead of 900, and the TensorFlow.js of all. */
const substitutes = [
  ['mathjs', 'mathjs/lib/browser/math.js'],
  ['@tensorflow/tfjs-node', '@tensorflow/tfjs'],
] as const;

function loadDanfo(): Danfo {
  const require = createRequire(import.meta.url);
  const own = createRequire(require.resolve('danfojs-node'));
  for (const [name, substitute] of substitutes) {
    own(substitute);
    own.cache[own.resolve(name)] ??= own.cache[own.resolve(substitute)];
  }
  return require('danfojs-node');
}

/** Missing numbers become NaN, so that a column has one type; other gaps become empty text. */
function completeCells(rows: readonly Row[], columns: readonly string[]): Cell[][] {
  const fill = columns.map((name): Cell => (rows.some((row) => typeof row[name] === 'number') ? NaN : ''));
  return rows.map((row) => columns.map((name, c) => row[name] ?? fill[c]!));
}

/** How a cell is written: `0.812`, `1,234`, `yes`. */
function cellText(value: Cell, digits: number): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return value;
  return Number.isNaN(value)
    ? '–'
    : value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A small table on a danfojs data frame: sorted, filtered, grouped, and shown in notebooks and terminals. */
export class Table {
  readonly #frame: DataFrame;

  constructor(frame: DataFrame) {
    this.#frame = frame;
  }

  get columns(): string[] {
    return this.#frame.columns;
  }

  get rowCount(): number {
    return this.#frame.shape[0];
  }

  get rows(): Record<string, Cell>[] {
    return this.rowCount === 0
      ? []
      : this.#frame.values.map((cells) => Object.fromEntries(cells.map((cell, c) => [this.columns[c]!, cell])));
  }

  #series(name: string): Series {
    if (!this.columns.includes(name)) throw expected(`one of the columns ${this.columns.join(', ')}`, `"${name}"`);
    return this.#frame.column(name);
  }

  column(name: string): Cell[] {
    return this.rowCount === 0 ? [] : this.#series(name).values;
  }

  /** Names of the columns that hold numbers. */
  get numericColumns(): string[] {
    return this.columns.filter((name) => this.rowCount > 0 && typeof this.column(name)[0] === 'number');
  }

  /** Mean of a column of numbers without its gaps; NaN when it has none. */
  mean(name: string): number {
    return this.column(name).some((v) => !Number.isNaN(v)) ? this.#series(name).mean() : NaN;
  }

  /** Sample standard deviation of a column without its gaps; NaN for fewer than two numbers. */
  sd(name: string): number {
    return this.column(name).filter((v) => !Number.isNaN(v)).length > 1 ? this.#series(name).std() : NaN;
  }

  sortBy(name: string, order: 'ascending' | 'descending' = 'ascending'): Table {
    return this.rowCount < 2 ? this : new Table(this.#frame.sortValues(name, { ascending: order === 'ascending' }));
  }

  /** A column of numbers, gaps as NaN. Throws a UserError for a column of text. */
  numbers(name: string): number[] {
    const values = this.column(name);
    if (values.some((v) => typeof v !== 'number'))
      throw expected(`numbers in the column ${name}`, `"${values.find((v) => typeof v !== 'number')}"`);
    return values as number[];
  }

  /** The rows for which `keep` is true; none give a table without columns, as everywhere. */
  where(keep: (row: Record<string, Cell>) => boolean): Table {
    const kept = this.rows.map(keep);
    return kept.includes(true) ? new Table(this.#frame.query(kept)) : toTable([]);
  }

  /** The table with these columns only, in this order. */
  select(columns: readonly string[]): Table {
    for (const name of columns)
      if (!this.columns.includes(name)) throw expected(`one of the columns ${this.columns.join(', ')}`, `"${name}"`);
    return this.rowCount === 0 ? this : new Table(this.#frame.loc({ columns: [...columns] }));
  }

  /** Number of rows, mean and SD of every numeric column, for each value of `key` in order of first appearance. */
  groupBy(key: string): Table {
    const groups = [...new Set(this.column(key))];
    return toTable(
      groups.map((group) => {
        const own = toTable(this.rows.filter((row) => row[key] === group));
        const numbers = own.numericColumns
          .filter((name) => name !== key)
          .flatMap((name) => [
            [`${name} mean`, own.mean(name)],
            [`${name} SD`, own.sd(name)],
          ]);
        return { [key]: group, n: own.rowCount, ...Object.fromEntries(numbers) } as Row;
      }),
    );
  }

  /** Every row as text, and with `summary` a last row with mean ± SD of the numeric columns. */
  #textRows(digits: number, summary: boolean): string[][] {
    const whole = new Set(
      this.columns.filter((name) => this.column(name).every((v) => Number.isInteger(v) || Number.isNaN(v))),
    );
    const body = this.rows.map((row) => this.columns.map((name) => cellText(row[name]!, whole.has(name) ? 0 : digits)));
    if (!summary || this.rowCount === 0) return body;
    const last = this.columns.map((name, c) => {
      if (!this.numericColumns.includes(name)) return c === 0 ? 'mean ± SD' : '';
      const [sd, own] = [this.sd(name), whole.has(name) ? 1 : digits];
      return `${cellText(this.mean(name), own)}${Number.isNaN(sd) ? '' : ` ± ${cellText(sd, own)}`}`;
    });
    return [...body, last];
  }

  /**
   * The table in Markdown, numbers to the right; `summary` adds a row with mean ± SD. No columns give an empty text.
   */
  toMarkdown({ digits = 3, summary = false } = {}): string {
    if (this.columns.length === 0) return '';
    const line = (cells: readonly string[]): string => `| ${cells.map(markdownCell).join(' | ')} |`;
    const rule = this.columns.map((name) => (this.numericColumns.includes(name) ? '---:' : '---'));
    return [line(this.columns), line(rule), ...this.#textRows(digits, summary).map(line)].join('\n');
  }

  /** The table in columns of plain text. */
  toText({ digits = 3, summary = false } = {}): string {
    const lines = [this.columns, ...this.#textRows(digits, summary)].map((cells) => cells.map(cleanText));
    const widths = this.columns.map((_, c) => Math.max(...lines.map((cells) => cells[c]!.length)));
    const right = new Set(this.numericColumns);
    const pad = (text: string, c: number): string =>
      right.has(this.columns[c]!) ? text.padStart(widths[c]!) : text.padEnd(widths[c]!);
    return lines.map((cells) => cells.map(pad).join('  ').trimEnd()).join('\n');
  }

  /** Shows the table in the running notebook cell as Markdown; outside a notebook it is printed as text. */
  show(options: { digits?: number; summary?: boolean } = {}): void {
    showBundle({ 'text/markdown': this.toMarkdown(options), 'text/plain': this.toText(options) });
  }
}

/**
 * A table from rows of equal or different keys: columns in order of first appearance, gaps as NaN in columns of numbers
 * and as empty text elsewhere. No rows give a table without columns.
 */
export function toTable(rows: readonly Row[]): Table {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const { DataFrame: Frame } = (danfo ??= loadDanfo());
  return new Table(new Frame(completeCells(rows, columns), { columns }));
}
