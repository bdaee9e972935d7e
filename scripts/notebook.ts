/** Reading and writing .ipynb files the way Jupyter does, so that saving one here or there makes no difference. */
import { createHash } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { readTextSync } from '../lib/io/files.ts';
import {
  anything,
  checkShape,
  dictionary,
  either,
  list,
  natural,
  nullable,
  object,
  optional,
  parseJson,
  text,
} from '../lib/io/schema.ts';

export interface Output {
  output_type: string;
  name?: string;
  text?: string | string[];
  data?: Record<string, unknown>;
  metadata?: object;
  ename?: string;
  evalue?: string;
  traceback?: string[];
}

export interface Cell {
  id?: string;
  cell_type: string;
  source: string | string[];
  metadata?: { tags?: string[] };
  outputs?: Output[];
  execution_count?: number | null;
}

export interface Notebook {
  cells: Cell[];
  metadata: Record<string, unknown> & { axunet?: { sourceHash?: string } };
  nbformat: number;
  nbformat_minor: number;
}

/** Notebook files hold long texts as lists of lines. */
export const joinLines = (text: string | string[]): string => [text].flat().join('');
export const splitLines = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

const lines = either([text, list(text)]);
const outputSchema = object({
  output_type: text,
  name: optional(text),
  text: optional(lines),
  data: optional(dictionary(anything)),
  metadata: optional(object({})),
  ename: optional(text),
  evalue: optional(text),
  traceback: optional(list(text)),
});
const notebookSchema = object({
  cells: list(
    object({
      id: optional(text),
      cell_type: text,
      source: lines,
      metadata: optional(object({ tags: optional(list(text)) })),
      outputs: optional(list(outputSchema)),
      execution_count: optional(nullable(natural)),
    }),
  ),
  metadata: object({ axunet: optional(object({ sourceHash: optional(text) })) }),
  nbformat: natural,
  nbformat_minor: natural,
});

/** Reads a notebook. Throws a UserError that names the file for anything else. */
export function readNotebook(file: string): Notebook {
  const what = 'a Jupyter notebook';
  return checkShape(parseJson(readTextSync(file, what), file), notebookSchema, file, what) as Notebook;
}

/** Keys sorted and indented by one space, as Jupyter saves. */
export const notebookText = (notebook: Notebook): string => `${JSON.stringify(sortKeys(notebook), null, 1)}\n`;

/** Writes it through a temporary file. */
export function writeNotebook(file: string, notebook: Notebook): void {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, notebookText(notebook));
  renameSync(temporary, file);
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sortKeys(each)]),
  );
}

/** sha256 of the sources of all code cells: outputs that carry another one are older than the code above them. */
export function sourceHash(notebook: Notebook): string {
  const sources = notebook.cells.filter((cell) => cell.cell_type === 'code').map((cell) => joinLines(cell.source));
  return createHash('sha256').update(JSON.stringify(sources)).digest('hex');
}

/** What a terminal would show in the end: text after a carriage return overwrites its line. */
export function settleText(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(/\r+$/, '').split('\r').at(-1)!.trimEnd())
    .join('\n');
}
