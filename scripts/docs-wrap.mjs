// Wraps the prose of Markdown files at 120 columns: `node scripts/docs-wrap.mjs FILE…` rewrites them. Tables, headings,
// HTML, indented and fenced code stay as they are; what cannot be broken (code in a line, formulas, links) goes to a
// line as a whole.
import fs from 'node:fs';
import { pathToFileURL } from 'node:url';

export const width = 120;

/** Stands for a space within something that must not be broken. */
const bound = '\u0001';
const unbreakable = /(`+)[^`]+\1|\$[^$\n]+\$|<[a-z!/][^>\n]*>|!?\[[^\]\n]{0,60}\]\([^)\n]*\)|\]\([^)\n]*\)/gi;
/** A word that would begin a list, a heading, a table or a quotation if a line began with it. */
const mark = /^([-+*>|=]|#+|\d+[.)])$/;

/** The parts of a paragraph between which a line may end. */
export function partsOf(text) {
  const words = text
    .replace(unbreakable, (part) => part.replace(/\n\s*/g, ' ').replaceAll(' ', bound))
    .split(/\s+/)
    .filter(Boolean);
  const parts = [];
  for (const word of words) {
    if (mark.test(word) && parts.length > 0) parts[parts.length - 1] += ` ${word}`;
    else parts.push(word);
  }
  return parts.map((part) => part.replaceAll(bound, ' '));
}

const lengthOf = (text) => [...text].length;

/** The lines of a paragraph; `first` comes before the first, `later` before the others. */
function fill(text, first, later) {
  const lines = [];
  let line = first;
  let empty = true;
  for (const part of partsOf(text)) {
    if (!empty && lengthOf(line) + 1 + lengthOf(part) > width) {
      lines.push(line);
      line = later;
      empty = true;
    }
    line += empty ? part : ` ${part}`;
    empty = false;
  }
  return [...lines, line];
}

const fence = /^\s*(```|~~~)/;
const item = /^(\s*)([-*+]|\d+[.)])(\s+)(?=\S)/;
/** Lines that are taken as they are: blank, table, heading, HTML, quotation, front matter. */
const asIs = /^\s*$|^\s*\||^\s*#{1,6}\s|^\s*<|^\s*>|^---$/;

/** The number of lines from `start` that belong to fenced or indented code; 0 where none does. */
function codeLines(lines, start, inList) {
  if (fence.test(lines[start])) {
    const end = lines.findIndex((line, i) => i > start && fence.test(line));
    return (end < 0 ? lines.length : end + 1) - start;
  }
  const indent = inList ? /^ {6,}\S/ : /^ {4,}\S/;
  const begins = indent.test(lines[start]) && (start === 0 || lines[start - 1].trim() === '');
  if (!begins) return 0;
  let end = start + 1;
  while (end < lines.length && indent.test(lines[end])) end++;
  return end - start;
}

/** The blocks of a Markdown text: `{ lines }` to be kept, or `{ first, later, text }`, a paragraph to be filled. */
function blocksOf(lines) {
  const blocks = [];
  let inList = false;
  for (let i = 0; i < lines.length; ) {
    const code = codeLines(lines, i, inList);
    if (code > 0 || asIs.test(lines[i])) {
      blocks.push({ lines: lines.slice(i, i + Math.max(1, code)), start: i });
      i += Math.max(1, code);
      continue;
    }
    const found = item.exec(lines[i]);
    const first = found ? found[0] : /^\s*/.exec(lines[i])[0];
    inList = Boolean(found) || (inList && first !== '');
    let end = i + 1;
    while (end < lines.length && !asIs.test(lines[end]) && !item.test(lines[end]) && !fence.test(lines[end])) end++;
    const text = lines.slice(i, end).join('\n').slice(first.length);
    blocks.push({ first, later: ' '.repeat(first.length), text, lines: lines.slice(i, end), start: i });
    i = end;
  }
  return blocks;
}

/** The text with its paragraphs filled to 120 columns. */
export function wrapMarkdown(text) {
  return blocksOf(text.split('\n'))
    .flatMap((block) => (block.text === undefined ? block.lines : fill(block.text, block.first, block.later)))
    .join('\n');
}

/**
 * The lines of prose that are longer than 120 columns although they could be broken: `{ line, text }`, counted from 1.
 */
export function longLines(text) {
  const found = [];
  for (const block of blocksOf(text.split('\n'))) {
    if (block.text === undefined) continue;
    for (const [at, line] of block.lines.entries()) {
      const breakable = partsOf(line.replace(item, '')).length > 1;
      if (lengthOf(line) > width && breakable) found.push({ line: block.start + at + 1, text: line });
    }
  }
  return found;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  for (const file of process.argv.slice(2)) fs.writeFileSync(file, wrapMarkdown(fs.readFileSync(file, 'utf8')));
