// Writes docs/decisions/README.md: the list of the decisions, from the headings of their pages.
import fs from 'node:fs';
import path from 'node:path';
import { inProject, Problem } from './common.mjs';
import { wrapMarkdown } from './docs-wrap.mjs';

const introduction = `# Decisions

What was decided, between which options, by which measurements, and what follows from it: one page each. A page is
changed when its decision is. \`npm run docs\` writes this list.
`;

/** The text of docs/decisions/README.md. Throws where a page does not begin with a heading. */
export function decisionsText() {
  const folder = inProject('docs/decisions');
  const files = fs.readdirSync(folder).filter((file) => file.endsWith('.md') && file !== 'README.md');
  const lines = files.sort().map((file) => {
    const title = /^# (.+)\n/.exec(fs.readFileSync(path.join(folder, file), 'utf8'))?.[1];
    if (!title) throw new Problem(`Expected docs/decisions/${file} to begin with a heading.`);
    return `- [${title}](${file})`;
  });
  return wrapMarkdown(`${introduction}\n${lines.join('\n')}\n`);
}
