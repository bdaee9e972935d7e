/** The Markdown files of the repository, and what the tests of the documents read from them. */
import { readdirSync, readFileSync } from 'node:fs';
import { projectPath } from '../../lib/settings.ts';

const skipped = new Set(['node_modules', '.git', '.jupyter', 'runs', 'figures/latest']);

/**
 * The files whose names end in one of `endings`, by their path in the project; generated and downloaded ones are left
 * out.
 */
export function projectFiles(...endings: string[]): string[] {
  const found: string[] = [];
  const look = (folder: string): void => {
    for (const entry of readdirSync(projectPath(folder), { withFileTypes: true })) {
      const place = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (skipped.has(entry.name) || skipped.has(place)) continue;
      if (entry.isDirectory()) {
        if (folder !== 'data') look(place);
      } else if (endings.some((ending) => entry.name.endsWith(ending))) found.push(place);
    }
  };
  look('');
  return found.sort();
}

export const textOf = (file: string): string => readFileSync(projectPath(file), 'utf8');

/** The text without fenced code. */
export const withoutFences = (text: string): string => text.replace(/^(\s*)(```|~~~)[^]*?^\s*\2\s*$/gm, '');

/** The anchors of a Markdown file's headings, as GitHub makes them. */
export function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading] of withoutFences(text).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const plain = heading!.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '');
    const base = plain
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    let anchor = base;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${base}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** The targets of inline links and pictures, and of `src` and `href` in HTML, outside of code. */
export function linksOf(text: string): string[] {
  const prose = withoutFences(text).replace(/`[^`\n]*`/g, '``');
  const inline = [...prose.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)];
  return [...inline, ...prose.matchAll(/\b(?:src|href)="([^"]+)"/g)].map(([, target]) => target!);
}

/** A link to a line of a file, and the name in backticks that stands before it. */
export interface LineLink {
  readonly name?: string;
  readonly place: string;
  readonly line: number;
}

/** The links that end in #L and a number, outside of fenced code. */
export function lineLinksOf(text: string): LineLink[] {
  const prose = withoutFences(text);
  return [...prose.matchAll(/\]\(([^)\s#]+)#L(\d+)\)/g)].map(({ 1: place, 2: line, index }) => ({
    name: /`([^`\n]+)`[^`\n]*$/.exec(prose.slice(0, index))?.[1],
    place: place!,
    line: Number(line),
  }));
}

/** The block comments of a TypeScript or JavaScript file. */
export const commentsOf = (text: string): string[] => text.match(/\/\*\*[^]*?\*\//g) ?? [];
