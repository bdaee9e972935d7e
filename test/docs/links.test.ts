import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectPath } from '../../lib/settings.ts';
import { anchorsOf, commentsOf, lineLinksOf, linksOf, projectFiles, textOf } from './markdown.ts';

/** Why a link of a file leads nowhere; undefined where it leads somewhere, or out of the repository. */
function problem(file: string, link: string): string | undefined {
  if (/^[a-z]+:/i.test(link)) return undefined;
  // Pages of the code host beside the files of the repository, such as the badge of a workflow.
  const workflow = /^\.\.\/\.\.\/actions\/workflows\/([\w.-]+)/.exec(link)?.[1];
  if (workflow !== undefined)
    return existsSync(projectPath(`.github/workflows/${workflow}`)) ? undefined : `${file}: ${link}: no such workflow`;
  const [place, anchor] = decodeURI(link).split('#') as [string, string | undefined];
  const target = place === '' ? file : path.join(path.dirname(file), place);
  if (!existsSync(projectPath(target))) return `${file}: ${link}: no such file`;
  if (anchor === undefined) return undefined;
  if (!target.endsWith('.md')) return /^L\d+$/.test(anchor) ? undefined : `${file}: ${link}: not a line, as #L12`;
  return anchorsOf(textOf(target)).has(anchor) ? undefined : `${file}: ${link}: no such heading`;
}

/** Why a link to a line of code leads to another thing than the name before it says; undefined where it does not. */
function lineProblem(file: string, { name, place, line }: ReturnType<typeof lineLinksOf>[number]): string | undefined {
  if (name === undefined) return `${file}: ${place}#L${line}: no name in backticks before it`;
  const word = new RegExp(`(?<![\\w$])${name.replace(/[^\w]/g, '\\$&')}(?![\\w$])`);
  const lines = textOf(path.join(path.dirname(file), place)).split('\n');
  if (word.test(lines[line - 1] ?? '')) return undefined;
  const found = lines.flatMap((each, i) => (word.test(each) ? [i + 1] : []));
  return `${file}: ${place}#L${line} is not of \`${name}\`, which is in these: ${found.join(', ')}`;
}

describe('relative links', () => {
  it('lead to a file, and to a heading of it, in all Markdown files', () => {
    const files = projectFiles('.md');
    expect(files.length).toBeGreaterThan(20);
    expect(files.flatMap((file) => linksOf(textOf(file)).map((link) => problem(file, link))).filter(Boolean)).toEqual(
      [],
    );
  });

  it('lead to the line of code that has the name in backticks before the link', () => {
    const links = projectFiles('.md').flatMap((file) => lineLinksOf(textOf(file)).map((link) => ({ file, link })));
    expect(links.length).toBeGreaterThan(8);
    expect(links.map(({ file, link }) => lineProblem(file, link)).filter(Boolean)).toEqual([]);
  });

  it('lead from docs/README.md to every document', () => {
    const reached = new Set<string>();
    const visit = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      for (const link of linksOf(textOf(file))) {
        const target = path.join(path.dirname(file), link.split('#')[0]!);
        if (!/^[a-z]+:/i.test(link) && target.endsWith('.md')) visit(target);
      }
    };
    visit('docs/README.md');
    expect(projectFiles('.md').filter((file) => file.startsWith('docs/') && !reached.has(file))).toEqual([]);
  });

  it('lead to a file in all doc comments', () => {
    const broken = projectFiles('.ts', '.mjs', '.cjs').flatMap((file) =>
      commentsOf(textOf(file))
        .flatMap(linksOf)
        .map((link) => problem(file, link)),
    );
    expect(broken.filter(Boolean)).toEqual([]);
  });
});

describe('files that a text names by their path', () => {
  const named =
    /(?<![\w./-])(?:lib|test|docs|bench|scripts|notebooks)\/[\w./-]*\w\.(?:ts|mjs|cjs|cc|h|md|py|json|ipynb)\b/g;

  it.each([
    ['Markdown files', ['.md'], (text: string) => [text]],
    ['doc comments', ['.ts', '.mjs', '.cjs'], commentsOf],
  ] as const)('exist, where %s name them', (_, patterns, parts) => {
    const missing = projectFiles(...patterns).flatMap((file) =>
      parts(textOf(file))
        .flatMap((text) => text.match(named) ?? [])
        .filter((name) => !/\b(NAME|FAMILY)\b/.test(name) && !existsSync(projectPath(name)))
        .map((name) => `${file} names ${name}`),
    );
    expect(missing).toEqual([]);
  });
});
