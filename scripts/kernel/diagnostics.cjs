// What the compiler says of a cell, gathered until the cell is over: names that an earlier cell would have declared
// become one sentence that says which section to run first.
const fs = require('node:fs');
const path = require('node:path');
const { format } = require('node:util');

/** How tslab prints a diagnostic: file, line, column, text. */
const tslabFormat = '%s%d:%d - %s';
const unknownName = /^Cannot find name '([\w$]+)'/;

const sourceOf = ({ source }) => [source].flat().join('');

/** The notebooks of a folder as lists of cells; one that cannot be read is left out. */
function readNotebooks(folder) {
  const names = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.endsWith('.ipynb')) : [];
  return names.sort().flatMap((name) => {
    try {
      return [{ name, cells: JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')).cells }];
    } catch {
      return [];
    }
  });
}

/** Whether the code of a cell declares or imports a name at its top. */
function declares(code, name) {
  const word = name.replaceAll('$', '\\$');
  const end = '(?![\\w$])';
  return [
    `^(?:export )?(?:async )?(?:const|let|var|function\\*?|class|interface|type|enum) ${word}${end}`,
    `^(?:const|let|var) [{[][^=]*(?<![\\w$.])${word}${end}[^=]*[}\\]]`,
    `^import (?:[\\w$]+, )?(?:\\* as )?${word}${end}`,
    `^import (?:[\\w$]+, )?{[^}]*(?<![\\w$])${word}${end}`,
  ].some((pattern) => new RegExp(pattern, 'm').test(code));
}

/** The heading above the last cell before `end` that declares a name; undefined without such a cell. */
function sectionOf(cells, name, end) {
  const at = cells.slice(0, end).findLastIndex((cell) => cell.cell_type === 'code' && declares(sourceOf(cell), name));
  if (at < 0) return undefined;
  const headings = cells
    .slice(0, at)
    .flatMap((cell) =>
      cell.cell_type === 'markdown' ? [...sourceOf(cell).matchAll(/^#{1,3} (.+)$/gm)].map(([, text]) => text) : [],
    );
  return headings.at(-1);
}

/**
 * The sections that a name could come from, as texts. In a cell of a notebook that is one above it; in a reader's own
 * cell one of the notebook at hand (`opened`, a path, where Jupyter told it), or of every notebook that declares it.
 */
function originsOf(name, { code, opened = '' }, notebooks) {
  const own = notebooks.flatMap(({ cells }) => {
    const at = cells.findIndex((cell) => cell.cell_type === 'code' && sourceOf(cell).trim() === code.trim());
    return at < 0 ? [] : [sectionOf(cells, name, at)];
  });
  const [section] = own.filter(Boolean);
  if (section) return [`"${section}"`];
  const found = notebooks.flatMap(({ name: notebook, cells }) => {
    const heading = sectionOf(cells, name, cells.length);
    return heading ? [{ notebook, text: `"${heading}" of ${notebook}` }] : [];
  });
  const atHand = found.filter(({ notebook }) => notebook === path.basename(opened));
  return (atHand.length > 0 ? atHand : found).map(({ text }) => text);
}

/**
 * One sentence for names that other sections declare, or undefined where one of them is declared nowhere.
 * @param names the names that the compiler did not find
 * @param cell `code`, and where it is known the path of the notebook (`opened`)
 * @param notebooks `{ name, cells }` of those that could declare them
 */
function missingSentence(names, cell, notebooks) {
  const parts = names.map((name) => ({ name, origins: originsOf(name, cell, notebooks).join(' or ') }));
  if (parts.length === 0 || parts.some(({ origins }) => !origins)) return undefined;
  const sections = [...new Set(parts.map(({ origins }) => origins))];
  const told = sections.map((section) => {
    const own = parts.filter(({ origins }) => origins === section).map(({ name }) => name);
    return `${own.join(', ')} ${own.length === 1 ? 'comes' : 'come'} from the section ${section}`;
  });
  return `${told.join('; ')}. Run its cells first.`;
}

/** Gathers what the compiler says of one cell after the other. */
class Diagnostics {
  #found = [];
  #folders;

  constructor(...folders) {
    this.#folders = folders;
  }

  /** Takes what would be printed where it is a diagnostic; whether it was one. */
  take(values) {
    if (values[0] !== tslabFormat) return false;
    this.#found.push(values);
    return true;
  }

  /** Prints what was gathered, in one sentence where that says all. */
  flush(code, print) {
    const found = this.#found;
    this.#found = [];
    const names = [...new Set(found.flatMap((values) => unknownName.exec(values[4])?.[1] ?? []))];
    const sentence =
      names.length > 0
        ? missingSentence(names, { code, opened: process.env.JPY_SESSION_NAME }, this.#folders.flatMap(readNotebooks))
        : undefined;
    if (sentence) print(sentence);
    else for (const values of found) print(format(...values));
  }
}

module.exports = { Diagnostics, missingSentence };
