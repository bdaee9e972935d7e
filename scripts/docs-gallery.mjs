// Writes docs/gallery.md: every picture in figures/ with the cell that makes it, from the figures' JSON and the
// notebooks.
import fs from 'node:fs';
import { inProject, Problem, readJson } from './common.mjs';
import { wrapMarkdown } from './docs-wrap.mjs';

/** The notebooks in the order in which they are read. */
const notebooks = ['preprocessing', 'pipeline', 'boundary-aware-loss', 'radiomics'];

const sourceOf = (cell) => [cell.source].flat().join('');

/** The first argument after the session: `'name'`, or a template whose parts in braces stand for anything. */
const call = /lesson\.figure\(\s*session,\s*(?:'([^']+)'|`([^`]+)`)/g;

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The statement that begins in the line of `at`, up to the line in which its brackets close. */
function statementAt(source, at) {
  const lines = source.slice(source.lastIndexOf('\n', at) + 1).split('\n');
  let open = 0;
  for (const [i, line] of lines.entries()) {
    open += (line.match(/\(/g) ?? []).length - (line.match(/\)/g) ?? []).length;
    if (open <= 0) return unindented(lines.slice(0, i + 1));
  }
  return unindented(lines);
}

function unindented(lines) {
  const indent = /^\s*/.exec(lines[0])[0].length;
  return lines.map((line) => line.slice(Math.min(indent, /^\s*/.exec(line)[0].length))).join('\n');
}

/** The calls of a notebook that draw a figure: `{ heading, pattern, code }` in order. */
function callsOf(notebook) {
  const found = [];
  let heading = '';
  for (const cell of notebook.cells) {
    const source = sourceOf(cell);
    if (cell.cell_type === 'markdown') heading = [...source.matchAll(/^#{1,6} (.+)$/gm)].at(-1)?.[1] ?? heading;
    if (cell.cell_type !== 'code') continue;
    for (const match of source.matchAll(call)) {
      const [, name, template] = match;
      const text =
        name === undefined ? escaped(template.replace(/\$\{[^}]*\}/g, '\0')).replaceAll('\0', '.+') : escaped(name);
      found.push({
        heading,
        pattern: new RegExp(`^${text}$`),
        code: statementAt(source, match.index).replace(/^else /, ''),
      });
    }
  }
  return found;
}

/** The pictures' names in the folder, each with its title. */
function picturesIn(folder) {
  const names = fs
    .readdirSync(folder)
    .filter((file) => file.endsWith('.png'))
    .map((file) => file.slice(0, -4))
    .sort();
  return names.map((name) => ({ name, title: readJson(`${folder}/${name}.json`)?.title ?? name }));
}

const pictureText = ({ name, title, code }) =>
  [
    `### ${title}`,
    `![${title}](../figures/${name}.png)`,
    `\`figures/${name}.png\`, made by`,
    `\`\`\`ts\n${code}\n\`\`\`\n`,
  ].join('\n\n');

/** The text of docs/gallery.md. Throws where a picture has no cell that makes it. */
export function galleryText() {
  const left = new Map(picturesIn(inProject('figures')).map((picture) => [picture.name, picture]));
  const parts = [
    '# Gallery',
    '',
    'Every picture in [figures/](../figures), by the notebook and the section whose cell makes it. Beside each lie ' +
      'the same as SVG and a JSON with inputs, parameters, seed and code version. `npm run figures` draws them anew, ' +
      'those of real data where the data or its record is there; `npm run docs` writes this page.',
    '',
  ];
  for (const notebook of notebooks) {
    parts.push(`## ${notebook}.ipynb`, '', `[notebooks/${notebook}.ipynb](../notebooks/${notebook}.ipynb)`, '');
    let shown = '';
    for (const { heading, pattern, code } of callsOf(readJson(inProject('notebooks', `${notebook}.ipynb`)))) {
      for (const [name, picture] of left) {
        if (!pattern.test(name)) continue;
        left.delete(name);
        if (heading !== shown) parts.push(`Section **${heading}**`, '');
        shown = heading;
        parts.push(pictureText({ ...picture, code }));
      }
    }
  }
  if (left.size > 0)
    throw new Problem(`No notebook makes ${[...left.keys()].join(', ')} in figures/: delete what is old.`);
  return wrapMarkdown(parts.join('\n'));
}
