/**
 * Executes notebooks without Jupyter, Python or sockets: it drives tslab's own message handler in this process.
 *
 *     node FLAGS scripts/nbrun.ts NOTEBOOK [OUT]               (FLAGS: see flags.mjs; OUT is NOTEBOOK by default)
 *     node FLAGS scripts/nbrun.ts NOTEBOOK OUT NOTEBOOK OUT …  (one after the other; those of one folder share the
 *                                                               compiler and modules, whose start takes longer than
 *                                                               most cells)
 *     node FLAGS scripts/nbrun.ts --wait NOTEBOOK OUT          (prepares the first cell, and runs none before the
 *                                                               parent process sends `go` over its channel)
 *
 * A failing cell ends its notebook, and the run with exit code 1, its error in the copy written to OUT; the tag
 * "raises-exception" lets it go on.
 * A parent process that opened a message channel is told about cells and their output as they happen.
 */
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import {
  type Cell,
  joinLines,
  type Notebook,
  type Output,
  readNotebook,
  settleText,
  sourceHash,
  splitLines,
  writeNotebook,
} from './notebook.ts';

/** What a parent process hears. `cell` counts the code cells from 0. */
export type Message =
  | { event: 'start'; cell: number; cells: number; title: string }
  | { event: 'end'; cell: number; seconds: number }
  | { event: 'text'; text: string };

interface Display {
  data: Record<string, unknown>;
  metadata?: object;
  transient?: { display_id?: string };
}
interface Handler {
  handleExecute(
    request: { code: string },
    onStream: (name: string, text: string) => void,
    onDisplay: (display: Display, update: boolean) => void,
  ): Promise<{ status: string; execution_count?: number }>;
  handleKernel(): { language_info: object };
}

/** Stack lines that tell nothing about the cell. */
const machinery =
  /^\s+at .*(node:vm|node:internal|[\\/]tslab[\\/]dist[\\/]|scripts[\\/]nbrun\.ts)|^evalmachine\.<anonymous>:\d+$/;

const tell = (message: Message): void => {
  process.send?.(message);
};

/** tslab's compiler of cells, for one folder. */
interface Converter {
  convert(declarations: string, source: string): { sideOutputs?: unknown };
  close(): void;
}

const require = createRequire(import.meta.url);
let shared: { folder: string; converter: Converter } | undefined;

/** A compiler for the current folder; the one before where that can go on. */
function openConverter(): Converter {
  require('./kernel.cjs');
  const folder = process.cwd();
  if (shared?.folder === folder) return shared.converter;
  shared?.converter.close();
  const converter: Converter = require('tslab/dist/converter.js').createConverter({ isJS: false, isBrowser: false });
  shared = { folder, converter };
  const convert = converter.convert.bind(converter);
  converter.convert = (declarations, source) => {
    const found = convert(declarations, source);
    if (found.sideOutputs) shared = undefined; // it emits a module beside the notebooks only once
    return found;
  };
  return converter;
}

/** tslab's handler with the project's strict kernel; cells import from the current folder. */
function startHandler(): Handler {
  const node = openConverter();
  const { createExecutor } = require('tslab/dist/executor.js');
  const { JupyterHandlerImpl } = require('tslab/dist/jupyter.js');
  const converters = { node, browser: node, close: () => node.close() };
  return new JupyterHandlerImpl(createExecutor(process.cwd(), converters, console), false) as Handler;
}

/** Collects what a cell prints and displays into its `outputs`; displays may be updated from later cells. */
class OutputCollector {
  private readonly displays = new Map<string, Output[]>();
  private outputs: Output[] = [];

  begin(cell: Cell): void {
    cell.outputs = this.outputs = [];
  }

  stream(name: string, text: string): void {
    tell({ event: 'text', text });
    const last = this.outputs.at(-1);
    if (last?.output_type === 'stream' && last.name === name) last.text += text;
    else this.outputs.push({ output_type: 'stream', name, text });
  }

  display({ data, metadata = {}, transient }: Display, update: boolean): void {
    if ((metadata as { axunet?: string }).axunet === 'live') return; // lib/view/viewVolume.ts: of no use in a file
    const id = transient?.display_id;
    if (update)
      return this.displays.get(id ?? '')?.forEach((output) => {
        output.data = data;
      });
    const output = { output_type: 'display_data', data, metadata };
    this.outputs.push(output);
    if (id) this.displays.set(id, [...(this.displays.get(id) ?? []), output]);
  }

  /** tslab reports an error only as text on stderr; notebooks have a form of output for it. */
  error(): string {
    const printed = this.outputs
      .filter((output) => output.name === 'stderr')
      .map((output) => joinLines(output.text!))
      .join('');
    const text = printed
      .split('\n')
      .filter((line) => !machinery.test(line))
      .join('\n')
      .trimEnd();
    const evalue = text.match(/^\w*(?:Error|Exception)\b.*$/gm)?.at(-1) ?? text.split('\n')[0]!;
    const ename = /^[A-Za-z]\w*(?=:)/.exec(evalue)?.[0] ?? 'Error';
    this.outputs.push({ output_type: 'error', ename, evalue, traceback: text.split('\n') });
    return text;
  }
}

/** The last heading above each cell, for progress lines. */
function titles(cells: Cell[]): string[] {
  let title = '';
  return cells.map((cell) => {
    if (cell.cell_type === 'markdown') title = /^#+\s+(.*)$/m.exec(joinLines(cell.source))?.[1] ?? title;
    return title;
  });
}

/** Runs the code cells in order; returns the text of the error that stopped it, or undefined. */
async function runCells(notebook: Notebook, handler: Handler): Promise<string | undefined> {
  const collector = new OutputCollector();
  const title = titles(notebook.cells);
  const code = notebook.cells.filter((cell) => cell.cell_type === 'code');
  for (const cell of code) [cell.outputs, cell.execution_count] = [[], null];
  for (const [i, cell] of code.entries()) {
    tell({ event: 'start', cell: i, cells: code.length, title: title[notebook.cells.indexOf(cell)]! });
    const started = performance.now();
    collector.begin(cell);
    const reply = await handler.handleExecute(
      { code: joinLines(cell.source) },
      (name, text) => collector.stream(name, text),
      (display, update) => collector.display(display, update),
    );
    await new Promise((resolve) => setImmediate(resolve)); // output that the cell left in the queue
    cell.execution_count = reply.execution_count ?? null;
    tell({ event: 'end', cell: i, seconds: (performance.now() - started) / 1000 });
    if (reply.status === 'ok') continue;
    const error = collector.error();
    if (!cell.metadata?.tags?.includes('raises-exception')) return `cell ${i + 1} of ${code.length}: ${error}`;
    await new Promise((resolve) => setTimeout(resolve, 250)); // after an error tslab drops what comes within 200 ms
  }
  return undefined;
}

/** Brings texts into the form of the file format, names the kernel and notes the hash of the sources. */
function tidy(notebook: Notebook, handler: Handler): void {
  for (const [i, cell] of notebook.cells.entries()) {
    cell.id ??= `cell-${i}`;
    cell.metadata ??= {};
    cell.source = splitLines(joinLines(cell.source));
    for (const output of cell.outputs ?? []) {
      if (output.text !== undefined) output.text = splitLines(settleText(joinLines(output.text)));
      for (const [type, value] of Object.entries(output.data ?? {})) {
        if (typeof value === 'string' && /^text\/|svg|javascript/.test(type)) output.data![type] = splitLines(value);
      }
    }
  }
  notebook.metadata = {
    ...notebook.metadata,
    kernelspec: { display_name: 'TypeScript (axunet)', language: 'typescript', name: 'tslab' },
    language_info: handler.handleKernel().language_info,
    axunet: { ...notebook.metadata.axunet, sourceHash: sourceHash(notebook) },
  };
  [notebook.nbformat, notebook.nbformat_minor] = [4, 5];
}

const say = process.stderr.write.bind(process.stderr); // tslab replaces it while a cell runs

async function runNotebook(source: string, target: string): Promise<number> {
  const notebook = readNotebook(source);
  mkdirSync(path.dirname(target), { recursive: true });
  process.chdir(path.dirname(source)); // as Jupyter does
  const handler = startHandler();
  let late: string | undefined;
  const onLateError = (error: unknown): void => {
    late ??= `after its cell had ended: ${error instanceof Error ? error.stack : String(error)}`;
  };
  process.on('unhandledRejection', onLateError).on('uncaughtException', onLateError);
  const problem = (await runCells(notebook, handler)) ?? late;
  process.off('unhandledRejection', onLateError).off('uncaughtException', onLateError);
  tidy(notebook, handler);
  writeNotebook(target, notebook);
  if (problem) say(`${path.basename(source)}, ${problem}\n`);
  return problem ? 1 : 0;
}

/** Does what the first cell would wait for, then waits for the parent; ends with it. */
async function waitForGo(source: string): Promise<void> {
  const told = new Promise<void>((resolve) => {
    process.once('message', () => resolve());
    process.once('disconnect', () => process.exit(1));
    if (!process.connected) process.exit(1); // it has left before anybody listened
  });
  process.chdir(path.dirname(source));
  const nextTurn = () => new Promise((resolve) => setTimeout(resolve, 10)); // for what the parent has to say
  await nextTurn();
  try {
    for (const step of require('./kernel/warmUp.cjs').stepsFor(openConverter())) {
      step();
      await nextTurn();
    }
  } catch {
    // outside of the project, or a fault that the cell itself will tell
  }
  await told;
  process.removeAllListeners('disconnect');
}

const isWaiting = process.argv[2] === '--wait' && process.send !== undefined;
const files = process.argv.slice(isWaiting ? 3 : 2).map((file) => path.resolve(file));
if (files.length === 0 || (files.length > 1 && files.length % 2)) throw new Error('Usage: nbrun.ts NOTEBOOK [OUT]');
if (isWaiting) await waitForGo(files[0]!);
let code = 0;
for (let i = 0; i < files.length; i += 2)
  code = Math.max(code, await runNotebook(files[i]!, files[i + 1] ?? files[i]!));
process.disconnect?.(); // sends what is queued
process.exit(code); // tslab's compiler would go on watching files
